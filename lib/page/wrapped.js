'use strict';

/** For what replaces a native function and must look like it. */

const P = require('../common/structured-clone/primordials');
const { showDescriptorAsNative } = require('./native-text');

const { Proxy } = globalThis;
const { trunc } = Math;

/** ToIntegerOrInfinity; runs the script's valueOf() once. */
function toInteger(value) {
  return trunc(+value) || 0;
}

/** Memory that is shared with workers -> what ./atomics.js knows of it. */
const records = P.newSafeWeakMap();
let isUsed = false;

/** @param {ArrayBuffer} buffer @param {{number: number, host: number, line: number}} record */
function remember(buffer, record) {
  isUsed = true;
  records.set(buffer, record);
}

/** Whether there ever was such memory in this page. */
const hasRecords = () => isUsed;

/**
 * A function that looks like a native one and does something else.
 * @param {Function} native
 * @param {(target: Function, self: unknown, given: unknown[]) => unknown} apply
 */
function replaceCall(native, apply) {
  const value = new Proxy(native, { __proto__: null, apply });
  showDescriptorAsNative({ value });
  return value;
}

/**
 * A method of SharedArrayBuffer.prototype that works for ours, too.
 * @param {Function} native @param {Function} ours takes the buffer, then the arguments
 */
function wrap(native, ours) {
  return replaceCall(native, (target, self, given) => {
    if (records.get(self) === undefined) return P.apply(target, self, given);
    return ours(self, given[0], given[1]);
  });
}

module.exports = { hasRecords, records, remember, replaceCall, toInteger, wrap };
