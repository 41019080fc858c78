'use strict';

/**
 * contextBridge: what a preload script offers to the page. Everything that crosses is copied, in
 * either direction: prototypes, getters and object identities of one world are never seen in the
 * other. Functions become functions of the other world that copy what they are given and return.
 */

const { Array, Error, Map, Object, Promise, TypeError } = globalThis;
const { isArray } = Array;
const { create, defineProperty, getPrototypeOf, keys } = Object;
const { apply } = Reflect;
const uncurry = (method) => Function.prototype.call.bind(method);
const then = uncurry(Promise.prototype.then);
const getEntry = uncurry(Map.prototype.get);
const setEntry = uncurry(Map.prototype.set);

/** Objects in objects, at most: as in Electron. */
const DEPTH_MAX = 1000;

function isPromise(value) {
  try {
    then(value, undefined, () => {});
    return true;
  } catch {
    return false;
  }
}

/** A thrown value, as the other world may have it. */
function describe(error) {
  const described = create(null);
  described.message = typeof error?.message === 'string' ? error.message : `${error}`;
  return described;
}

/** Plain in whichever world it was made. */
function isPlain(value) {
  const prototype = getPrototypeOf(value);
  return prototype === null || getPrototypeOf(prototype) === null;
}

/**
 * One world's half. `copy` makes this world's copy of a value of the other; `call` runs a function of
 * this world for the other.
 *
 * @param {import('../common/structured-clone').Codec} codec
 */
exports.createBridge = function createBridge(codec) {
  function put(target, key, value) {
    defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  }

  function copyMembers(value, target, names, callOther, seen, depth) {
    setEntry(seen, value, target);
    for (let i = 0; i < names.length; i++) {
      put(target, names[i], copy(value[names[i]], callOther, seen, depth + 1));
    }
    return target;
  }

  function copyFunction(value, callOther) {
    return function (...given) {
      const { error, result } = callOther(value, given, call);
      if (error) throw new Error(error.message);
      return copy(result, callOther);
    };
  }

  function copyPromise(value, callOther) {
    return new Promise((resolve, reject) => {
      then(
        value,
        (result) => resolve(copy(result, callOther)),
        (error) => reject(new Error(describe(error).message)),
      );
    });
  }

  function copy(value, callOther, seen = new Map(), depth = 0) {
    if (typeof value === 'function') return copyFunction(value, callOther);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEPTH_MAX) throw new TypeError('The object is nested too deeply for contextBridge');
    const known = getEntry(seen, value);
    if (known) return known;
    if (isArray(value)) return copyMembers(value, [], keys(value), callOther, seen, depth);
    if (isPromise(value)) return copyPromise(value, callOther);
    if (isPlain(value)) return copyMembers(value, {}, keys(value), callOther, seen, depth);
    return codec.deserialize(codec.serialize(value));
  }

  /** @returns {{result?: unknown, error?: {message: string}}} */
  function call(method, given, callOther) {
    const answer = create(null);
    try {
      const copies = [];
      for (let i = 0; i < given.length; i++) put(copies, i, copy(given[i], callOther));
      answer.result = apply(method, undefined, copies);
    } catch (error) {
      answer.error = describe(error);
    }
    return answer;
  }

  return { copy, call };
};

/** The main world's half: puts @api on `window`. */
exports.acceptExposed = function acceptExposed(codec) {
  const { copy } = exports.createBridge(codec);
  binding.onExpose((key, api, callIsolated) => {
    const value = copy(api, callIsolated);
    defineProperty(window, key, { value, enumerable: true });
  });
};

/** The isolated world's half: `require('electron').contextBridge`. */
exports.createContextBridge = function createContextBridge(codec) {
  const { call } = exports.createBridge(codec);
  return {
    exposeInMainWorld(key, api) {
      if (!options.contextIsolation) {
        throw new Error('contextBridge API can only be used when contextIsolation is enabled');
      }
      if (key in window) {
        throw new Error(`Cannot bind an API on top of an existing property on the window object`);
      }
      binding.expose(`${key}`, api, call);
    },
  };
};
