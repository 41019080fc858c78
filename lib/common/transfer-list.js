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

function toObject(value, where) {
  if (!isObject(value)) fail(where, "Failed to convert value to 'object'.");
  return value;
}

/** @returns {object[]} what the iterable gives, in an array that page script cannot get at */
function toList(iterable, method, where) {
  const list = P.safeArray();
  if (method === arrayValues && P.isArray(iterable)) {
    for (let i = 0; i < iterable.length; i++) list[i] = toObject(iterable[i], where);
    return list;
  }
  const steps = P.apply(method, iterable, P.safeArray());
  const { next } = steps;
  for (let length = 0; ; length++) {
    const step = P.apply(next, steps, P.safeArray());
    if (step.done) return list;
    list[length] = toObject(step.value, where);
  }
}

function readTransfer(options, where) {
  const { transfer } = options;
  if (transfer === undefined) return undefined;
  const inOptions = `${where}: Failed to read the 'transfer' property from 'StructuredSerializeOptions'`;
  if (!isObject(transfer)) fail(inOptions, 'The provided value cannot be converted to a sequence.');
  const method = transfer[iterator];
  if (typeof method !== 'function') {
    fail(inOptions, 'The object must have a callable @@iterator property.');
  }
  return toList(transfer, method, inOptions);
}

/**
 * @param {unknown} given the second argument
 * @param {string} where opens the messages of errors: "Failed to execute 'postMessage' on 'Worker'"
 * @returns {object[] | undefined}
 */
function toTransferList(given, where) {
  if (given === undefined || given === null) return undefined;
  if (!isObject(given)) fail(where, 'Overload resolution failed.');
  const method = given[iterator];
  if (method === undefined || method === null) return readTransfer(given, where);
  if (typeof method !== 'function') fail(where, '@@iterator must be a function');
  return toList(given, method, where);
}

module.exports = { toTransferList };
