'use strict';

/**
 * The second argument of postMessage(), as WebIDL converts it: a sequence of objects, or options that
 * may hold one as `transfer`. Whether the objects can be transferred is the codec's question.
 */

const P = require('./structured-clone/primordials');

const { iterator } = Symbol;
const arrayValues = Array.prototype[iterator];

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

function fail(where, why) {
  throw new P.TypeError(`${where}: ${why}`);
}

/** @returns {unknown[]} what the iterable gives, in an array that page script cannot get at */
function toList(iterable, method, where) {
  const list = P.safeArray();
  if (method === arrayValues && P.isArray(iterable)) {
    for (let i = 0; i < iterable.length; i++) list[i] = iterable[i];
    return list;
  }
  if (typeof method !== 'function') fail(where, 'The object must have a callable @@iterator property.');
  const steps = P.apply(method, iterable, P.safeArray());
  const { next } = steps;
  for (let length = 0; ; length++) {
    const step = P.apply(next, steps, P.safeArray());
    if (step.done) return list;
    list[length] = step.value;
  }
}

function readTransfer(options, where) {
  const { transfer } = options;
  if (transfer === undefined) return undefined;
  const inOptions = `${where}: Failed to read the 'transfer' property from 'StructuredSerializeOptions'`;
  if (!isObject(transfer)) fail(inOptions, 'The provided value cannot be converted to a sequence.');
  return toList(transfer, transfer[iterator], inOptions);
}

/**
 * @param {unknown} given the second argument
 * @param {string} where opens the messages of errors: "Failed to execute 'postMessage' on 'Worker'"
 * @returns {unknown[] | undefined}
 */
function toTransferList(given, where) {
  if (given === undefined || given === null) return undefined;
  if (!isObject(given)) fail(where, 'Overload resolution failed.');
  const method = given[iterator];
  if (method === undefined || method === null) return readTransfer(given, where);
  return toList(given, method, where);
}

module.exports = { toTransferList };
