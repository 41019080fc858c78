'use strict';

/**
 * Atomics on memory that workers have, too. The engine's own loads and stores do; waiters are in V8's
 * list in the worker host (src/page/atomics.h), so that each notify of whoever finds all of them, in
 * order. Before a buffer has been posted, and after the host has ended, its waiters are kept here.
 * Each host has a list of its own: of memory that several have, waiters are in that which had it first, and
 * only a notify of the page finds those of all.
 *
 * @typedef {object} Waiter
 * @property {ArrayBuffer} buffer
 * @property {number} offset in bytes
 * @property {number} size of the element
 * @property {number} deadline in milliseconds; Infinity for none
 * @property {(value: string) => void} resolve
 * @property {number} timer while it is kept here
 * @property {number} host in which it waits, else
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

/** Numbers of the present lines to hosts: each line to one host is another. */
const lines = P.newSafeMap();
const lineOf = (host) => lines.get(host) ?? 1;
/** Whether waiters on that memory are in a host. */
const isThere = ({ host, line }) => line === lineOf(host);

/** Waiters that are kept here: number of the memory -> those on it, in order. */
const kept = P.newSafeMap();

/** Waiters in hosts, by keyOf, in order. */
let asked = P.newSafeMap();
const keyOf = (host, id) => host * 2 ** 32 + id;

const number32 = new Int32Array(1);
const number64 = new BigInt64Array(1);

/** @param {ArrayBuffer} buffer @param {ArrayBuffer} [sameMemory] one that is known already */
function follow(buffer, sameMemory) {
  const record = sameMemory && records.get(sameMemory);
  remember(buffer, record ?? { __proto__: null, number: binding.sharedNumber(buffer), host: 0, line: 0 });
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
  const { host } = records.get(buffer);
  const answer = binding.wait(host, buffer, offset, size, expected, left, anyway);
  if (answer === null) return binding.WAIT_OK; // the document has ended
  waiter.host = host;
  if (answer[0] === binding.WAIT_OK) asked.set(keyOf(host, answer[1]), waiter);
  return answer[0];
}

/** The memory of a buffer is about to be in a host, or has come from it. */
function shareWaiters(buffer, host) {
  const record = records.get(buffer);
  if (isThere(record)) return;
  record.host = host;
  record.line = lineOf(host);
  const waiters = takeKept(record.number, () => true, Infinity);
  for (let i = 0; i < waiters.length; i++) {
    const result = askHost(waiters[i], '0', true);
    if (result !== binding.WAIT_OK) finish(waiters[i], result);
  }
}

function finish(waiter, result) {
  waiter.resolve(result === binding.WAIT_TIMED_OUT ? 'timed-out' : 'ok');
}

function onWoken(host, id, result) {
  const waiter = asked.get(keyOf(host, id));
  if (waiter === undefined) return;
  asked.delete(keyOf(host, id));
  finish(waiter, result);
}

function onLineEnded(host) {
  lines.set(host, lineOf(host) + 1);
  const waiters = asked;
  asked = P.newSafeMap();
  P.mapForEach(waiters, (waiter, key) => {
    if (waiter.host === host) keep(waiter);
    else asked.set(key, waiter);
  });
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
  const record = records.get(place.buffer);
  const askHosts = (most) => binding.notify(place.buffer, place.offset, most);
  if (isThere(record)) return askHosts(count);
  const woken = takeKept(record.number, ({ offset }) => offset === place.offset, count);
  for (let i = 0; i < woken.length; i++) woken[i].resolve('ok');
  // One host has ended; another may have the memory, too.
  return woken.length + (record.line === 0 ? 0 : askHosts(count - woken.length));
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
  const waiter = { __proto__: null, buffer, offset, size, deadline, resolve, timer: 0, host: 0 };
  if (!isThere(records.get(buffer))) {
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
