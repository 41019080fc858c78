'use strict';

/**
 * Errors on their way: of the class that the language has for them, with all that Node puts on them (`code`,
 * `errno`, `syscall`, `path`...).
 */

const P = require('../structured-clone/primordials');
const { isDOMException, ownStack } = require('../structured-clone/classify');
const { ERROR_CLASSES } = require('./intrinsics');

const { AggregateError, DOMException } = globalThis;
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, ownKeys } = P;
const toText = P.toText;

/** What the record says by itself, and what engines add. */
const TOLD = P.newSafeMap();
for (const key of ['stack', 'message', 'line', 'column', 'sourceURL']) TOLD.set(key, true);

const classes = P.newSafeMap();
for (const name of ERROR_CLASSES) classes.set(name, globalThis[name]);
const namesOfPrototypes = P.newSafeMap();
classes.forEach((constructor, name) => namesOfPrototypes.set(constructor.prototype, name));

function className(error) {
  for (let p = getPrototypeOf(error); p !== null; p = getPrototypeOf(p)) {
    const name = namesOfPrototypes.get(p);
    if (name !== undefined) return name;
  }
  return 'Error';
}

/** What Node makes of the error of another thread is none to the engine, but has all that one has. */
function isErrorOfThread(object, prototype) {
  return namesOfPrototypes.get(prototype) !== undefined && hasOwn(object, 'stack');
}

/** @param {Error} error @returns {object} plain data, as far as its properties are */
function packError(error) {
  const record = {
    kind: '',
    name: toText(error.name),
    message: toText(error.message),
    stack: '',
    keys: [],
    values: [],
  };
  const stack = ownStack(error) ?? error.stack;
  if (typeof stack === 'string') record.stack = stack;
  if (isDOMException(error)) {
    record.kind = 'DOMException';
    return record;
  }
  record.kind = className(error);
  const keys = ownKeys(error);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key === 'string' && TOLD.get(key) !== undefined) continue;
    const descriptor = getOwnPropertyDescriptor(error, key);
    if (typeof key === 'symbol' || !hasOwn(descriptor, 'value')) continue;
    P.createDataProperty(
      record.keys,
      record.keys.length,
      descriptor.enumerable ? key : `\u0001${key}`,
    );
    P.createDataProperty(record.values, record.values.length, descriptor.value);
  }
  return record;
}

function bare({ kind, name, message }) {
  if (kind === 'DOMException') return new DOMException(message, name);
  if (kind === 'AggregateError') return new AggregateError([], message);
  const constructor = classes.get(kind) ?? P.Error;
  return new constructor(message);
}

/** @param {ReturnType<typeof packError>} record @returns {Error} */
function unpackError(record) {
  const error = bare(record);
  if (record.stack !== '') defineProperty(error, 'stack', P.dataDescriptor(record.stack, false));
  if (record.kind === 'DOMException') return error;
  if (error.name !== record.name)
    defineProperty(error, 'name', P.dataDescriptor(record.name, false));
  for (let i = 0; i < record.keys.length; i++) {
    const key = record.keys[i];
    const isHidden = key[0] === '\u0001';
    const name = isHidden ? P.stringSlice(key, 1) : key;
    defineProperty(error, name, P.dataDescriptor(record.values[i], !isHidden));
  }
  return error;
}

module.exports = { isErrorOfThread, packError, unpackError };
