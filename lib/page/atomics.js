'use strict';

/**
 * Atomics on memory that workers have, too. The engine's own loads and stores do; waiters are in V8's
 * list in the worker host (src/page/atomics.h), so that each notify of whoever finds all of them, in
 * order. Before a buffer has been posted, and after the host has ended, its waiters are kept here.
 *
 * @typedef {object} Waiter
 * @property {ArrayBuffer} buffer
 * @property {number} offset in bytes
 * @property {number} size of the element
 * @property {number} deadline in milliseconds; Infinity for none
 * @property {(value: string) => void} resolve
 * @property {number} timer while it is kept here
 */

const P = require('../common/structured-clone/primordials');
const { records, remember, replaceCall, toInteger } = require('./wrapped');

const { BigInt64Array, Int32Array, Promise, RangeError, TypeError, clearTimeout, setTimeout } = globalThis;
const { Atomics, performance } = globalThis;
const { load } = Atomics;
const now = performance.now.bind(performance);
const { max } = Math;

/** The longest that setTimeout() can wait; who waits for longer waits for ever. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Number of the present line to a host: each is another. */
let line = 1;

/** Waiters that are kept here: number of the memory -> those on it, in order. */
const kept = P.newSafeMap();

/** Waiters in the host, by their number there, in order. */
let asked = P.newSafeMap();

const number32 = new Int32Array(1);
const number64 = new BigInt64Array(1);

/** @param {ArrayBuffer} buffer @param {ArrayBuffer} [sameMemory] one that is known already */
function follow(buffer, sameMemory) {
  const record = sameMemory && records.get(sameMemory);
  remember(buffer, record ?? { __proto__: null, number: binding.sharedNumber(buffer), line: 0 });
}

// --- waiters that are kept here

/** @param {Waiter} waiter */
function keep(waiter) {
  const { number } = records.get(waiter.buffer);
  const list = kept.get(number) ?? P.safeArray();
  list[list.length] = waiter;
  kept.set(number, list);
  const left = max(waiter.deadline - now(), 0);
  if (left <= TIMER_MAX_MS) waiter.timer = setTimeout(() => expire(number, waiter), left);
}

function expire(number, waiter) {
  takeKept(number, (other) => other === waiter, 1);
  waiter.resolve('timed-out');
}

/** Takes the first @p most that fit out of the list. @returns {Waiter[]} */
function takeKept(number, fits, most) {
  const list = kept.get(number) ?? P.safeArray();
  const taken = P.safeArray();
  const rest = P.safeArray();
  for (let i = 0; i < list.length; i++) {
    const to = taken.length < most && fits(list[i]) ? taken : rest;
    to[to.length] = list[i];
  }
  if (rest.length === 0) kept.delete(number);
  else kept.set(number, rest);
  for (let i = 0; i < taken.length; i++) clearTimeout(taken[i].timer);
  return taken;
}

// --- waiters in the host

/** @returns {number} one of binding.WAIT_* @param {Waiter} waiter @param {string} expected */
function askHost(waiter, expected, anyway) {
  const { buffer, offset, size, deadline } = waiter;
  const left = max(deadline - now(), 0);
  const answer = binding.wait(buffer, offset, size, expected, left, anyway);
  if (answer === null) return binding.WAIT_OK; // the document has ended
  if (answer[0] === binding.WAIT_OK) asked.set(answer[1], waiter);
  return answer[0];
}

/** The memory of a buffer is about to be in the host, or has come from it. */
function shareWaiters(buffer) {
  const record = records.get(buffer);
  if (record.line === line) return;
  record.line = line;
  const waiters = takeKept(record.number, () => true, Infinity);
  for (let i = 0; i < waiters.length; i++) {
    const result = askHost(waiters[i], '0', true);
    if (result !== binding.WAIT_OK) finish(waiters[i], result);
  }
}

function finish(waiter, result) {
  waiter.resolve(result === binding.WAIT_TIMED_OUT ? 'timed-out' : 'ok');
}

function onWoken(id, result) {
  const waiter = asked.get(id);
  if (waiter === undefined) return;
  asked.delete(id);
  finish(waiter, result);
}

function onLineEnded() {
  line++;
  const waiters = asked;
  asked = P.newSafeMap();
  P.mapForEach(waiters, keep);
}

// --- what replaces the engine's own

/** The place that is meant, where it is in memory of ours; else null, and the engine judges. */
function findPlace(view, index) {
  const isView = typeof view === 'object' && view !== null && P.isView(view);
  const name = isView ? P.typedArrayName(view) : undefined;
  if (name !== 'Int32Array' && name !== 'BigInt64Array') return null;
  const buffer = P.typedArrayBuffer(view);
  if (records.get(buffer) === undefined) return null;
  const at = toInteger(index);
  load(view, at); // throws where there is no such place
  const size = name === 'Int32Array' ? 4 : 8;
  return { __proto__: null, buffer, offset: P.typedArrayOffset(view) + at * size, size, view, at };
}

function notify(place, given) {
  const count = given === undefined ? Infinity : max(toInteger(given), 0);
  const { number, line: sharedOn } = records.get(place.buffer);
  if (sharedOn === line) return binding.notify(place.buffer, place.offset, count);
  const woken = takeKept(number, ({ offset }) => offset === place.offset, count);
  for (let i = 0; i < woken.length; i++) woken[i].resolve('ok');
  return woken.length;
}

const settled = (value) => ({ async: false, value });

function waitAsync(place, value, timeout) {
  const expected = place.size === 4 ? number32 : number64;
  expected[0] = value;
  const limit = +timeout;
  const deadline = limit >= 0 ? now() + limit : limit < 0 ? 0 : Infinity;
  if (load(place.view, place.at) !== expected[0]) return settled('not-equal');
  if (limit <= 0) return settled('timed-out');

  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  const { buffer, offset, size } = place;
  const waiter = { __proto__: null, buffer, offset, size, deadline, resolve, timer: 0 };
  if (records.get(buffer).line !== line) {
    keep(waiter);
    return { async: true, value: promise };
  }
  const result = askHost(waiter, `${expected[0]}`, false);
  if (result === binding.WAIT_OK) return { async: true, value: promise };
  if (result === binding.WAIT_NOT_EQUAL) return settled('not-equal');
  if (result === binding.WAIT_TIMED_OUT) return settled('timed-out');
  throw new RangeError(`Atomics.waitAsync: more than ${binding.WAITS_MAX} waits of this page`);
}

function wait() {
  throw new TypeError('Atomics.wait cannot be called in this context');
}

function replace(name, ours) {
  const native = Atomics[name];
  if (typeof native !== 'function') return;
  const value = replaceCall(native, (target, self, given) => {
    const place = findPlace(given[0], given[1]);
    return place === null ? P.apply(target, self, given) : ours(place, given[2], given[3]);
  });
  P.defineProperty(Atomics, name, P.dataDescriptor(value, false));
}

function install() {
  binding.onAtomics(onWoken, onLineEnded);
  replace('notify', notify);
  replace('wait', wait);
  replace('waitAsync', waitAsync);
}

module.exports = { follow, install, shareWaiters };
