'use strict';

/*
 * What a hostile or careless page script can do to the code beside it: runs a function while every
 * replaceable method, getter and constructor of the language is one that throws. Runs in both engines.
 */

const GLOBALS = [
  'Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'BigInt', 'Symbol', 'Map', 'Set', 'WeakMap',
  'WeakSet', 'Date', 'RegExp', 'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError',
  'URIError', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray',
  'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array',
  'BigInt64Array', 'BigUint64Array', 'Promise', 'Proxy', 'Reflect', 'JSON', 'Math', 'Iterator', 'TextDecoder',
  'TextEncoder', 'DOMException', 'Buffer',
];

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;
const toText = String;
const Broken = EvalError;
const ObjectPrototype = Object.prototype;
const EvalErrorPrototype = EvalError.prototype;

function collectTargets() {
  const targets = [];
  for (const name of GLOBALS) {
    const value = globalThis[name];
    if (value === undefined) continue;
    targets.push(value);
    if (typeof value === 'function' && value.prototype) targets.push(value.prototype);
  }
  targets.push(getPrototypeOf(Uint8Array), getPrototypeOf(Uint8Array.prototype));
  for (const iterator of [[].values(), new Map().keys(), new Set().keys(), ''[Symbol.iterator](), (function* () {})()])
    targets.push(getPrototypeOf(iterator));
  return targets;
}

/** A descriptor that is as bad as can be in the place of this one. */
function brokenDescriptor(descriptor, name) {
  const throws = function () {
    throw new Broken(`broken ${name}`);
  };
  if (descriptor.get) return { get: throws, set: throws, configurable: true };
  return { value: throws, writable: true, configurable: true };
}

function breakProperty(target, key, undo) {
  const descriptor = getOwnPropertyDescriptor(target, key);
  const isMethod = typeof descriptor.value === 'function' || descriptor.get;
  if (!descriptor.configurable || !isMethod) return;
  undo[undo.length] = { target, key, descriptor };
  defineProperty(target, key, brokenDescriptor(descriptor, toText(key)));
}

/** Calls a function, which must neither wait nor trust anything, and repairs the world. */
function withBrokenIntrinsics(fn) {
  const undo = [];
  const targets = collectTargets();
  const globals = targets.length;
  try {
    for (let i = 0; i < globals; i++) {
      const keys = ownKeys(targets[i]);
      for (let k = 0; k < keys.length; k++)
        if (targets[i] !== EvalErrorPrototype) breakProperty(targets[i], keys[k], undo);
    }
    for (let i = 0; i < GLOBALS.length; i++)
      if (getOwnPropertyDescriptor(globalThis, GLOBALS[i])) breakProperty(globalThis, GLOBALS[i], undo);
    pollute(undo);
    fn();
  } finally {
    for (let i = undo.length - 1; i >= 0; i--) {
      const { target, key, descriptor } = undo[i];
      if (descriptor === undefined) delete target[key];
      else defineProperty(target, key, descriptor);
    }
  }
}

/** Properties on Object.prototype that swallow what is assigned to them, or change what a descriptor says. */
function pollute(undo) {
  const swallow = { __proto__: null, get: () => 'polluted', set: () => {}, configurable: true };
  const readOnly = { __proto__: null, value: 'polluted', configurable: true };
  const names = ['a', 'id', 'x', 'name', 'list', 'self', 'buffer', 'message', 'stack', 'cause'];
  for (let i = 0; i < names.length; i++) {
    undo[undo.length] = { target: ObjectPrototype, key: names[i], descriptor: undefined };
    defineProperty(ObjectPrototype, names[i], i % 2 ? swallow : readOnly);
  }
}

module.exports = { withBrokenIntrinsics };
