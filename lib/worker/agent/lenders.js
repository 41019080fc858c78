'use strict';

/** Functions that write into a buffer of their caller's. */

const crypto = require('node:crypto');
const fs = require('node:fs');
const { fillers } = require('../../asar/gate');

/** @type {WeakSet<object>} */
const lenders = new WeakSet([
  ...[fs.read, fs.readSync, fs.readv, fs.readvSync],
  ...[crypto.randomFill, crypto.randomFillSync, crypto.getRandomValues],
  crypto.webcrypto.getRandomValues,
]);

/** What a native module does with a buffer is not known. @param {unknown} exported @param {number} [depth] */
function addNative(exported, depth = 0) {
  const isObject = typeof exported === 'object' && exported !== null;
  if ((!isObject && typeof exported !== 'function') || lenders.has(exported) || depth > 3) return;
  lenders.add(exported);
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(exported))) {
    addNative(value, depth + 1);
  }
}

/** Those of FileHandle, which is not to be had but from one that is open. @param {Function} fn */
const isOfFileHandle = (fn) =>
  (fn.name === 'read' || fn.name === 'readv') && /^readv?\(.*\bfsCall\(/s.test(`${fn}`);

/** @param {Function} fn */
const lends = (fn) => lenders.has(fn) || fillers.has(fn) || isOfFileHandle(fn);

module.exports = { addNative, lends };
