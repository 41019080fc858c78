'use strict';

/**
 * contextBridge: what a preload script offers to the page. Everything that crosses is copied, in
 * either direction (context-bridge/bridge.js): prototypes, getters and object identities of one world are
 * never seen in the other.
 */

const P = require('../common/structured-clone/primordials');
const { hide } = require('./context-bridge/kinds');
const { createRealm } = require('./context-bridge/realm');
const { randomKey } = require('./message-port/random-key');

const { Error, TypeError } = globalThis;
const { floor } = Math;

/** Electron's numbers. */
const WORLD = { __proto__: null, MAIN: 0, PRELOAD: 999, LAST: 2 ** 29 - 1 };

function checkWorld(number) {
  const isNumber = typeof number === 'number' && number >= 0 && number <= WORLD.LAST;
  if (isNumber && number === floor(number) && number !== WORLD.PRELOAD) return number;
  throw new TypeError(`There is no other world with the number ${number}`);
}

function checkName(name) {
  if (typeof name === 'string') return name;
  throw new TypeError('Error processing argument at index 0, conversion failure');
}

function checkScript(script) {
  const { func, args = [] } = script ?? {};
  if (typeof func !== 'function') {
    throw new TypeError(
      'contextBridge.executeInMainWorld: executionScript.func must be a function',
    );
  }
  if (!P.isArray(args)) {
    throw new TypeError('contextBridge.executeInMainWorld: executionScript.args must be an array');
  }
  return { func, args };
}

/**
 * The half of a world that things are exposed in; in the page's, before any page script. Of no use to
 * anybody who cannot call `binding`.
 */
exports.offerRealm = function offerRealm(number = WORLD.MAIN) {
  const evaluate = (source) => binding.evaluate(`(${source}\n)`, 'weft:executeInMainWorld');
  const run = (source) => binding.evaluate(source, 'weft:webFrame');
  binding.offerRealm(number, { __proto__: null, ...createRealm(), evaluate, run });
};

/** @returns {object} what the isolated world can do to that one */
function connectTo(number) {
  const bridge = require('./context-bridge/bridge');
  const own = createRealm();
  const other = binding.realmOf(number);
  if (other === null) throw new Error(`contextBridge: there are too many worlds for ${number}`);
  bridge.connect(own, other, randomKey());
  return {
    expose: (name, api) => bridge.expose(own, other, name, api),
    execute: (source, args) => bridge.execute(own, other, source, args),
    evaluate: (source) => bridge.evaluate(own, other, source),
  };
}

/** By the number of the world, when it has met the isolated one. */
const connected = P.newSafeMap();

/** The isolated world's half, before any page script, too. */
exports.connect = function connect() {
  connected.set(WORLD.MAIN, connectTo(WORLD.MAIN));
};

function getBridge(number) {
  if (connected.get(WORLD.MAIN) === undefined) {
    throw new Error('contextBridge API can only be used when contextIsolation is enabled');
  }
  if (connected.get(number) === undefined) connected.set(number, connectTo(number));
  return connected.get(number);
}

/** `require('electron').contextBridge`, of the isolated world. */
exports.createContextBridge = function createContextBridge() {
  return {
    exposeInMainWorld(key, api) {
      getBridge(WORLD.MAIN).expose(checkName(key), api);
    },

    exposeInIsolatedWorld(worldId, key, api) {
      const bridge = getBridge(checkWorld(worldId));
      bridge.expose(checkName(key), api);
    },

    executeInMainWorld(executionScript) {
      const bridge = getBridge(WORLD.MAIN);
      const { func, args } = checkScript(executionScript);
      return bridge.execute(P.functionToString(func), args);
    },
  };
};

/** For webFrame: what a script gives in another world, as a copy. */
exports.evaluate = (worldId, source) => getBridge(checkWorld(worldId)).evaluate(source);

/** An object of this world that is an empty one in others: as in Electron, ipcRenderer. */
exports.hide = hide;
