'use strict';

/** `util/types`: what the engine itself takes a value for, whatever its prototype says. */

const { apply } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const toText = Object.prototype.toString;

/** Whether a method or getter of the type takes the value for its own. */
function asks(prototype, name, ...given) {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const method = descriptor.get ?? descriptor.value;
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    try {
      apply(method, value, given);
      return true;
    } catch {
      return false;
    }
  };
}

const TypedArray = getPrototypeOf(Uint8Array);
const nameOf = getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;
const typedArrayName = (value) => apply(nameOf, value, []);
const hasTag = (tag) => (value) => apply(toText, value, []) === `[object ${tag}]`;
const isObject = (value) => typeof value === 'object' && value !== null;
const isTagged = (tag) => (value) => isObject(value) && hasTag(tag)(value);

const isNumberObject = asks(Number.prototype, 'valueOf');
const isStringObject = asks(String.prototype, 'valueOf');
const isBooleanObject = asks(Boolean.prototype, 'valueOf');
const isBigIntObject = asks(BigInt.prototype, 'valueOf');
const isSymbolObject = asks(Symbol.prototype, 'valueOf');
const isArrayBuffer = asks(ArrayBuffer.prototype, 'byteLength');
const isSharedArrayBuffer = globalThis.SharedArrayBuffer
  ? asks(SharedArrayBuffer.prototype, 'byteLength')
  : () => false;
const isAsyncFunction = (value) =>
  typeof value === 'function' &&
  /^\[object Async(Generator)?Function\]$/.test(apply(toText, value, []));
/** By a getter: `exec` would change the object's `lastIndex`. */
const isRegExp = asks(RegExp.prototype, 'source');
const isPromise = (value) => isObject(value) && value instanceof Promise;

const types = {
  isAnyArrayBuffer: (value) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArgumentsObject: isTagged('Arguments'),
  isArrayBuffer,
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isAsyncFunction,
  isBigIntObject,
  isBooleanObject,
  isBoxedPrimitive: (value) =>
    [isNumberObject, isStringObject, isBooleanObject, isBigIntObject, isSymbolObject].some((is) =>
      is(value),
    ),
  isCryptoKey: (value) => value instanceof (globalThis.CryptoKey ?? class {}),
  isDataView: asks(DataView.prototype, 'byteLength'),
  isDate: asks(Date.prototype, 'getTime'),
  isEventTarget: (value) => value instanceof EventTarget,
  isExternal: () => false,
  isGeneratorFunction: (value) =>
    typeof value === 'function' && /GeneratorFunction\]$/.test(apply(toText, value, [])),
  isGeneratorObject: isTagged('Generator'),
  isKeyObject: () => false,
  isMap: asks(Map.prototype, 'size'),
  isMapIterator: isTagged('Map Iterator'),
  isModuleNamespaceObject: isTagged('Module'),
  isNativeError: (value) => (Error.isError ? Error.isError(value) : hasTag('Error')(value)),
  isNumberObject,
  isPromise,
  isProxy: () => false,
  isRegExp: (value) => value !== RegExp.prototype && isRegExp(value),
  isSet: asks(Set.prototype, 'size'),
  isSetIterator: isTagged('Set Iterator'),
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isTypedArray: (value) => typedArrayName(value) !== undefined,
  isWeakMap: asks(WeakMap.prototype, 'has', {}),
  isWeakSet: asks(WeakSet.prototype, 'has', {}),
};
const arrays = [
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array'],
  ...['Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array'],
  'BigUint64Array',
];
for (const name of arrays) types[`is${name}`] = (value) => typedArrayName(value) === name;

module.exports = types;
