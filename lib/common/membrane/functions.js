'use strict';

/** What the other end must know of a function before anybody looks at its properties. */

const P = require('../structured-clone/primordials');
const { FUNCTION_FLAG } = require('./words');

const { Object: PlainObject, getPrototypeOf, ownKeys } = P;
const { construct } = Reflect;
const FunctionPrototype = Function.prototype;
const NO_ARGUMENTS = P.safeArray();

/** Properties that functions have anyway. */
const USUAL = P.newSafeMap();
for (const key of ['length', 'name', 'prototype', 'arguments', 'caller']) USUAL.set(key, true);

/** Whether `new` accepts it; it is not run. */
function isConstructor(fn) {
  try {
    construct(PlainObject, NO_ARGUMENTS, fn);
    return true;
  } catch {
    return false;
  }
}

function isPlainFunction(fn) {
  const keys = ownKeys(fn);
  for (let i = 0; i < keys.length; i++) if (USUAL.get(keys[i]) === undefined) return false;
  return true;
}

/** Async functions and generators have prototypes of their own, which say nothing. */
function hasUsualPrototype(fn) {
  const prototype = getPrototypeOf(fn);
  return (
    prototype === FunctionPrototype ||
    (prototype !== null &&
      getPrototypeOf(prototype) === FunctionPrototype &&
      typeof prototype !== 'function')
  );
}

/** @param {Function} fn @returns {number} of FUNCTION_FLAG */
function functionFlags(fn) {
  let flags = 0;
  if (isConstructor(fn)) flags |= FUNCTION_FLAG.CONSTRUCTOR;
  if (isPlainFunction(fn) && hasUsualPrototype(fn)) flags |= FUNCTION_FLAG.PLAIN;
  return flags;
}

module.exports = {
  functionFlags,
  isUsualKey: (key) => USUAL.get(key) === true,
};
