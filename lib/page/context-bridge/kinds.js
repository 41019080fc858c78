'use strict';

/**
 * What a value is to contextBridge. Decided in the world that it belongs to, by what the engine knows
 * of it; a page that disguises a value only chooses how its own value is copied.
 */

const P = require('../../common/structured-clone/primordials');
const {
  KIND: CLONE_KIND,
  accepts,
  classify,
  isDOMException,
} = require('../../common/structured-clone/classify');

const KIND = {
  __proto__: null,
  FUNCTION: 1,
  ARRAY: 2,
  /** Copied member by member, without its prototype. */
  PLAIN: 3,
  /** What has nothing to copy: windows, ipcRenderer. */
  EMPTY: 4,
  PROMISE: 5,
  ERROR: 6,
  NODE: 7,
  /** What structured clone copies, or refuses to. */
  CLONE: 8,
  /** An object of the host: cloned if it can be, and else copied member by member (an Event). */
  HOST: 9,
};

const isNode = accepts(P.uncurryGetter(Node.prototype, 'nodeType'));
const { then } = Promise.prototype;
const PromisePrototype = Promise.prototype;

/** Built-in objects of the language: what cannot be cloned of these is an error. */
const ofLanguage = P.newSafeMap();
for (let i = 0; i < P.uncloneablePrototypes.length; i++)
  ofLanguage.set(P.uncloneablePrototypes[i], true);

/** Prototypes of nodes that were seen: the first question for their like. */
const nodePrototypes = P.newSafeWeakMap();

/** Objects that cross as empty ones. */
const hidden = P.newSafeWeakMap();

/** @param {object} object of this world that is empty in all others */
function hide(object) {
  hidden.set(object, true);
}

/** Every window has its own getter for itself, that no other object has. */
function isWindow(object) {
  const descriptor = P.getOwnPropertyDescriptor(object, 'window');
  return descriptor !== undefined && descriptor.configurable === false;
}

/**
 * A promise of whatever frame, told by `then` accepting it. That runs a `constructor` of the promise's
 * own, but in this world, to which it belongs.
 */
function isPromise(object) {
  try {
    P.apply(then, object, [undefined, () => {}]);
    return true;
  } catch {
    return false;
  }
}

function inLanguage(object) {
  for (let p = P.getPrototypeOf(object); p !== null; p = P.getPrototypeOf(p)) {
    if (ofLanguage.get(p) === true) return true;
  }
  return false;
}

/** An object of the host, or one of the language that structured clone does not know. */
function kindOfHost(object) {
  if (isDOMException(object)) return KIND.ERROR;
  if (isPromise(object)) return KIND.PROMISE;
  if (isNode(object)) {
    nodePrototypes.set(P.getPrototypeOf(object), true);
    return KIND.NODE;
  }
  if (isWindow(object)) return KIND.EMPTY;
  return inLanguage(object) ? KIND.CLONE : KIND.HOST;
}

/** @param {object | Function} object of this world @returns {number} */
function kindOf(object) {
  if (typeof object === 'function') return KIND.FUNCTION;
  if (hidden.get(object) === true) return KIND.EMPTY;
  if (P.isArray(object)) return KIND.ARRAY;
  if (P.isView(object)) return KIND.CLONE;
  const prototype = P.getPrototypeOf(object);
  if (prototype === P.ObjectPrototype) return KIND.PLAIN;
  if (prototype === PromisePrototype && isPromise(object)) return KIND.PROMISE;
  if (nodePrototypes.get(prototype) === true && isNode(object)) return KIND.NODE;
  switch (classify(object, prototype)) {
    case CLONE_KIND.PLAIN:
      return KIND.PLAIN;
    case CLONE_KIND.ERROR:
      return KIND.ERROR;
    case CLONE_KIND.UNCLONEABLE:
      return kindOfHost(object);
    default:
      return KIND.CLONE;
  }
}

module.exports = { KIND, hide, kindOf };
