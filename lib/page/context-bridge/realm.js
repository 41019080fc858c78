'use strict';

/**
 * One world, as contextBridge sees it: what it can ask of a value of that world, and what it can make
 * there. Both worlds have one; the isolated world's bridge.js holds them.
 *
 * Objects cross by reference within an engine, so whose code touches which object is what keeps the
 * worlds apart. An object is only read, and a value only made, by the functions of its own world: what
 * a page has done to its intrinsics meets its own values alone, and no object of the isolated world
 * is ever an argument, a `this` or a thrown value of page script. An exception that the engine
 * itself makes (a stack that is full) belongs to the world whose code ran, so each call into the other world
 * is caught here, unread.
 */

const P = require('../../common/structured-clone/primordials');
const { createCarrier } = require('./carrier');
const { kindOf } = require('./kinds');

const { Array, Error, Promise, TypeError } = globalThis;
const { getOwnPropertySymbols, hasOwn } = Object;
const propertyIsEnumerable = P.uncurryThis(Object.prototype.propertyIsEnumerable);
const then = P.uncurryThis(Promise.prototype.then);

const UNKNOWN_ERROR =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';

/** The names and symbols of an object's own enumerable properties. */
function keysOf(object) {
  const keys = P.keys(object);
  const symbols = getOwnPropertySymbols(object);
  for (let i = 0; i < symbols.length; i++) {
    if (propertyIsEnumerable(object, symbols[i])) {
      P.createDataProperty(keys, keys.length, symbols[i]);
    }
  }
  return keys;
}

/** What a thrown value says of itself; runs code of this world only. */
function messageOf(thrown) {
  const message = thrown === null || thrown === undefined ? undefined : thrown.message;
  return typeof message === 'string' ? message : UNKNOWN_ERROR;
}

/**
 * A function of this world that asks the other.
 * @param {(given: unknown[], answer: {error: unknown, value: unknown}) => void} invoke the other world's;
 *   what it puts into the answer is of this world
 */
function newFunction(invoke) {
  return function (...given) {
    const answer = { __proto__: null, error: undefined, value: undefined };
    let isDone = false;
    try {
      invoke(given, answer);
      isDone = true;
    } catch {
      // Of the other world; below.
    }
    if (!isDone) throw new Error(UNKNOWN_ERROR);
    if (answer.error !== undefined) throw answer.error;
    return answer.value;
  };
}

/** @param {(ok: boolean, value: unknown) => void} settle the other world's */
function follow(promise, settle) {
  const told = (ok) => (value) => {
    try {
      settle(ok, value);
    } catch {
      // Of the other world.
    }
  };
  then(promise, told(true), told(false));
}

function newPromise() {
  const made = { __proto__: null, promise: null, resolve: null, reject: null };
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
}

/** @param {Window} window of this world */
function expose(window, name, value) {
  P.defineProperty(window, name, {
    __proto__: null,
    value,
    enumerable: true,
    writable: false,
    configurable: false,
  });
}

exports.UNKNOWN_ERROR = UNKNOWN_ERROR;

exports.createRealm = function createRealm() {
  const scope = window;
  return {
    __proto__: null,
    carrier: createCarrier(),
    kindOf,
    keysOf,
    messageOf,
    get: (object, key) => object[key],
    lengthOf: (array) => array.length,
    newArray: () => new Array(),
    newObject: () => ({}),
    put: P.createDataProperty,
    freeze: P.freeze,
    newFunction,
    call: (fn, given) => P.apply(fn, undefined, given),
    follow,
    newPromise,
    newError: (message) => new Error(message),
    newTypeError: (message) => new TypeError(message),
    has: (name) => name in scope || hasOwn(scope, name),
    expose: (name, value) => expose(scope, name, value),
  };
};
