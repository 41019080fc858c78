'use strict';

/**
 * contextBridge: what a preload script offers to the page. Everything that crosses is copied, in
 * either direction (context-bridge/bridge.js): prototypes, getters and object identities of one world are
 * never seen in the other.
 */

const P = require('../common/structured-clone/primordials');
const { hide } = require('./context-bridge/kinds');
const { createRealm } = require('./context-bridge/realm');

const { Error, TypeError } = globalThis;

/** Electron's numbers. */
const WORLD = { __proto__: null, MAIN: 0, PRELOAD: 999 };

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

/** The page's half, before any page script. Of no use to anybody who cannot call `binding`. */
exports.offerRealm = function offerRealm() {
  const evaluate = (source) => binding.evaluate(`(${source}\n)`, 'weft:executeInMainWorld');
  binding.offerRealm({ __proto__: null, ...createRealm(), evaluate });
};

/** The isolated world's half, when it has met the page's. */
let connected = null;

/** Before any page script, too: the two meet where a page could look on. */
exports.connect = function connect() {
  const bridge = require('./context-bridge/bridge');
  const own = createRealm();
  const main = binding.mainRealm();
  bridge.connect(own, main, globalThis.crypto.randomUUID());
  connected = {
    expose: (name, api) => bridge.expose(own, main, name, api),
    execute: (source, args) => bridge.execute(own, main, source, args),
  };
};

/** `require('electron').contextBridge`, of the isolated world. */
exports.createContextBridge = function createContextBridge() {
  function getBridge() {
    if (connected !== null) return connected;
    throw new Error('contextBridge API can only be used when contextIsolation is enabled');
  }

  return {
    exposeInMainWorld(key, api) {
      getBridge().expose(checkName(key), api);
    },

    exposeInIsolatedWorld(worldId, key, api) {
      const bridge = getBridge();
      if (worldId !== WORLD.MAIN) {
        throw new Error(`contextBridge.exposeInIsolatedWorld: there is no world ${worldId}`);
      }
      bridge.expose(checkName(key), api);
    },

    executeInMainWorld(executionScript) {
      const bridge = getBridge();
      const { func, args } = checkScript(executionScript);
      return bridge.execute(P.functionToString(func), args);
    },
  };
};

/** An object of this world that is an empty one in others: as in Electron, ipcRenderer. */
exports.hide = hide;
