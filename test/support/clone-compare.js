'use strict';

/*
 * Says whether one value is a structured clone of another: types, prototypes, order of keys, holes,
 * -0, and the shape of the graph (what is shared in one is shared in the other).
 *
 * Runs in both engines, so it uses nothing of Node's.
 */

const SCALARS = {
  Date: (object) => Date.prototype.getTime.call(object),
  RegExp: (object) => `/${object.source}/${object.flags}:${object.lastIndex}`,
  Number: (object) => Number.prototype.valueOf.call(object),
  String: (object) => String.prototype.valueOf.call(object),
  Boolean: (object) => Boolean.prototype.valueOf.call(object),
  BigInt: (object) => BigInt.prototype.valueOf.call(object),
};

/**
 * @param {unknown} actual
 * @param {unknown} expected
 * @returns {string} '' when they are the same, else where and how they differ
 */
function findDifference(actual, expected) {
  return compare(actual, expected, 'value', { actual: new Map(), expected: new Map() });
}

function compare(actual, expected, path, seen) {
  if (typeof expected !== 'object' || expected === null)
    return Object.is(actual, expected) ? '' : `${path} is ${show(actual)}, not ${show(expected)}`;
  if (typeof actual !== 'object' || actual === null) return `${path} is ${show(actual)}, not an object`;
  if (seen.expected.has(expected) || seen.actual.has(actual)) {
    const same = seen.expected.get(expected) === actual && seen.actual.get(actual) === expected;
    return same ? '' : `${path} is not shared as it should be`;
  }
  seen.expected.set(expected, actual);
  seen.actual.set(actual, expected);
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return `${path} has another prototype`;
  return compareContents(actual, expected, path, seen) || compareProperties(actual, expected, path, seen);
}

function compareContents(actual, expected, path, seen) {
  if (ArrayBuffer.isView(expected)) return compareViews(actual, expected, path, seen);
  if (expected instanceof ArrayBuffer) return compareBuffers(actual, expected, path);
  if (expected instanceof Map || expected instanceof Set)
    return compareLists([...actual], [...expected], path, seen);
  if (expected instanceof Error) return compareErrors(actual, expected, path, seen);
  const scalar = SCALARS[expected.constructor?.name];
  if (scalar && expected.constructor === globalThis[expected.constructor.name])
    return Object.is(scalar(actual), scalar(expected)) ? '' : `${path} is ${show(actual)}, not ${show(expected)}`;
  if (Array.isArray(expected) && actual.length !== expected.length) return `${path} has ${actual.length} elements`;
  return '';
}

function compareLists(actual, expected, path, seen) {
  if (actual.length !== expected.length) return `${path} has ${actual.length} entries`;
  for (let i = 0; i < expected.length; i++) {
    const pair = Array.isArray(expected[i]) && !seen.expected.has(expected[i]);
    const difference = pair && Array.isArray(actual[i]) && actual[i].length === 2 && expected[i].length === 2 ?
      compare(actual[i][0], expected[i][0], `${path}<${i} key>`, seen) ||
        compare(actual[i][1], expected[i][1], `${path}<${i}>`, seen) :
      compare(actual[i], expected[i], `${path}<${i}>`, seen);
    if (difference) return difference;
  }
  return '';
}

function compareErrors(actual, expected, path, seen) {
  for (const key of ['message', 'stack', 'cause']) {
    // V8 gives an error that came without a stack one that is undefined.
    if (key === 'stack' && actual.stack === undefined && expected.stack === undefined) continue;
    const had = Object.getOwnPropertyDescriptor(expected, key);
    const has = Object.getOwnPropertyDescriptor(actual, key);
    if ((had === undefined) !== (has === undefined)) return `${path}.${key} is ${has ? 'there' : 'missing'}`;
    if (has?.enumerable) return `${path}.${key} is enumerable`;
    const difference = had && compare(actual[key], expected[key], `${path}.${key}`, seen);
    if (difference) return difference;
  }
  return '';
}

function compareBuffers(actual, expected, path) {
  if (actual.byteLength !== expected.byteLength) return `${path} has ${actual.byteLength} bytes`;
  if (actual.resizable !== expected.resizable || actual.maxByteLength !== expected.maxByteLength)
    return `${path} resizes otherwise`;
  const bytes = new Uint8Array(actual);
  const wanted = new Uint8Array(expected);
  for (let i = 0; i < wanted.length; i++)
    if (bytes[i] !== wanted[i]) return `${path}[byte ${i}] is ${bytes[i]}, not ${wanted[i]}`;
  return '';
}

function compareViews(actual, expected, path, seen) {
  if (actual.byteOffset !== expected.byteOffset) return `${path} has offset ${actual.byteOffset}`;
  if (actual.byteLength !== expected.byteLength) return `${path} has ${actual.byteLength} bytes`;
  const difference = compare(actual.buffer, expected.buffer, `${path}.buffer`, seen);
  if (difference) return difference;
  return isTracking(actual) === isTracking(expected) ? '' : `${path} tracks the length otherwise`;
}

function isTracking(view) {
  const { buffer } = view;
  if (!buffer.resizable || buffer.maxByteLength < buffer.byteLength + 8) return false;
  const before = view.byteLength;
  buffer.resize(buffer.byteLength + 8);
  const after = view.byteLength;
  buffer.resize(buffer.byteLength - 8);
  return after !== before;
}

function compareProperties(actual, expected, path, seen) {
  if (ArrayBuffer.isView(expected) || expected instanceof String) return '';
  const keys = Object.keys(expected);
  const actualKeys = Object.keys(actual);
  if (actualKeys.join('\n') !== keys.join('\n')) return `${path} has keys ${actualKeys.slice(0, 50)}, not ${keys.slice(0, 50)}`;
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(actual, key);
    if (!property.writable || !property.configurable) return `${path}.${key} is not a plain property`;
    const difference = compare(property.value, expected[key], `${path}.${key}`, seen);
    if (difference) return difference;
  }
  return '';
}

function show(value) {
  try {
    return Object.is(value, -0) ? '-0' : typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

module.exports = { findDifference };
