'use strict';

/*
 * Values that structured clone must carry: [name, make, expected?], where make() gives the value, and expected()
 * what arrives when that is not the same. Runs in both engines.
 */

const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float16Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
];

/** Lengths around everything that changes the way of a string: one call, a loop, a native copy, two-byte varints. */
const LENGTHS = [1, 2, 3, 15, 16, 17, 23, 24, 31, 32, 33, 63, 64, 65, 127, 128, 129, 8191, 8193, 16384, 70000];

class Point {
  constructor() {
    this.x = 1;
    this.y = 2;
  }

  get sum() {
    return this.x + this.y;
  }
}

/** An error with a stack that is the same in every engine. */
function makeError(Class, message, options) {
  const error = new Class(message, options);
  for (const key of ['line', 'column', 'sourceURL']) delete error[key];
  Object.defineProperty(error, 'stack', { value: `${Class.name}: at home`, writable: true, configurable: true });
  return error;
}

function makeResizable(length, maxByteLength) {
  const buffer = new ArrayBuffer(length, { maxByteLength });
  new Uint8Array(buffer).forEach((_, i, bytes) => { bytes[i] = i + 1; });
  return buffer;
}

function makeBytes(length) {
  return Uint8Array.from({ length }, (_, i) => i * 37 + 11).buffer;
}

const primitives = [
  undefined, null, true, false, 0, -0, 1, -1, 63, 64, -64, -65, 127, 128, 300, 1e6, -1e6, 2 ** 30, 2 ** 31 - 1, -(2 ** 31),
  2 ** 31, 2 ** 32, 1.5, -0.1, 5e-324, 1.7976931348623157e308, Infinity, -Infinity, NaN, Number.MAX_SAFE_INTEGER,
  0n, 1n, -1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), 2n ** 128n - 1n, -(2n ** 1000n) + 12345n, 3n ** 5000n,
  '', 'a', '\0', '\x7f', '\x80', '\xff', '\u0100', '\ud800', '\udfff\ud800', '\ufeffbom', '\ufffd', '\u{1f600}', 'x\u20acy',
];

const strings = LENGTHS.flatMap((length) => [
  ['ASCII', 'The quick brown fox. '], ['latin1', 'd\xe9j\xe0 vu \xff '], ['windows-1252', 'a\x80\x9f\x85 '],
  ['UTF-16', '\u65e5\u672c\u8a9e'], ['mixed', 'abc\u{1f600}'], ['lone surrogates', 'x\ud800y\udc00'],
  ['late', null],
].map(([kind, part]) => {
  const text = part === null ? `${'a'.repeat(length - 1)}\u20ac` : part.repeat(Math.ceil(length / part.length)).slice(0, length);
  return [`a string of ${length}, ${kind}`, () => text];
}));

const objects = [
  ['an empty object', () => ({})],
  ['an object', () => ({ a: 1, b: 'two', c: [3, null, undefined], d: { e: { f: -0 } } })],
  ['keys in order', () => ({ z: 1, 10: 2, a: 3, 9: 4, '': 5, '-1': 6, '01': 7, 4294967294: 8, 4294967295: 9, '1.5': 10 })],
  ['keys of every alphabet', () => ({ 'd\xe9': 1, '\u65e5\u672c': 2, '\ud800': 3, [`${'k'.repeat(300)}`]: 4, [`${'\u20ac'.repeat(80)}`]: 5 })],
  ['names of Object.prototype', () => ({ constructor: 1, toString: 'x', hasOwnProperty: null, valueOf: undefined })],
  ['a key __proto__', () => JSON.parse('{"__proto__": {"x": 1}, "y": 2}')],
  ['only enumerable string keys', () => Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 }), () => ({ a: 1 })],
  ['no prototype', () => Object.assign(Object.create(null), { a: 1 }), () => ({ a: 1 })],
  ['a class instance', () => ({ list: [new Point(), new Point()] }), () => ({ list: [{ x: 1, y: 2 }, { x: 1, y: 2 }] })],
  ['an instance of a subclass of Point', () => new (class extends Point {})(), () => ({ x: 1, y: 2 })],
  ['getters', () => ({ get a() { return 1; }, get b() { return { c: 2 }; } }), () => ({ a: 1, b: { c: 2 } })],
  ['a frozen object', () => Object.freeze({ a: Object.freeze([1]) }), () => ({ a: [1] })],
  ['Date', () => [new Date(0), new Date(-1), new Date(1.7e12), new Date(NaN)]],
  ['RegExp', () => [/a(b)?c/, /\//gi, /\u65e5/dgimsuy, /[\p{L}--[a-z]]/v, new RegExp(''), /\n/]],
  ['RegExp without lastIndex', () => Object.assign(/a/g, { lastIndex: 3 }), () => /a/g],
  ['primitive wrappers', () => [Object(1), Object(-0), Object(NaN), Object('s'), Object('\u20ac'), Object(true), Object(false), Object(-5n)]],
  ['Map', () => new Map([[1, 'a'], ['k', new Map([[{ a: 1 }, { b: 2 }]])], [NaN, -0], [undefined, null]])],
  ['Set', () => new Set([1, 'a', { b: 2 }, new Set([NaN]), undefined])],
  ['a Map without its properties', () => Object.assign(new Map([[1, 2]]), { extra: 1 }), () => new Map([[1, 2]])],
  ['a subclass of Map', () => new (class extends Map {})([[1, 2]]), () => new Map([[1, 2]])],
  ['a subclass of Error', () => makeError(class MyError extends RangeError {}, 'm'), () => makeOther(RangeError, 'MyError', 'm')],
  ['an error without message', () => makeError(Error)],
  ['AggregateError', () => makeError(class AggregateError extends Error {}, 'm'), () => makeOther(Error, 'AggregateError', 'm')],
  ['an error and its cause', () => makeError(TypeError, 'm', { cause: makeError(RangeError, '\u20ac', { cause: undefined }) })],
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Class) =>
    [Class.name, () => makeError(Class, `a ${Class.name}`)]),
];

/** The error that arrives for one of another class: its stack has the sender's name. */
function makeOther(Class, name, message) {
  return Object.defineProperty(makeError(Class, message), 'stack', { value: `${name}: at home` });
}

const arrays = [
  ['an empty array', () => []],
  ['numbers', () => [0, -0, 1, -1, 1.5, NaN, 2 ** 31, -(2 ** 31)]],
  ['an array of 3,000 integers', () => Array.from({ length: 3000 }, (_, i) => (i - 1500) * (i % 7) ** 9 | 0)],
  ['an array of 3,000 doubles', () => Array.from({ length: 3000 }, (_, i) => i / 7)],
  // eslint-disable-next-line no-sparse-arrays
  ['holes', () => [, 1, , undefined, ,]],
  ['an array of holes', () => new Array(5)],
  ['a sparse array', () => Object.assign(new Array(100000), { 5: 'a', 99999: 'b' })],
  ['the longest array', () => Object.assign(new Array(4294967295), { 4294967294: 'z' })],
  ['a half-empty array', () => Array.from({ length: 3000 }, (_, i) => i).map((v, i, list) => { if (i % 2) delete list[i]; return v; })],
  ['2,000 elements, most missing', () => Object.assign(new Array(2000), { 1: 1, 1999: 2 })],
  ['named properties', () => Object.assign([1, 2], { name: 'n', '-1': 'm', '01': 'o', 5000000000: 'p' })],
  ['named properties of a long array', () => Object.assign(Array.from({ length: 2000 }, (_, i) => i), { name: 'n' })],
  ['named properties of a sparse array', () => Object.assign(new Array(5000), { 7: 1, name: 'n' })],
  ['what RegExp exec gives', () => /b(?<c>.)/.exec('abcd'), () =>
    Object.assign(['bc', 'c'], { index: 1, input: 'abcd', groups: { c: 'c' } })],
  ['10,000 small objects', () => Array.from({ length: 10000 }, (_, i) => ({ id: i, name: `n${i}`, ok: i % 2 === 0 }))],
];

const buffers = [
  ['ArrayBuffers', () => [new ArrayBuffer(0), makeBytes(1), makeBytes(1000)]],
  ['a resizable ArrayBuffer', () => [makeResizable(5, 100), makeResizable(0, 0), makeResizable(64, 64)]],
  ...VIEWS.map((View) => [View.name, () => new View(makeBytes(64))]),
  ...VIEWS.map((View) => [`${View.name} with offset and length`, () => new View(makeBytes(64), 16, 3)]),
  ...VIEWS.map((View) => [`${View.name} of nothing`, () => new View(new ArrayBuffer(0))]),
  ...VIEWS.map((View) => [`${View.name} that tracks the length`, () => new View(makeResizable(64, 256), 8)]),
  ...VIEWS.map((View) => [`${View.name} of fixed length on a resizable buffer`, () => new View(makeResizable(64, 256), 8, 7)]),
  ...VIEWS.map((View) => [`${View.name} up to the end of a full buffer`, () => new View(makeResizable(64, 64), 8)]),
  ['fixed views up to the end of a resizable buffer', () => {
    const buffer = makeResizable(64, 256);
    return [new Uint8Array(buffer, 8, 56), new Float64Array(buffer, 8, 7), new DataView(buffer, 60, 4), buffer];
  }],
  ['views that share a buffer', () => {
    const buffer = makeBytes(64);
    return { a: new Uint8Array(buffer, 0, 8), buffer, b: new Float64Array(buffer, 8), c: new DataView(buffer) };
  }],
  ['a large Float64Array', () => Float64Array.from({ length: 40000 }, (_, i) => i / 3)],
];

const graphs = [
  ['shared objects', () => { const o = { x: 1 }; return [o, { o }, o, new Map([[o, o]])]; }],
  ['shared strings and numbers', () => { const s = 'shared'; return { a: s, b: s, c: [s, 1, 1] }; }],
  ['shared views', () => { const v = new Uint8Array(makeBytes(4)); return [v, v, v.buffer]; }],
  ['shared boxes', () => { const d = new Date(5); const r = /x/; const n = Object(1); return [d, r, n, [d, r, n]]; }],
  ['shared errors', () => { const e = makeError(Error, 'm'); return [e, e]; }],
  ['a cycle', () => { const o = { list: [] }; o.self = o; o.list.push(o, o.list); return o; }],
  ['a cycle through Map and Set', () => { const m = new Map(); const s = new Set([m]); m.set(m, s).set('s', m); return s; }],
  ['a cycle through a cause', () => { const e = makeError(Error, 'm'); Object.defineProperty(e, 'cause', { value: [e], configurable: true, writable: true }); return e; }],
  ['more objects than are listed', () => { const all = Array.from({ length: 40 }, (_, i) => ({ i })); return [all, [...all].reverse()]; }],
  ['1,000 levels', () => { let o = null; for (let i = 0; i < 1000; i++) o = i % 2 ? { o } : [o]; return o; }],
];

const values = [
  ...primitives.map((value, i) => [`primitive ${i}: ${typeof value} ${String(value).slice(0, 20)}`, () => value]),
  ...strings, ...objects, ...arrays, ...buffers, ...graphs,
];

module.exports = { values };
