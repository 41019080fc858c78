'use strict';

/**
 * structured-clone/primordials - the intrinsics that the codec uses, as they were at load
 *
 * A page script may replace anything on a global or a prototype. This file is
 * evaluated before any page script, and the codec uses at run time only what is
 * captured here. Three ways to call a captured method, by what they cost:
 *
 *   - static functions (`Object.keys`) are called as they are;
 *   - `uncurryThis(method)(self, ...)` for what is not called in a hot loop: free in V8, but
 *     about 30 ns a call in JavaScriptCore;
 *   - `makeSafe(object, prototype)` gives an object of ours the captured methods on a frozen
 *     prototype of its own, so that `map.get(key)` stays the plain fast call in both engines.
 */

// Not as globals: those can be replaced too.
const {
  Array, ArrayBuffer, BigInt, BigUint64Array, Boolean, DOMException, DataView, Date, Error, EvalError, Float64Array,
  Map, Number, Object, RangeError, ReferenceError, RegExp, Set, String, Symbol, SyntaxError, TextDecoder, TypeError,
  URIError, Uint16Array, Uint8Array, WeakMap,
} = globalThis;

const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect;
const { defineProperty, freeze, getPrototypeOf, setPrototypeOf } = Object;

/** `Function.prototype.call` bound to a method: `uncurryThis(f)(self, a)` is `f.call(self, a)`. */
const uncurryThis = Function.prototype.bind.bind(Function.prototype.call);

/** The getter of an accessor property, to be called with its object as the argument. */
function uncurryGetter(prototype, key) {
  return uncurryThis(getOwnPropertyDescriptor(prototype, key).get);
}

/** A frozen copy of a prototype's properties that inherits from nothing. */
function safePrototype(prototype) {
  const copy = { __proto__: null };
  const keys = ownKeys(prototype);
  for (let i = 0; i < keys.length; i++)
    defineProperty(copy, keys[i], getOwnPropertyDescriptor(prototype, keys[i]));
  return freeze(copy);
}

const SafeMapPrototype = safePrototype(Map.prototype);
const SafeWeakMapPrototype = safePrototype(WeakMap.prototype);
const SafeDataViewPrototype = safePrototype(DataView.prototype);
const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
const SafeTypedArrayPrototype = safePrototype(TypedArrayPrototype);

/** A property descriptor that a polluted Object.prototype cannot add to. */
function dataDescriptor(value, enumerable) {
  return { __proto__: null, value, enumerable, writable: true, configurable: true };
}

/** Makes an own property, as CreateDataProperty does, whatever the prototypes say. */
function createDataProperty(object, key, value) {
  defineProperty(object, key, dataDescriptor(value, true));
}

/** An array for our own bookkeeping: no setter on Array.prototype can see what is put in it. */
function safeArray() {
  return setPrototypeOf([], null);
}

const isNode = typeof process === 'object' && process !== null && typeof Buffer === 'function' &&
  typeof process.versions === 'object' && typeof process.versions.node === 'string';

/** What only Node has; null in a page. */
const node = isNode ? captureNode() : null;

function captureNode() {
  const { isMarkedAsUntransferable } = require('node:worker_threads');
  return {
    types: require('node:util').types,
    workerThreads: { isMarkedAsUntransferable },
    Buffer: { prototype: Buffer.prototype, byteLength: Buffer.byteLength },
    errorMessage: uncurryGetter(DOMException.prototype, 'message'),
  };
}

/** Built-in objects of the language that can't be cloned, by the names of their constructors. */
const UNCLONEABLE = [
  ['', ['Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Symbol',
    'DisposableStack', 'AsyncDisposableStack']],
  ['Intl', ['Collator', 'DateTimeFormat', 'DisplayNames', 'DurationFormat', 'ListFormat', 'Locale', 'NumberFormat',
    'PluralRules', 'RelativeTimeFormat', 'Segmenter']],
  ['WebAssembly', ['Module', 'Instance', 'Memory', 'Table', 'Global', 'Tag', 'Exception']],
  ['Temporal', ['Instant', 'Duration', 'PlainDate', 'PlainDateTime', 'PlainMonthDay', 'PlainTime', 'PlainYearMonth',
    'ZonedDateTime']],
];

/** Their names, and their prototypes; iterators and generators too, whose prototypes name no constructor. */
const uncloneableNames = [];
const uncloneablePrototypes = [
  getPrototypeOf([][Symbol.iterator]()),
  getPrototypeOf(''[Symbol.iterator]()),
  getPrototypeOf(new Map().entries()),
  getPrototypeOf(new Set().values()),
  getPrototypeOf(/./g[Symbol.matchAll]('')),
  getPrototypeOf(getPrototypeOf((function* () {})())),
  getPrototypeOf(getPrototypeOf((async function* () {})())),
];
for (const [space, names] of UNCLONEABLE) {
  const scope = space === '' ? globalThis : globalThis[space];
  uncloneableNames.push(...names);
  for (const name of names)
    if (scope !== undefined && scope[name] !== undefined) uncloneablePrototypes.push(scope[name].prototype);
}

const errorPrototypes = [
  Error.prototype, EvalError.prototype, RangeError.prototype, ReferenceError.prototype, SyntaxError.prototype,
  TypeError.prototype, URIError.prototype, AggregateError.prototype,
];

/** A new Uint8Array with the bytes [offset, offset + length), in a buffer of just that length. */
function copyBytes(bytes, offset, length) {
  const start = typedArrayOffset(bytes) + offset;
  return new Uint8Array(new Uint8Array(typedArrayBuffer(bytes), start, length));
}

const typedArrayBuffer = uncurryGetter(TypedArrayPrototype, 'buffer');
const typedArrayOffset = uncurryGetter(TypedArrayPrototype, 'byteOffset');

module.exports = {
  copyBytes,
  node,
  globalObject: globalThis,
  globalNames: Object.getOwnPropertyNames(globalThis),
  uncloneableNames,
  uncloneablePrototypes,
  errorPrototypes,
  uncurryThis,
  uncurryGetter,
  dataDescriptor,
  createDataProperty,
  safeArray,
  newSafeMap: () => setPrototypeOf(new Map(), SafeMapPrototype),
  newSafeWeakMap: () => setPrototypeOf(new WeakMap(), SafeWeakMapPrototype),
  newSafeUint8Array: (buffer) => setPrototypeOf(new Uint8Array(buffer), SafeTypedArrayPrototype),
  newSafeDataView: (buffer) => setPrototypeOf(new DataView(buffer), SafeDataViewPrototype),

  apply,
  getOwnPropertyDescriptor,
  defineProperty,
  freeze,
  getPrototypeOf,
  ownKeys,
  setPrototypeOf,
  keys: Object.keys,
  hasOwn: Object.hasOwn,
  isArray: Array.isArray,
  isView: ArrayBuffer.isView,
  isError: Error.isError,
  fromCharCode: String.fromCharCode,
  asUintN: BigInt.asUintN,
  toText: String,

  Array, ArrayBuffer, BigInt, Boolean, DOMException, DataView, Date, Error, Float64Array, Map, Number, Object, RegExp, Set,
  String, TextDecoder, TypeError, Uint16Array, Uint8Array,

  ObjectPrototype: Object.prototype,
  RangeErrorPrototype: RangeError.prototype,
  RegExpPrototype: RegExp.prototype,
  StringPrototype: String.prototype,
  TypedArrayPrototype,

  charCodeAt: String.prototype.charCodeAt,
  stringIncludes: uncurryThis(String.prototype.includes),
  stringSlice: uncurryThis(String.prototype.slice),
  functionToString: uncurryThis(Function.prototype.toString),
  objectToString: Object.prototype.toString,
  symbolToString: uncurryThis(Symbol.prototype.toString),
  toStringTag: Symbol.toStringTag,

  bufferLength: uncurryGetter(ArrayBuffer.prototype, 'byteLength'),
  bufferMaxLength: uncurryGetter(ArrayBuffer.prototype, 'maxByteLength'),
  bufferResizable: uncurryGetter(ArrayBuffer.prototype, 'resizable'),
  bufferDetached: uncurryGetter(ArrayBuffer.prototype, 'detached'),
  bufferResize: uncurryThis(ArrayBuffer.prototype.resize),
  bufferSlice: uncurryThis(ArrayBuffer.prototype.slice),
  bufferTransfer: uncurryThis(ArrayBuffer.prototype.transfer),

  typedArrayName: uncurryGetter(TypedArrayPrototype, Symbol.toStringTag),
  typedArrayBuffer,
  typedArrayOffset,
  typedArrayLength: uncurryGetter(TypedArrayPrototype, 'byteLength'),
  typedArraySet: uncurryThis(TypedArrayPrototype.set),
  typedArrayValues: uncurryThis(TypedArrayPrototype.values),
  dataViewBuffer: uncurryGetter(DataView.prototype, 'buffer'),
  dataViewOffset: uncurryGetter(DataView.prototype, 'byteOffset'),
  dataViewLength: uncurryGetter(DataView.prototype, 'byteLength'),

  mapForEach: uncurryThis(Map.prototype.forEach),
  mapSize: uncurryGetter(Map.prototype, 'size'),
  setForEach: uncurryThis(Set.prototype.forEach),
  setAdd: uncurryThis(Set.prototype.add),
  mapSet: uncurryThis(Map.prototype.set),
  setSize: uncurryGetter(Set.prototype, 'size'),
  dateGetTime: uncurryThis(Date.prototype.getTime),
  regExpSource: uncurryGetter(RegExp.prototype, 'source'),
  numberValueOf: uncurryThis(Number.prototype.valueOf),
  stringValueOf: uncurryThis(String.prototype.valueOf),
  booleanValueOf: uncurryThis(Boolean.prototype.valueOf),
  bigintValueOf: uncurryThis(BigInt.prototype.valueOf),
  symbolValueOf: uncurryThis(Symbol.prototype.valueOf),
  sharedBufferPrototype: typeof SharedArrayBuffer === 'function' ? SharedArrayBuffer.prototype : null,
  sharedBufferLength: typeof SharedArrayBuffer === 'function' ?
    uncurryGetter(SharedArrayBuffer.prototype, 'byteLength') :
    null,
};
