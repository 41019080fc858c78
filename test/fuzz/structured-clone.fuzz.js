'use strict';

/*
 * Differential fuzzing of the clone codec against Node's v8.Serializer and v8.Deserializer.
 *
 *   node test/fuzz/structured-clone.fuzz.js [seconds] [seed]       10 s and a new seed by default
 *
 * Each round makes a random value and asks: do both read both's bytes as that value? Then it damages the
 * bytes and asks: does the codec read a value or throw a DataCloneError, soon, whatever stands around the
 * message, and where V8 reads a value too, the same one? A failure names the seed of its round.
 */

const v8 = require('node:v8');
const { createCodec } = require('../../lib/common/structured-clone');
const { findDifference } = require('../support/clone-compare');

const DEFAULT_SECONDS = 10;
const MAX_FAILURES = 10;
const DAMAGED_COPIES = 12;
/** A damaged message of some KiB that takes longer than this is a failure. */
const SLOW_MS = 1000;

/** Bytes that mean something to a decoder, so that damage gets past its first look. */
const MEANINGFUL = [...Buffer.from('_0TFIUNZ"cS^o{A$-a@DyxnzsR;:\',B~tVr.mECXbWdDhfqQ?\\p/', 'latin1'), 0, 1, 2, 0x7f, 0x80, 0xff];

/** Mulberry32: the same numbers from the same seed, everywhere. */
function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let x = Math.imul(state ^ state >>> 15, state | 1);
    x ^= x + Math.imul(x ^ x >>> 7, x | 61);
    return ((x ^ x >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Makes random values; what it made before may come again, so that graphs have shared parts and cycles. */
class Generator {
  #random;
  #made = [];
  #left = 60;

  constructor(random) {
    this.#random = random;
  }

  below(n) {
    return Math.floor(this.#random() * n);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  value() {
    if (this.#left-- <= 0 || this.below(3) === 0) return this.primitive();
    if (this.#made.length > 0 && this.below(8) === 0) return this.pick(this.#made);
    return this.pick([this.object, this.object, this.array, this.array, this.map, this.set, this.box, this.error, this.view])
      .call(this);
  }

  primitive() {
    switch (this.below(8)) {
      case 0: return this.pick([undefined, null, true, false, NaN, -0, Infinity]);
      case 1: return this.below(200) - 100;
      case 2: return (this.#random() - 0.5) * 2 ** this.below(70);
      case 3: return Math.round((this.#random() - 0.5) * 2 ** this.below(70));
      case 4: return BigInt(Math.round((this.#random() - 0.5) * 2 ** 53)) ** BigInt(this.below(9));
      default: return this.string();
    }
  }

  string() {
    const length = this.pick([0, 1, 3, 8, 16, 17, 40, 64, 65, 200, this.below(3000)]);
    const limit = this.pick([128, 128, 256, 0x3000, 0x10000]);
    return Array.from({ length }, () => String.fromCharCode(this.below(limit))).join('');
  }

  key() {
    return this.pick([this.string(), `k${this.below(20)}`, String(this.below(20)), 'constructor', '__proto__', '4294967295']);
  }

  keep(object) {
    this.#made.push(object);
    return object;
  }

  define(object, count) {
    for (let i = 0; i < count; i++)
      Object.defineProperty(object, this.key(), { value: this.value(), writable: true, enumerable: true, configurable: true });
    return object;
  }

  object() {
    return this.define(this.keep({}), this.below(6));
  }

  array() {
    const array = this.keep(new Array(this.pick([0, 1, 2, 5, 10, 1500])));
    const count = Math.min(array.length, this.below(12));
    for (let i = 0; i < count; i++) array[this.below(4) === 0 ? this.below(array.length) : i] = this.value();
    return this.below(6) === 0 ? this.define(array, 2) : array;
  }

  map() {
    const map = this.keep(new Map());
    for (let i = this.below(5); i > 0; i--) map.set(this.value(), this.value());
    return map;
  }

  set() {
    const set = this.keep(new Set());
    for (let i = this.below(5); i > 0; i--) set.add(this.value());
    return set;
  }

  box() {
    return this.keep(this.pick([
      () => new Date(this.below(2 ** 40)), () => new Date(NaN), () => new RegExp(this.pick(['a', '', '[b]', '/']), this.pick(['', 'g', 'dgimsuy'])),
      () => Object(this.primitive() ?? 1), () => Object(5n ** BigInt(this.below(99))),
    ])());
  }

  error() {
    const error = new (this.pick([Error, TypeError, RangeError, SyntaxError, URIError, EvalError, ReferenceError]))();
    this.keep(error);
    const hidden = (key, value) => Object.defineProperty(error, key, { value, writable: true, configurable: true });
    hidden('stack', this.string());
    if (this.below(2)) hidden('message', this.string());
    if (this.below(3) === 0) hidden('cause', this.value());
    return error;
  }

  view() {
    const length = this.pick([0, 8, 64, 200]);
    const options = this.below(3) === 0 ? { maxByteLength: length + this.pick([0, 3, 64]) } : undefined;
    const buffer = this.keep(new ArrayBuffer(length, options));
    new Uint8Array(buffer).forEach((_, i, bytes) => { bytes[i] = this.below(256); });
    if (this.below(4) === 0) return buffer;
    const View = this.pick([Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView, Uint8ClampedArray]);
    const offset = length === 0 ? 0 : 8 * this.below(length / 8);
    return this.keep(this.below(2) ? new View(buffer, offset) : new View(buffer, offset, Math.floor((length - offset) / 8)));
  }
}

function nativeSerialize(value) {
  const serializer = new v8.Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function nativeDeserialize(bytes) {
  const deserializer = new v8.Deserializer(Buffer.from(bytes));
  deserializer.readHeader();
  return deserializer.readValue();
}

/** @returns {{ value?: unknown, error?: Error }} */
function attempt(fn) {
  try {
    return { value: fn() };
  } catch (error) {
    return { error };
  }
}

function damage(bytes, generator) {
  const copy = Buffer.from(bytes);
  for (let i = generator.below(4); i >= 0; i--) {
    const at = 2 + generator.below(copy.length - 2);
    switch (generator.below(4)) {
      case 0: copy[at] = generator.below(256); break;
      case 1: copy[at] = generator.pick(MEANINGFUL); break;
      case 2: copy[at] ^= 1 << generator.below(8); break;
      default: copy.copyWithin(at, generator.below(copy.length), generator.below(copy.length));
    }
  }
  return generator.below(4) === 0 ? copy.subarray(0, 2 + generator.below(copy.length - 1)) : copy;
}

/** Decodes bytes between others. */
function decodeWithin(codec, bytes, fill) {
  const room = Buffer.alloc(bytes.length + 64, fill);
  bytes.copy(room, 32);
  return codec.decode(room, 32, bytes.length);
}

function checkValue(codec, value) {
  const ours = codec.serialize(value);
  return findDifference(codec.deserialize(ours), value) && `the codec reads its own bytes otherwise: ${findDifference(codec.deserialize(ours), value)}` ||
    findDifference(nativeDeserialize(ours), value) && `V8 reads the codec's bytes otherwise: ${findDifference(nativeDeserialize(ours), value)}` ||
    findDifference(codec.deserialize(nativeSerialize(value)), value) && `the codec reads V8's bytes otherwise: ${findDifference(codec.deserialize(nativeSerialize(value)), value)}`;
}

function checkDamaged(codec, bytes) {
  const start = performance.now();
  const first = attempt(() => decodeWithin(codec, bytes, 0));
  const second = attempt(() => decodeWithin(codec, bytes, 0x49));
  if (performance.now() - start > SLOW_MS) return 'damaged bytes take long';
  if (first.error && first.error.name !== 'DataCloneError') return `damaged bytes end in ${first.error.stack}`;
  if (first.error?.message !== second.error?.message) return 'bytes around the message matter';
  if (first.error) return '';
  if (findDifference(first.value, second.value)) return `bytes around the message matter: ${findDifference(first.value, second.value)}`;
  const native = attempt(() => nativeDeserialize(bytes));
  if (native.error) return '';
  const difference = findDifference(first.value, native.value);
  return difference && `V8 reads another value from damaged bytes: ${difference}`;
}

function runRound(codec, seed) {
  const generator = new Generator(makeRandom(seed));
  const value = generator.value();
  const failure = checkValue(codec, value);
  if (failure) return failure;
  const bytes = Buffer.from(codec.serialize(value));
  for (let i = 0; i < DAMAGED_COPIES && bytes.length > 2; i++) {
    const damaged = damage(bytes, generator);
    const difference = checkDamaged(codec, damaged);
    if (difference) return `${difference}\n  ${damaged.toString('hex')}`;
  }
  return '';
}

/**
 * @param {{ seconds: number, seed: number }} options
 * @returns {{ rounds: number, failures: string[] }}
 */
function run({ seconds, seed }) {
  const codec = createCodec();
  const failures = [];
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  for (; performance.now() < end && failures.length < MAX_FAILURES; rounds++) {
    const roundSeed = seed + rounds;
    const result = attempt(() => runRound(codec, roundSeed));
    const failure = result.error ? result.error.stack : result.value;
    if (failure) failures.push(`seed ${roundSeed}: ${failure}`);
  }
  return { rounds, failures };
}

function main() {
  const [seconds = DEFAULT_SECONDS, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
  console.log(`structured-clone: ${seconds} s from seed ${seed}`);
  const { rounds, failures } = run({ seconds, seed });
  for (const failure of failures) console.error(failure);
  console.log(`structured-clone: ${rounds} rounds, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (require.main === module) main();

module.exports = { run };
