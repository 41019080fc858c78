'use strict';

/*
 * The clone codec by itself, in Node and in the jsc shell. The judge is Node's own v8.Serializer and
 * v8.Deserializer, which write and read the same format.
 */

const { test, suite } = require('node:test');
const assert = require('node:assert/strict');
const v8 = require('node:v8');
const vm = require('node:vm');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createCodec, OUT_OF_BAND_MIN } = require('../../lib/common/structured-clone');
const { findDifference } = require('../support/clone-compare');
const { values } = require('../support/clone-values');
const { withBrokenIntrinsics } = require('../support/broken-intrinsics');
const { runJsc } = require('../support/jsc');
const { run: runFuzzer } = require('../fuzz/structured-clone.fuzz');

const JSC_SCRIPT = 'test/unit/structured-clone-jsc.js';
const WHERE = "Failed to execute 'postMessage' on 'Worker'";
/** How long the differential fuzzer runs as part of the tests. */
const FUZZ_SECONDS = 3;

const codec = createCodec();

function assertClone(actual, expected) {
  assert.equal(findDifference(actual, expected), '');
}

/** What V8 itself writes, views included (v8.serialize() gives those a form of Node's own). */
function nativeSerialize(value) {
  const serializer = new v8.Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function nativeDeserialize(bytes, buffers = []) {
  const deserializer = new v8.Deserializer(Buffer.from(bytes));
  deserializer.readHeader();
  buffers.forEach((buffer, i) => deserializer.transferArrayBuffer(i, buffer));
  return deserializer.readValue();
}

function copyOfScratch(length) {
  return new Uint8Array(codec.scratch.slice(0, length));
}

/** A function for assert.throws: a DataCloneError of this text. */
function dataCloneError(message) {
  return (error) => {
    assert.ok(error instanceof DOMException, `${error}`);
    assert.deepEqual([error.name, error.code, error.message], ['DataCloneError', 25, message]);
    return true;
  };
}

/** Bytes of a message: numbers, and strings of which each character is a byte. */
function message(...parts) {
  return Uint8Array.from([0xff, 15, ...parts.flatMap((part) => typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)]);
}

/** A varint, as bytes. */
function varint(number) {
  const bytes = [];
  for (let rest = BigInt(number); ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return bytes;
  }
}

const malformed = /^Unable to deserialize cloned data/;

suite('values', () => {
  for (const [name, make, expected = make] of values) {
    test(`${name} arrives as it is`, () => assertClone(codec.deserialize(codec.serialize(make())), expected()));

    test(`${name} is what V8 reads too`, () => assertClone(nativeDeserialize(codec.serialize(make())), expected()));

    test(`${name} is read from V8's bytes`, () => assertClone(codec.deserialize(nativeSerialize(make())), expected()));
  }

  test('objects of another realm are cloned as ours', () => {
    const foreign = vm.runInNewContext('({ a: [new Map([[1, new Date(5)]]), /x/g, Object(1), new Set([1])], e: new (class A { x = 1 }) })');
    assertClone(codec.deserialize(codec.serialize(foreign)), { a: [new Map([[1, new Date(5)]]), /x/g, Object(1), new Set([1])], e: { x: 1 } });
  });

  test('an error from another realm is an error', () => {
    const error = codec.deserialize(codec.serialize(vm.runInNewContext('new TypeError("m")')));
    assert.ok(error instanceof TypeError);
    assert.equal(error.message, 'm');
  });

  test("an error keeps the sender's stack", () => {
    const error = new RangeError('m');
    assert.equal(codec.deserialize(codec.serialize(error)).stack, error.stack);
  });

  test('a Buffer sends its own bytes, and not the pool that it is a part of', () => {
    const secret = Buffer.from('secret');
    const bytes = codec.serialize([Buffer.from('hello'), secret.subarray(0, 3), 1]);
    assert.ok(bytes.length < 60, `${bytes.length} bytes`);
    assertClone(codec.deserialize(bytes), [new Uint8Array(Buffer.from('hello')), new Uint8Array(Buffer.from('sec')), 1]);
  });

  test('objects that only inherit from a built-in are plain', () => {
    function Old() { this.x = 1; }
    Old.prototype = Object.create(Map.prototype);
    assertClone(codec.deserialize(codec.serialize([new Old(), Object.create(Date.prototype)])), [{ x: 1 }, {}]);
  });

  test('a class instance may be followed by a Map with the same prototype', () => {
    class Plain {}
    codec.serialize(new Plain());
    assertClone(codec.deserialize(codec.serialize([new Plain(), new Map([[1, 2]])])), [{}, new Map([[1, 2]])]);
  });
});

suite('getters', () => {
  test('run once each, in the order of the keys', () => {
    const calls = [];
    const object = { get b() { calls.push('b'); return 1; }, get a() { calls.push('a'); return { get c() { calls.push('c'); return 2; } }; } };
    assertClone(codec.deserialize(codec.serialize(object)), { b: 1, a: { c: 2 } });
    assert.deepEqual(calls, ['b', 'a', 'c']);
  });

  test('may remove what comes later, and what they add is not sent', () => {
    const object = { get a() { delete object.b; object.d = 4; return 1; }, b: 2, c: 3 };
    assertClone(codec.deserialize(codec.serialize(object)), { a: 1, c: 3 });
  });

  test('may shorten the array that they are in', () => {
    const array = [1, 2, 3, 4];
    Object.defineProperty(array, 1, { enumerable: true, configurable: true, get() { array.length = 2; return 'x'; } });
    const bytes = codec.serialize(array);
    // eslint-disable-next-line no-sparse-arrays
    assertClone(codec.deserialize(bytes), [1, 'x', , ,]);
    assertClone(nativeDeserialize(bytes), [1, 'x', , ,]);
  });

  test('may change the map that they are in: what it held at first is sent', () => {
    const map = new Map([[1, { get x() { map.clear(); return 1; } }], [2, 3]]);
    assertClone(codec.deserialize(codec.serialize(map)), new Map([[1, { x: 1 }], [2, 3]]));
  });

  test('throw what they like, and the codec goes on', () => {
    const thrown = { my: 'own' };
    assert.throws(() => codec.encode({ a: {}, get b() { throw thrown; } }), (error) => error === thrown);
    assertClone(codec.deserialize(codec.serialize([{}, {}])), [{}, {}]);
  });

  test('may encode another message with the same codec, and that one yet another', () => {
    const sent = [];
    const post = (value, transfer) => {
      const length = codec.encode(value, transfer, WHERE);
      sent.push({ bytes: copyOfScratch(length), buffers: codec.buffers.map(({ buffer }) => buffer.slice()), transferred: codec.transferred.length });
      codec.detachTransferred();
    };
    const shared = { shared: true };
    const large = (fill) => new Uint8Array(OUT_OF_BAND_MIN).fill(fill).buffer;
    const [first, second] = [large(1), large(2)];
    post({
      before: [shared, 'x'.repeat(100), first],
      get nested() {
        post({ shared, get deeper() { post([shared, shared]); return 'deeper'; }, second, end: shared }, [second]);
        return 'outer';
      },
      after: [shared, first],
    }, [first]);

    const [deepest, middle, outer] = sent.map(({ bytes, buffers }) => codec.decode(bytes, 0, bytes.length, { buffers }));
    assertClone(deepest, (() => { const s = { shared: true }; return [s, s]; })());
    assertClone(middle, (() => { const s = { shared: true }; return { shared: s, deeper: 'deeper', second: large(2), end: s }; })());
    assertClone(outer, (() => {
      const s = { shared: true };
      const f = large(1);
      return { before: [s, 'x'.repeat(100), f], nested: 'outer', after: [s, f] };
    })());
    assert.deepEqual(sent.map(({ transferred }) => transferred), [0, 1, 1]);
    assert.ok(first.detached && second.detached);
  });

  test('may encode with another codec, and serialize with this one', () => {
    const other = createCodec();
    const inner = [];
    const object = { get a() { inner.push(other.serialize([1]), codec.serialize([2])); return 'a'; }, b: 'b' };
    assertClone(codec.deserialize(codec.serialize(object)), { a: 'a', b: 'b' });
    assert.deepEqual(inner.map((bytes) => codec.deserialize(bytes)), [[1], [2]]);
  });
});

suite('what cannot be cloned', () => {
  const namespace = vm.runInThisContext('new Proxy({}, {})');
  const uncloneable = [
    [() => () => 1, '() => 1'],
    [() => ({ a() { return 2; } }).a, 'a() { return 2; }'],
    [() => class A {}, 'class A {}'],
    [() => Symbol('x'), 'Symbol(x)'],
    [() => Object(Symbol('x')), '[object Symbol]'],
    [() => Promise.resolve(), '#<Promise>'],
    [() => new (class Mine extends Promise {})(() => {}), '#<Mine>'],
    [() => new WeakMap(), '#<WeakMap>'],
    [() => new WeakSet(), '#<WeakSet>'],
    [() => new WeakRef({}), '#<WeakRef>'],
    [() => namespace, '#<Object>'],
    [() => new Proxy([], {}), '#<Object>'],
    [() => (function () { return arguments; })(), '#<Object>'],
    [() => (function () { 'use strict'; return arguments; })('a', 'b'), '#<Object>'],
    [() => (function* () {})(), '[object Generator]'],
    [() => [].values(), '[object Array Iterator]'],
    [() => new Map().keys(), '[object Map Iterator]'],
    [() => new Intl.NumberFormat(), '#<NumberFormat>'],
    [() => new Headers(), 'Headers object'],
    [() => new URL('http://localhost/'), 'URL object'],
    [() => new Blob([]), 'Blob object'],
    [() => new EventTarget(), 'EventTarget object'],
    [() => new (class Mine extends EventTarget {})(), 'EventTarget object'],
  ];
  for (const [make, name] of uncloneable) {
    test(`${name}: an error as in Chromium`, () => {
      assert.throws(() => codec.encode(make(), undefined, WHERE), dataCloneError(`${WHERE}: ${name} could not be cloned.`));
      assert.throws(() => codec.serialize({ list: [{}, make()] }), dataCloneError(`${name} could not be cloned.`));
    });
  }

  test('shared memory goes beside a message, and not into bytes for anybody', () => {
    const shared = new SharedArrayBuffer(8);
    const view = new Uint8Array(shared, 2, 3);
    const length = codec.encode([shared, view, shared], undefined, WHERE);
    assert.ok(codec.shared.length === 1 && codec.shared[0] === shared);
    const [first, again, last] = codec.decode(copyOfScratch(length), 0, length, { shared: [shared] });
    assert.deepEqual([first === shared, last === shared, again.buffer === shared, again.byteOffset, again.length],
      [true, true, true, 2, 3]);
    for (const value of [shared, view])
      assert.throws(() => codec.serialize({ value }), dataCloneError('#<SharedArrayBuffer> could not be cloned.'));
  });

  test('a port that was not transferred', () => {
    assert.throws(() => codec.encode(new MessageChannel().port1, undefined, WHERE),
      dataCloneError(`${WHERE}: A MessagePort could not be cloned because it was not transferred.`));
  });

  test('a module namespace', async () => {
    const object = await import('node:path');
    assert.throws(() => codec.serialize(object), dataCloneError('[object Module] could not be cloned.'));
  });

  test('a view out of the bounds of its buffer', () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
    const views = [new Uint8Array(buffer, 8, 8), new DataView(buffer, 8, 8), new Uint8Array(buffer, 12)];
    buffer.resize(4);
    for (const view of views) assert.throws(() => codec.serialize(view), { name: 'DataCloneError' });
  });

  test('a detached buffer', () => {
    const buffer = new ArrayBuffer(8);
    const view = new Uint8Array(buffer);
    buffer.transfer();
    const text = `${WHERE}: An ArrayBuffer is detached and could not be cloned.`;
    assert.throws(() => codec.encode({ buffer }, undefined, WHERE), dataCloneError(text));
    assert.throws(() => codec.encode({ view }, undefined, WHERE), dataCloneError(text));
  });

  test('resizable buffers that would take too much address space', () => {
    const buffers = [1, 2, 3].map(() => new ArrayBuffer(8, { maxByteLength: 2 ** 31 }));
    codec.serialize(buffers.slice(1));
    assert.throws(() => codec.serialize(buffers), dataCloneError('ArrayBuffers that may grow beyond 4 GiB could not be cloned.'));
    const one = ['~', 0, varint(2 ** 31)];
    codec.deserialize(message('A', 2, ...one, ...one, '$', 0, 2));
    assert.throws(() => codec.deserialize(message('A', 3, ...one, ...one, ...one, '$', 0, 3)), { message: malformed });
  });

  test('a list of 100,000 levels is a RangeError, as in Chromium, and the codec goes on', () => {
    for (const wrap of [(o) => ({ o }), (o) => [o], (o) => new Map([[o, 1]]), (o) => new Set([o]), (o) => new Error('', { cause: o })]) {
      Error.stackTraceLimit = 0;
      let deep = null;
      for (let i = 0; i < 100_000; i++) deep = wrap(deep);
      Error.stackTraceLimit = 10;
      assert.throws(() => codec.serialize(deep), RangeError);
      assertClone(codec.deserialize(codec.serialize([{}])), [{}]);
    }
  });
});

suite('transfer', () => {
  const encode = (value, list) => codec.encode(value, list, WHERE);

  test('large buffers go beside the message, copied or transferred, smaller ones in it', () => {
    const small = new Uint8Array(OUT_OF_BAND_MIN - 1).fill(1).buffer;
    const copied = new Uint8Array(OUT_OF_BAND_MIN).fill(2).buffer;
    const moved = new Uint8Array(OUT_OF_BAND_MIN + 1).fill(3).buffer;
    const make = () => ({ small, view: new Float64Array(copied, 8, 2), copied, list: [moved, moved] });
    const length = encode(make(), [moved, small]);

    assert.ok(length > OUT_OF_BAND_MIN && length < OUT_OF_BAND_MIN + 200, `${length} bytes`);
    assert.deepEqual(codec.buffers.map(({ buffer, byteLength }) => [buffer === copied || buffer === moved, byteLength]),
      [[true, OUT_OF_BAND_MIN], [true, OUT_OF_BAND_MIN + 1]]);
    assert.equal(codec.buffers[0].buffer, copied);
    assert.deepEqual([...codec.transferred], [moved, small]);
    assert.ok(!moved.detached && !small.detached);

    const bytes = copyOfScratch(length);
    const beside = codec.buffers.map(({ buffer }) => buffer.slice());
    assertClone(codec.decode(bytes, 0, length, { buffers: beside }), make());
    assertClone(nativeDeserialize(bytes, codec.buffers.map(({ buffer }) => buffer.slice())), make());
    codec.detachTransferred();
    assert.ok(moved.detached && small.detached && !copied.detached);
  });

  test('serialize keeps all in the message', () => {
    const buffer = new Uint8Array(OUT_OF_BAND_MIN * 3).fill(7).buffer;
    assertClone(codec.deserialize(codec.serialize({ buffer })), { buffer });
  });

  test('the limit can be set', () => {
    const own = createCodec({ outOfBandMin: 10 });
    own.encode([new ArrayBuffer(9), new ArrayBuffer(10)]);
    assert.equal(own.buffers.length, 1);
  });

  test('a resizable buffer stays in the message, where it keeps its maximum', () => {
    const buffer = new ArrayBuffer(OUT_OF_BAND_MIN, { maxByteLength: OUT_OF_BAND_MIN * 2 });
    const length = encode(buffer, [buffer]);
    assert.equal(codec.buffers.length, 0);
    assertClone(codec.decode(copyOfScratch(length), 0, length), buffer);
  });

  test('a buffer that the value does not hold is detached too', () => {
    const buffer = new ArrayBuffer(8);
    encode(1, [buffer]);
    codec.detachTransferred();
    assert.ok(buffer.detached);
  });

  test('the next message starts with empty lists', () => {
    encode(1, [new ArrayBuffer(8)]);
    const buffer = new ArrayBuffer(OUT_OF_BAND_MIN);
    encode([buffer]);
    assert.equal(codec.transferred.length, 0);
    assert.equal(codec.buffers.length, 1);
    encode(2);
    assert.equal(codec.buffers.length, 0);
  });

  test('what is in the list is checked before anything runs', () => {
    const buffer = new ArrayBuffer(8);
    const silent = { get x() { throw new Error('the value was looked at'); } };
    const cases = [
      [[{}], 'Value at index 0 does not have a transferable type.'],
      [[buffer, new Map()], 'Value at index 1 does not have a transferable type.'],
      [[new SharedArrayBuffer(8)], 'Value at index 0 does not have a transferable type.'],
      [[buffer, buffer], 'ArrayBuffer at index 1 is a duplicate of an earlier ArrayBuffer.'],
    ];
    for (const [list, text] of cases) assert.throws(() => encode(silent, list), dataCloneError(`${WHERE}: ${text}`));
    assert.throws(() => encode(silent, [1]), { name: 'TypeError', message: `${WHERE}: Failed to convert value to 'object'.` });
    assert.throws(() => encode(silent, [null]), TypeError);
    assert.ok(!buffer.detached);
  });

  test('a detached buffer in the list is found after the value was written, as HTML has it', () => {
    const buffer = new ArrayBuffer(8);
    buffer.transfer();
    const text = `${WHERE}: ArrayBuffer at index 0 is already detached.`;
    assert.throws(() => encode(1, [buffer]), dataCloneError(text));
    assert.throws(() => encode([buffer], [buffer]), dataCloneError(text));
    const thrown = new Error('mine');
    assert.throws(() => encode({ get x() { throw thrown; } }, [buffer]), (error) => error === thrown);
  });

  test('a buffer that a getter detached is found, and nothing else is detached', () => {
    const [first, second] = [new ArrayBuffer(8), new ArrayBuffer(8)];
    const value = { get x() { second.transfer(); return 1; } };
    assert.throws(() => encode(value, [first, second]), dataCloneError(`${WHERE}: ArrayBuffer at index 1 is already detached.`));
    assert.ok(!first.detached);
  });

  test('a buffer that cannot be detached is refused, and nothing is detached', () => {
    const { buffer: memory } = new WebAssembly.Memory({ initial: 1 });
    const other = new ArrayBuffer(8, { maxByteLength: 16 });
    for (const buffer of [memory, Buffer.from('pooled').buffer]) {
      const text = `${WHERE}: ArrayBuffer at index 1 is not detachable and could not be transferred.`;
      assert.throws(() => encode(1, [other, buffer]), dataCloneError(text));
    }
    assert.ok(!other.detached && other.byteLength === 8);
  });

  test('a buffer with a resizable view keeps its bytes while the view is examined', () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
    const view = new Uint8Array(buffer, 4);
    view.fill(9);
    codec.serialize(view);
    assert.deepEqual([...new Uint8Array(buffer)], [0, 0, 0, 0, ...Array(12).fill(9)]);
  });
});

suite('scratch', () => {
  test('grows for a large message, stays the same object otherwise, and shrinks back later', () => {
    const own = createCodec();
    const first = own.scratch;
    own.encode({ a: 'x'.repeat(1000) });
    assert.equal(own.scratch, first);

    const large = 'x'.repeat(8 * 1024 * 1024);
    const length = own.encode(large);
    const grown = own.scratch;
    assert.notEqual(grown, first);
    assertClone(own.decode(new Uint8Array(own.scratch), 0, length), large);
    own.encode(1);
    assert.equal(own.scratch, grown, 'not at once');
    for (let i = 0; i < 50; i++) own.encode(i);
    assert.equal(own.scratch.byteLength, first.byteLength);
  });

  test('does not shrink while large messages keep coming', () => {
    const own = createCodec();
    const large = new Uint8Array(5 * 1024 * 1024).fill(1);
    const limited = () => own.serialize(large);
    limited();
    const grown = own.scratch;
    for (let i = 0; i < 40; i++) limited();
    assert.equal(own.scratch, grown);
  });

  test('every position of the end of the scratch is survived', () => {
    const own = createCodec();
    const size = own.scratch.byteLength;
    for (let gap = 0; gap < 300; gap += 7) {
      const value = ['x'.repeat(size - gap - 20), { key: 1.5, other: '\u20ac'.repeat(30) }, 2n ** 100n, 'y'.repeat(63), [1, , 3], new Map([[1, new Date(0)]])];
      assertClone(createCodec().deserialize(createCodec().serialize(value)), value);
    }
  });
});

suite('malformed messages', () => {
  const samples = [
    { id: 17, method: 'readFile', args: ['/etc/hostname', { flag: 'r' }, 1.5, -0, null, undefined, true] },
    [new Map([[1, { a: 1n }]]), new Set(['x', 2n ** 70n]), /a/g, new Date(5), Object('s'), Object(1n), Object(2), Object(false)],
    [Object.assign([1, , 3], { x: 1 }), Object.assign(new Array(2000), { 5: 'x' }), '\u20ac uro', 'long '.repeat(40), '\u65e5'.repeat(40)],
    [new Float64Array([1, 2]), new DataView(new ArrayBuffer(4)), new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 }))],
    [Object.defineProperty(new TypeError('m', { cause: 'c' }), 'stack', { value: 'at home' })],
    (() => { const o = {}; o.self = [o]; return o; })(),
  ];

  test('every truncation of a message is refused', () => {
    for (const sample of samples) {
      const bytes = codec.serialize(sample);
      for (let length = 0; length < bytes.length; length++)
        assert.throws(() => codec.decode(bytes, 0, length), { name: 'DataCloneError', message: malformed });
    }
  });

  test('a byte more than the message is refused', () => {
    for (const sample of samples) {
      const bytes = Uint8Array.from([...codec.serialize(sample), 0]);
      assert.throws(() => codec.deserialize(bytes), { message: malformed });
    }
  });

  test('bytes around the message do not matter', () => {
    for (const sample of samples) {
      const bytes = codec.serialize(sample);
      for (const fill of [0, 0x22, 0x5f, 0xff]) {
        const room = new Uint8Array(bytes.length + 40).fill(fill);
        room.set(bytes, 21);
        assertClone(codec.decode(room.subarray(1), 20, bytes.length), sample);
      }
    }
  });

  test('claims of huge lengths are refused before anything is allocated', () => {
    const huge = [2 ** 28, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 52];
    const before = process.memoryUsage();
    for (const length of huge) {
      const claim = varint(length);
      for (const tag of ['"', 'c', 'S', 'B', 'A', 'Z', '\'', ';'])
        assert.throws(() => codec.deserialize(message(tag, claim)), { message: malformed });
      assert.throws(() => codec.deserialize(message('~', claim, claim)), { message: malformed });
      assert.throws(() => codec.deserialize(message('B', 0, 'V', 'F', 0, claim, 0)), { message: malformed });
      assert.throws(() => codec.deserialize(message('B', 0, 'V', 'F', claim, 0, 0)), { message: malformed });
      assert.throws(() => codec.deserialize(message('^', claim)), { message: malformed });
      assert.throws(() => codec.deserialize(message('t', claim)), { message: malformed });
    }
    for (let i = 0; i < 50; i++) codec.deserialize(message('a', varint(30_000_000), '@', 0, varint(30_000_000)));
    const after = process.memoryUsage();
    assert.ok(after.heapUsed - before.heapUsed < 50e6 && after.arrayBuffers - before.arrayBuffers < 50e6,
      `${after.heapUsed - before.heapUsed} bytes of heap`);
  });

  const broken = {
    'no header': Uint8Array.from([0x5f]),
    'another version': Uint8Array.from([0xff, 14, 0x5f]),
    'nothing behind the header': message(),
    'padding for ever': message(new Array(1000).fill(0)),
    'an unknown tag': message(1),
    'a number without end': message('U', new Array(30).fill(0xff)),
    'half a character': message('c', 3, 'abc'),
    'half a digit': message('Z', varint(14), 'abcdefg'),
    'a reference to what is not there': message('^', 0),
    'a reference to itself before it is there': message('R', '^', 0),
    'a view of no buffer': message('o', '{', 0, 'V', 'B', 0, 0, 0),
    'a view of an object': message('A', 2, 'o', '{', 0, '^', 1, 'V', 'B', 0, 0, 0, '$', 0, 2),
    'a view of an unknown kind': message('B', 0, 'V', 'X', 0, 0, 0),
    'a view beyond its buffer': message('B', 4, 'abcd', 'V', 'B', 2, 4, 0),
    'a view off its alignment': message('B', 16, 'abcdefghijklmnop', 'V', 'F', 4, 8, 0),
    'half an element': message('B', 16, 'abcdefghijklmnop', 'V', 'F', 0, 12, 0),
    'a buffer larger than its maximum': message('~', 4, 2, 'abcd'),
    'a buffer that did not come': message('t', 0),
    'a wrong number of properties': message('o', '"', 1, 'a', '0', '{', 2),
    'a wrong length at the end of an array': message('A', 1, '0', '$', 0, 2),
    'a wrong number of entries': message(';', '0', '0', ':', 1),
    'an odd map': message(';', '0', ':', 1),
    'a name that is no name': message('o', 'T', '0', '{', 1),
    'a bad regular expression': message('R', '"', 1, '(', 0),
    'contradicting flags': message('R', '"', 1, 'a', varint(256 | 16)),
    'a regular expression without source': message('R', 'I', 2, 0),
    'an error of records in the wrong order': message('r', 'c', '0', 's', '"', 0, '.'),
    'a hole where there is no array': message('-'),
    'the end of an object where a value should be': message('A', 1, '{'),
  };
  for (const [name, bytes] of Object.entries(broken)) {
    test(`${name}: refused`, () => {
      assert.throws(() => codec.deserialize(bytes), { name: 'DataCloneError', message: malformed });
    });
  }

  test('nesting without end is refused', () => {
    for (const part of ['A\x01', 'o"\x01a', ';', '\'', 'rc'])
      assert.throws(() => codec.deserialize(message(part.repeat(300_000))), { message: malformed });
    assertClone(codec.deserialize(codec.serialize([{}])), [{}]);
  });

  test('a long BigInt takes no time to speak of', () => {
    const size = 1 << 20;
    const bytes = message('Z', varint(size * 2), new Array(size).fill(0x5a));
    const start = performance.now();
    const bigint = codec.deserialize(bytes);
    assertClone(codec.deserialize(codec.serialize(bigint)), bigint);
    assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
  });

  test('V8 and the codec never read different values from damaged bytes', () => {
    const { failures } = runFuzzer({ seconds: FUZZ_SECONDS, seed: 1 });
    assert.deepEqual(failures, []);
  });
});

suite('page scripts', () => {
  test('every value arrives while every intrinsic is broken', () => {
    const made = values.map(([, make]) => make());
    const results = new Array(made.length).fill(undefined);
    const own = createCodec();
    withBrokenIntrinsics(() => {
      for (let i = 0; i < made.length; i++) results[i] = own.deserialize(own.serialize(made[i]));
    });
    values.forEach(([name, make, expected = make], i) => {
      assert.equal(findDifference(results[i], expected()) && `${name}: ${findDifference(results[i], expected())}`, '');
    });
  });

  test('errors and transfer work while every intrinsic is broken', () => {
    const buffer = new ArrayBuffer(OUT_OF_BAND_MIN); // as long as WebAssembly's memory may be
    const caught = [];
    const bad = [() => 1, new WeakMap(), Symbol('s'), [].values()];
    withBrokenIntrinsics(() => {
      codec.encode([buffer], [buffer], WHERE);
      codec.detachTransferred();
      for (let i = 0; i < bad.length; i++) {
        try {
          codec.encode(bad[i], undefined, WHERE);
        } catch (error) {
          caught[i] = error;
        }
      }
    });
    assert.ok(buffer.detached);
    for (const error of caught) assert.equal(error.name, 'DataCloneError');
    assert.equal(caught.length, bad.length);
  });

  test('a setter or a constant on Object.prototype does not swallow a property', (t) => {
    t.after(() => { delete Object.prototype.swallowed; delete Object.prototype.constant; });
    Object.defineProperty(Object.prototype, 'swallowed', { set() { throw new Error('called'); }, configurable: true });
    Object.defineProperty(Object.prototype, 'constant', { value: 1, configurable: true });
    const { swallowed, constant } = codec.deserialize(message('o', '"', 9, 'swallowed', 'I', 4, '"', 8, 'constant', 'I', 6, '{', 2));
    assert.deepEqual([swallowed, constant], [2, 3]);
  });

  test('nor one that is put there between two long messages, or in the place of another', (t) => {
    const { toString } = Object.prototype;
    const restore = () => {
      delete Object.prototype.late;
      Object.defineProperty(Object.prototype, 'toString', { value: toString, writable: true, configurable: true });
    };
    t.after(restore);
    const value = { late: 1, toString: 2, text: 'x'.repeat(2000), nested: [{ late: 3 }] };
    const bytes = codec.serialize(value);
    assertClone(codec.deserialize(bytes), value);
    const trap = { set() { throw new Error('called'); }, get() { return 'wrong'; }, configurable: true };
    Object.defineProperty(Object.prototype, 'late', trap);
    Object.defineProperty(Object.prototype, 'toString', trap);
    const clones = [codec.deserialize(bytes), (() => { delete Object.prototype.late; return codec.deserialize(bytes); })()];
    restore();
    for (const clone of clones) assertClone(clone, value);
  });
});

suite('JavaScriptCore', () => {
  const lines = (output) => output.trim().split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
  const assertAllOk = (output) => {
    const results = lines(output);
    assert.equal(results.length, values.length);
    for (const [i, result] of results) assert.equal(result, 'ok', `${values[i][0]}: ${result}`);
  };

  test('what it writes is read here, by the codec and by V8', () => {
    const results = lines(runJsc(JSC_SCRIPT, ['encode']));
    assert.equal(results.length, values.length);
    for (const [i, hex] of results) {
      const [name, make, expected = make] = values[i];
      const bytes = Uint8Array.fromHex(hex);
      assert.equal(findDifference(codec.deserialize(bytes), expected()), '', name);
      assert.equal(findDifference(nativeDeserialize(bytes), expected()), '', name);
    }
  });

  for (const [who, serialize] of [['the codec writes', (value) => codec.serialize(value)], ['V8 writes', nativeSerialize]]) {
    test(`what ${who} here is read there`, (t) => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weft-codec-'));
      t.after(() => fs.rmSync(folder, { recursive: true }));
      const file = path.join(folder, 'messages');
      fs.writeFileSync(file, values.map(([, make], i) => `${i} ${Buffer.from(serialize(make())).toString('hex')}\n`).join(''));
      assertAllOk(runJsc(JSC_SCRIPT, ['decode', file]));
    });
  }

  test('every value arrives while every intrinsic is broken', () => assertAllOk(runJsc(JSC_SCRIPT, ['tamper'])));

  test('a list of 100,000 levels is a RangeError, and the codec goes on', () => {
    assert.equal(runJsc(JSC_SCRIPT, ['deep']), 'RangeError\nstill alive\n');
  });

  test('what cannot be cloned is named as in Chromium', () => {
    assert.deepEqual(lines(runJsc(JSC_SCRIPT, ['errors'])).map(([, text]) => text), [
      '() => 1 could not be cloned.', 'Symbol(x) could not be cloned.', '[object Symbol] could not be cloned.',
      '#<Promise> could not be cloned.', '#<WeakMap> could not be cloned.', '#<SharedArrayBuffer> could not be cloned.',
      '[object Generator] could not be cloned.', '[object Array Iterator] could not be cloned.',
      '#<NumberFormat> could not be cloned.', 'DOMException object could not be cloned.', '#<Object> could not be cloned.',
      '#<Object> could not be cloned.',
    ]);
  });
});
