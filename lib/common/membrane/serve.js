'use strict';

/** Does what the other end asks for. */

const P = require('../structured-clone/primordials');
const { describe } = require('./describe');
const { isData, isPlain } = require('./plain');
const { abort } = require('./signals');
const { OP, SET } = require('./words');

const { apply, construct, deleteProperty, get, getOwnPropertyDescriptor, has, ownKeys, set } =
  Reflect;

/** Objects of functions that a module has, such as fs.promises, are as good as modules. */
function markStatic(end, owner, value) {
  const isParent = typeof owner === 'function' || end.marks.isStatic(owner);
  if (
    isParent &&
    typeof value === 'object' &&
    value !== null &&
    !end.isStandIn(value) &&
    isPlain(value) &&
    !isData(value)
  )
    end.marks.addStatic(value);
}

const operations = P.safeArray();

operations[OP.APPLY] = (end, fn, self, given) => apply(fn, self, given);

operations[OP.CONSTRUCT] = (end, fn, given, newTarget) => construct(fn, given, newTarget ?? fn);

operations[OP.GET] = (end, object, key, receiver = object) => {
  const value = get(object, key, receiver);
  markStatic(end, object, value);
  if (
    key === 'prototype' &&
    typeof object === 'function' &&
    typeof value === 'object' &&
    value !== null
  )
    end.marks.addPrototype(value);
  return value;
};

operations[OP.SET] = (end, object, key, value, receiver = object, isForced = false) => {
  if (!isForced && !has(object, key)) return SET.UNKNOWN;
  return set(object, key, value, receiver) ? SET.DONE : SET.REFUSED;
};

operations[OP.HAS] = (end, object, key) => has(object, key);

operations[OP.DELETE] = (end, object, key) => deleteProperty(object, key);

operations[OP.KEYS] = (end, object) => ownKeys(object);

operations[OP.DESCRIPTOR] = (end, object, key) => {
  const descriptor = getOwnPropertyDescriptor(object, key);
  return descriptor === undefined ? undefined : [descriptor.enumerable, object[key]];
};

operations[OP.DESCRIBE] = (end, object) => describe(end, object);

operations[OP.ABORT] = (end, id, reason) => {
  const signal = end.received.peek(id);
  if (signal !== undefined) abort(signal, reason);
};

operations[OP.RUN] = (end, name, given) => end.realm.run(name, given);

/** @param {import('./end').End} end @param {unknown[]} message an OP and its operands */
function serve(end, message) {
  const operation = operations[message[0]];
  if (operation === undefined)
    throw new P.TypeError('weft: the other end of a membrane asks for what there is not');
  return operation(end, message[1], message[2], message[3], message[4], message[5]);
}

module.exports = { serve };
