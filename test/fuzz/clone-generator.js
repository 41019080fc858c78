'use strict';

/*
 * Random values for the fuzzers of the clone codec, in both engines: the same from the same seed.
 */

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

class Point {
  constructor(x) {
    this.x = x;
  }

  get double() {
    return [this.x, this.x];
  }
}
class SubMap extends Map {}
class SubError extends RangeError {}

/**
 * Makes random values; what it made before may come again, so that graphs have shared parts and cycles.
 * The wide ones are cloned as something else than they are: class instances, subclasses, getters...
 */
class Generator {
  #random;
  #made = [];
  #left = 60;
  #isWide;
  #isForWebKit;

  /**
   * @param {() => number} random
   * @param {{isWide?: boolean, isForWebKit?: boolean}} [options] WebKit's own structuredClone makes two of a Date, a
   *   RegExp or an Error that comes twice, text of a cause,
   *   and copies a Map's properties, against the standard; isForWebKit has no such values
   */
  constructor(random, { isWide = false, isForWebKit = false } = {}) {
    this.#random = random;
    this.#isWide = isWide;
    this.#isForWebKit = isForWebKit;
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
    const kinds = [this.object, this.object, this.array, this.array, this.map, this.set, this.box, this.error, this.view];
    if (this.#isWide) kinds.push(this.instance, this.instance, this.odd);
    return this.pick(kinds).call(this);
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
    const isTwice = this.#isForWebKit && (object instanceof Date || object instanceof RegExp || object instanceof Error);
    if (!isTwice) this.#made.push(object);
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
    if (this.below(3) === 0 && !this.#isForWebKit) hidden('cause', this.value());
    return error;
  }

  view() {
    const length = this.pick([0, 8, 64, 200]);
    const options = this.below(3) === 0 ? { maxByteLength: length + this.pick([0, 3, 64]) } : undefined;
    const buffer = this.keep(new ArrayBuffer(length, options));
    new Uint8Array(buffer).forEach((_, i, bytes) => { bytes[i] = this.below(256); });
    if (this.below(4) === 0) return buffer;
    const View = this.pick([
      Uint8Array, Int16Array, Float64Array, BigInt64Array, DataView, Uint8ClampedArray, Float16Array, Uint32Array,
    ]);
    const offset = length === 0 ? 0 : 8 * this.below(length / 8);
    return this.keep(this.below(2) ? new View(buffer, offset) : new View(buffer, offset, Math.floor((length - offset) / 8)));
  }

  /** What is cloned as a plain object. */
  instance() {
    return this.pick([
      () => this.keep(new Point(this.value())),
      () => this.define(this.keep(Object.create(null)), 3),
      () => this.define(this.keep(Object.create({ inherited: 1 })), 2),
      () => Object.freeze(this.define({}, 3)),
      () => this.hide(this.define(this.keep({}), 2)),
      () => this.withGetter(this.keep({})),
    ])();
  }

  withGetter(object) {
    const value = this.value();
    return Object.defineProperty(object, this.key(), { get: () => value, enumerable: true, configurable: true });
  }

  /** Properties that no clone has. */
  hide(object) {
    Object.defineProperty(object, 'hidden', { value: this.value(), configurable: true });
    object[Symbol('s')] = 1;
    return object;
  }

  /** What loses something. */
  odd() {
    return this.pick([
      () => this.keep(new SubMap([[this.primitive(), this.value()]])),
      () => Object.assign(this.keep(new Map([[1, 2]])), this.#isForWebKit ? {} : { extra: 1 }),
      () => Object.assign(/a/g, { lastIndex: 2, extra: 1 }),
      () => Object.assign(new Date(7), { extra: 1 }),
      () => this.#withStack(new SubError('m')),
      () => this.#withStack(Object.assign(new Error('m'), { name: this.pick(['TypeError', 'Mine', 5, '']), extra: 1 })),
      () => this.#withStack(new AggregateError([1], this.string())),
      () => this.#withStack(Object.defineProperty(new Error('m'), 'message', { get: () => 'x', configurable: true })),
      () => Object.assign(new Uint8Array(3), { extra: 1 }),
      () => this.withGetter([1, 2]),
    ])();
  }

  #withStack(error) {
    return Object.defineProperty(error, 'stack', { value: this.string(), writable: true, configurable: true });
  }
}

module.exports = { Generator, makeRandom };
