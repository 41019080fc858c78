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

/** Pixels that come through a canvas as they are: opaque, clear, or of full colours. */
const PIXELS = [255, 0, 0, 255, 10, 20, 30, 255, 0, 255, 255, 128, 0, 0, 0, 0, 255, 255, 255, 1, 1, 2, 3, 255];
const makeImageData = () => new ImageData(new Uint8ClampedArray(PIXELS), 2, 3);

function makeBlob(length, type) {
  return new Blob([makeBytes(length)], { type });
}

/** Only a page can make one. */
function makeFileList(...files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer.files;
}

const FILE = { type: 'text/plain', lastModified: 1234567890123 };

/** [algorithm, usages] of the keys that both engines have. */
/** Curve, a private key and a public one, the first byte of each zero. */
const CURVE_KEYS = [
  [
    'Ed25519',
    { d: 'ABjDjAuC-YlM1ytabbFHLHXvWDi1jBmOQvyU760xhjQ', x: 'mGhEi-_SVlT1zqx7LYL2rUglBEdPzakJCgflZDC9rzE' },
    { x: 'AOvf-i_EzcTILdyfNXicu7Ugwn2O6apQML5Sli4aukE' },
  ],
  [
    'X25519',
    { d: 'AIrnWOYrj5vdYoa1m8ZVTY_wC2Jge6eQvOg_BpCrWlQ', x: 'dh0kGPEqOYM3eaFcdMyI-fOyMVk6TtSfXeFSBuYt51U' },
    { x: 'ADUiRv5PlJwQ9eHmsfBqYECzjOM1GSg99bnMOuTLvws' },
  ],
];

const KEYS = [
  [{ name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']],
  [{ name: 'AES-KW', length: 128 }, ['wrapKey', 'unwrapKey']],
  [{ name: 'HMAC', hash: 'SHA-512' }, ['sign', 'verify']],
  [{ name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, ['sign', 'verify']],
  [{ name: 'RSA-OAEP', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' }, ['encrypt', 'decrypt']],
  [{ name: 'ECDSA', namedCurve: 'P-521' }, ['sign', 'verify']],
  [{ name: 'ECDH', namedCurve: 'P-256' }, ['deriveBits']],
  [{ name: 'Ed25519' }, ['sign', 'verify']],
  [{ name: 'X25519' }, ['deriveBits']],
];

/*
 * Objects of the platform: [name, make, where?]. make() may give a promise; where is 'page' for what only a page can
 * make. What arrives is compared by describe(), which gives the same in both engines.
 */
const platformValues = [
  ['DOMException', () => new DOMException('gone', 'NotFoundError')],
  ['DOMException of no known name', () => new DOMException('', 'Mine')],
  ['DOMException twice', () => { const e = new DOMException('m', 'AbortError'); return { a: e, b: [e], c: new DOMException('n', 'DataCloneError') }; }],
  ['DOMException that was thrown', () => { try { atob('?'); } catch (error) { return error; } return null; }],
  ['Blob', () => makeBlob(1000, 'image/png')],
  ['an empty Blob', () => new Blob([])],
  ['an empty Blob with a type', () => new Blob([], { type: 'a/b' })],
  ['a Blob of 64 KiB', () => makeBlob(65536, 'x/y')],
  ['a Blob of 300,000 bytes', () => makeBlob(300000, '')],
  ['a slice of a Blob', () => makeBlob(200000, 'x/y').slice(7, 150000, 'p/q')],
  ['an empty slice', () => makeBlob(10, 'x/y').slice(5, 5)],
  ['a Blob of text', () => new Blob(['d\xe9j\xe0 ', '\u65e5\u672c'], { type: 'text/plain;charset=utf-8' })],
  ['Blobs, one of them twice', () => { const b = makeBlob(10, 'x/y'); return [b, makeBlob(70000, ''), b, new Blob([])]; }],
  ['File', () => new File([makeBytes(20)], 'a.txt', FILE)],
  ['a File with an odd name', () => new File([], 'a/b\u65e5 \u{1f600}', { lastModified: -5 })],
  ['a File of 100,000 bytes in a Map', () => new Map([['file', new File([makeBytes(100000)], 'large', FILE)]])],
  ['FileList', () => makeFileList(new File(['one'], '1', FILE), new File([], '2', FILE)), 'page'],
  ['an empty FileList', () => makeFileList(), 'page'],
  ['ImageData', () => makeImageData()],
  ['ImageData of one colour', () => new ImageData(300, 200)],
  ['ImageData and its data', () => { const image = makeImageData(); return { image, data: image.data }; }],
  ['ImageBitmap', () => createImageBitmap(makeImageData())],
  ['an upside-down part of an ImageBitmap', async () => createImageBitmap(await createImageBitmap(makeImageData()), 0, 1, 2, 2, { imageOrientation: 'flipY' })],
  ['DOMPoint', () => [new DOMPoint(), new DOMPoint(1.5, -0, NaN, Infinity), DOMPoint.fromPoint({ y: 2 })]],
  ['DOMPointReadOnly', () => new DOMPointReadOnly(1, 2, 3, 4)],
  ['DOMRect', () => [new DOMRect(1, 2, -3, 4), DOMRect.fromRect({ width: 7 })]],
  ['DOMRectReadOnly', () => new DOMRectReadOnly(-0, 2, 3, NaN)],
  ['DOMQuad', () => [DOMQuad.fromRect({ x: 1, y: 2, width: 3, height: 4 }), new DOMQuad({ x: 1, w: 2 }, { z: -0 })]],
  ['DOMMatrix', () => [new DOMMatrix(), new DOMMatrix([1, 2, 3, 4, 5, 6]), new DOMMatrix([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])]],
  ['DOMMatrixReadOnly', () => [new DOMMatrixReadOnly([2, 0, 0, 2, NaN, -0]), DOMMatrixReadOnly.fromMatrix({ m13: 1 })]],
  ['an instance of a subclass of DOMRect', () => new (class Box extends DOMRect { extra = 1; })(1, 2, 3, 4)],
  ...CURVE_KEYS.map(([crv, d, x]) => [`${crv} keys whose numbers begin with zero`, () => {
    const use = (jwk, usages) => crypto.subtle.importKey('jwk', { kty: 'OKP', crv, ...jwk }, crv, true, usages);
    const isSigner = crv === 'Ed25519';
    return Promise.all([
      use(d, isSigner ? ['sign'] : ['deriveBits']),
      use({ x: x.x }, isSigner ? ['verify'] : []),
    ]);
  }]),
  ...KEYS.map(([algorithm, usages]) => [`CryptoKey for ${algorithm.name}`, () => crypto.subtle.generateKey(algorithm, true, usages)]),
];

const bytesOf = (bytes) => Array.from(new Uint8Array(bytes)).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, bytes.byteLength);

/** What a bitmap shows; in a worker there is our own way to it. */
function pixelsOf(bitmap) {
  if (typeof OffscreenCanvas !== 'function') return bitmap[Symbol.for('weft.getImageData')]().data;
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

const numbers = (object, names) => names.map((name) => (Object.is(object[name], -0) ? '-0' : String(object[name])));
const MATRIX = [1, 2, 3, 4].flatMap((column) => [1, 2, 3, 4].map((row) => `m${column}${row}`));

const DESCRIPTIONS = {
  DOMException: ({ name, message, code }) => [name, message, code],
  Blob: async (blob) => [blob.size, blob.type, bytesOf(await blob.arrayBuffer())],
  File: async (file) => [file.size, file.type, bytesOf(await file.arrayBuffer()), file.name, file.lastModified],
  FileList: async (list) => [list.length, list.item(9), await describe(Array.from(list)), list[0] === list.item(0)],
  ImageData: ({ width, height, data }) => [width, height, data.constructor.name, bytesOf(data)],
  ImageBitmap: (bitmap) => [bitmap.width, bitmap.height, bytesOf(pixelsOf(bitmap))],
  DOMPoint: (point) => numbers(point, ['x', 'y', 'z', 'w']),
  DOMRect: (rect) => numbers(rect, ['x', 'y', 'width', 'height', 'top', 'left']),
  DOMQuad: ({ p1, p2, p3, p4 }) => describe([p1, p2, p3, p4]),
  DOMMatrix: (matrix) => [...numbers(matrix, MATRIX), matrix.is2D],
  CryptoKey: async (key) => {
    const jwk = await crypto.subtle.exportKey('jwk', key);
    const { name, hash, namedCurve, length } = key.algorithm;
    return [key.type, key.extractable, [...key.usages].sort(), name, hash?.name, namedCurve, length, jwk.k, jwk.x, jwk.d, jwk.n?.slice(0, 20)];
  },
};

/** A text that says all of a value with objects of the platform. @returns {Promise<string>} */
async function describe(value, seen = new Map()) {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return `the ${seen.get(value)}th again`;
  seen.set(value, seen.size);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const describeIt = DESCRIPTIONS[tag.replace('ReadOnly', '')];
  const isReal = typeof globalThis[tag] === 'function' && value instanceof globalThis[tag];
  if (describeIt) return `${tag} ${isReal || 'of another class'} ${JSON.stringify(await describeIt(value))}`;
  if (ArrayBuffer.isView(value)) return `${tag} ${bytesOf(value)}`;
  const parts = [];
  for (const [key, part] of value instanceof Map ? value : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) parts.push(`${key}: ${await describe(part, seen)}`);
  return `${tag} { ${parts.join(', ')} }`;
}

/*
 * What can't be posted: [name, script, text, where?]. The script gives { value, transfer }, and it is what Chromium says
 * behind "Failed to execute 'postMessage' on ...: ", in the words of conformance.md.
 */
const refusals = [
  ['a function', '({ value: () => 1 })', '() => 1 could not be cloned.'],
  ['a method', '({ value: ({ a() { return 2; } }).a })', 'a() { return 2; } could not be cloned.'],
  ['a class', '({ value: class A {} })', 'class A {} could not be cloned.'],
  ['a symbol', '({ value: Symbol("x") })', 'Symbol(x) could not be cloned.'],
  ['a Symbol object', '({ value: Object(Symbol("x")) })', '[object Symbol] could not be cloned.'],
  ['a promise', '({ value: Promise.resolve() })', '#<Promise> could not be cloned.'],
  ['a WeakMap', '({ value: new WeakMap() })', '#<WeakMap> could not be cloned.'],
  ['a WeakRef', '({ value: new WeakRef({}) })', '#<WeakRef> could not be cloned.'],
  ['a generator', '({ value: (function* () {})() })', '[object Generator] could not be cloned.'],
  ['an iterator', '({ value: [].values() })', '[object Array Iterator] could not be cloned.'],
  ['arguments', '({ value: (function () { return arguments; })(1) })', '#<Object> could not be cloned.'],
  ['a number format', '({ value: new Intl.NumberFormat() })', '#<NumberFormat> could not be cloned.'],
  ['a WebAssembly module', '({ value: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) })', '#<Module> could not be cloned.'],
  ['headers', '({ value: [new Headers()] })', 'Headers object could not be cloned.'],
  ['an event', '({ value: { deep: new Event("x") } })', 'Event object could not be cloned.'],
  ['an element', '({ value: document.body })', 'HTMLBodyElement object could not be cloned.', 'page'],
  ['a proxy', '({ value: new Proxy({}, {}) })', '#<Object> could not be cloned.', 'worker'],
  ['a KeyObject', '({ value: require("node:crypto").createSecretKey(Buffer.alloc(9)) })', '#<SecretKeyObject> could not be cloned.', 'worker'],
  ['a port that stays', '({ value: new MessageChannel().port1 })', 'A MessagePort could not be cloned because it was not transferred.'],
  ['a detached buffer', '(() => { const b = new ArrayBuffer(8); b.transfer(); return { value: b }; })()', 'An ArrayBuffer is detached and could not be cloned.'],
  ['a view of a detached buffer', '(() => { const v = new Uint8Array(8); v.buffer.transfer(); return { value: v }; })()', 'An ArrayBuffer is detached and could not be cloned.'],
  ['pixels of a detached buffer', '(() => { const i = new ImageData(1, 1); i.data.buffer.transfer(); return { value: i }; })()', 'An ArrayBuffer is detached and could not be cloned.'],
  ['a closed bitmap', '(async () => { const b = await createImageBitmap(new ImageData(1, 1)); b.close(); return { value: b }; })()', 'An ImageBitmap is detached and could not be cloned.'],
  ['a key that is not extractable', '(async () => ({ value: await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"]) }))()', 'A CryptoKey that is not extractable could not be cloned.'],
  ['a buffer twice', '(() => { const b = new ArrayBuffer(8); return { value: 1, transfer: [b, b] }; })()', 'ArrayBuffer at index 1 is a duplicate of an earlier ArrayBuffer.'],
  ['a port twice', '(() => { const { port1 } = new MessageChannel(); return { value: 1, transfer: [port1, port1] }; })()', 'Message port at index 1 is a duplicate of an earlier port.'],
  ['a bitmap twice', '(async () => { const b = await createImageBitmap(new ImageData(1, 1)); return { value: b, transfer: [b, b] }; })()', 'ImageBitmap at index 1 is a duplicate of an earlier ImageBitmap.'],
  ['a buffer without bytes', '(() => { const b = new ArrayBuffer(8); b.transfer(); return { value: 1, transfer: [b] }; })()', 'ArrayBuffer at index 0 is already detached.'],
  ['a bitmap without pixels', '(async () => { const b = await createImageBitmap(new ImageData(1, 1)); b.close(); return { value: 1, transfer: [b] }; })()', 'ImageBitmap at index 0 is already detached.'],
  ['an object in the list', '({ value: 1, transfer: [new ArrayBuffer(1), {}] })', 'Value at index 1 does not have a transferable type.'],
  ['a view in the list', '({ value: 1, transfer: [new Uint8Array(1)] })', 'Value at index 0 does not have a transferable type.'],
  ['a Blob in the list', '({ value: 1, transfer: [new Blob([])] })', 'Value at index 0 does not have a transferable type.'],
  ['shared memory in the list', '({ value: 1, transfer: [new SharedArrayBuffer(1)] })', 'Value at index 0 does not have a transferable type.'],
  ['memory of WebAssembly in the list', '({ value: 1, transfer: [new WebAssembly.Memory({ initial: 1 }).buffer] })', 'ArrayBuffer at index 0 is not detachable and could not be transferred.'],
];

module.exports = { values, platformValues, describe, refusals };
