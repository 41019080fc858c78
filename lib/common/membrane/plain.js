'use strict';

/** Plain data: what crosses as a copy. */

const P = require('../structured-clone/primordials');

const { ObjectPrototype, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isArray, ownKeys } = P;
const ArrayPrototype = P.Array.prototype;

/**
 * Whether an object with no prototype but Object's has nothing but values: no functions, accessors, symbols or
 * hidden properties, by which it is somebody rather than something.
 */
function isData(object) {
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    if (typeof keys[i] === 'symbol') return false;
    const descriptor = getOwnPropertyDescriptor(object, keys[i]);
    if (descriptor === undefined || !descriptor.enumerable || !hasOwn(descriptor, 'value'))
      return false;
    if (typeof descriptor.value === 'function') return false;
  }
  return true;
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = getPrototypeOf(value);
  return (
    prototype === ObjectPrototype ||
    prototype === null ||
    (prototype === ArrayPrototype && isArray(value))
  );
}

/** What of @value can change by itself: its plain objects and arrays, as deep as they go. */
function snapshot(value, isPlainHere, depth = 0) {
  if (depth > 32 || !isPlainHere(value)) return value;
  const keys = ownKeys(value);
  const copy = { __proto__: null, keys, values: P.safeArray() };
  for (let i = 0; i < keys.length; i++)
    copy.values[i] = snapshot(value[keys[i]], isPlainHere, depth + 1);
  return copy;
}

/** Whether @value has what snapshot() saw. */
function equals(value, seen, isPlainHere, depth = 0) {
  if (depth > 32 || !isPlainHere(value)) return value === seen;
  const keys = ownKeys(value);
  if (typeof seen !== 'object' || seen === null || seen.keys?.length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== seen.keys[i] || !equals(value[keys[i]], seen.values[i], isPlainHere, depth + 1))
      return false;
  }
  return true;
}

module.exports = { ArrayPrototype, equals, isData, isPlain, snapshot };
