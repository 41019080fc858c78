'use strict';

/**
 * What both ends have of their own and take for the same: the constructors of the language, and the
 * prototypes whose methods work with any object. (A generator's, say, accept only real generators, so
 * those of the other end get prototypes that ask it.)
 */

const P = require('../structured-clone/primordials');

const { globalThis: scope } = globalThis;

/** Those of the language. */
const ERROR_CLASSES = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
];
const CONSTRUCTORS = [
  'Object',
  'Function',
  'Array',
  ...ERROR_CLASSES,
  'Promise',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Date',
  'RegExp',
  'Symbol',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'URL',
  'URLSearchParams',
  'AbortController',
  'AbortSignal',
];
const GENERAL_PROTOTYPES = [
  'Object',
  'Function',
  'Array',
  ...ERROR_CLASSES,
];

const byName = P.newSafeMap();
const names = P.newSafeMap();

function add(name, value) {
  if (value === undefined) return;
  byName.set(name, value);
  names.set(value, name);
}

for (const name of CONSTRUCTORS) add(name, scope[name]);
for (const name of GENERAL_PROTOTYPES) add(`${name}.prototype`, scope[name].prototype);
const arrayIteratorPrototype = P.getPrototypeOf([][Symbol.iterator]());
add('Iterator.prototype', P.getPrototypeOf(arrayIteratorPrototype));
const asyncGeneratorPrototype = P.getPrototypeOf(P.getPrototypeOf((async function* () {})()));
add('AsyncIterator.prototype', P.getPrototypeOf(asyncGeneratorPrototype));

/** Symbols of the language. */
const symbols = P.newSafeMap();
for (const name of Object.getOwnPropertyNames(Symbol)) {
  if (typeof Symbol[name] === 'symbol') {
    symbols.set(name, Symbol[name]);
    symbols.set(Symbol[name], name);
  }
}

module.exports = {
  ERROR_CLASSES,
  /** More that both ends have, under this name. */
  addIntrinsic: add,
  /** @param {object} value @returns {string | undefined} */
  intrinsicName: (value) => names.get(value),
  intrinsicOf: (name) => byName.get(name),
  /** Such as `iterator`, of a symbol; and the other way round. */
  knownSymbol: (key) => symbols.get(key),
};
