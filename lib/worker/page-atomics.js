'use strict';

/**
 * Atomics of pages, in the supervisor's thread (src/worker/waits.h): V8 has one list of waiters for each
 * place in memory, of all threads of this process, and pages stand in it through here.
 */

const { waited } = require('./binding');

/** How often the value may change between a look at it and the wait. */
const ATTEMPTS_MAX = 1000;

const RESULTS = { ok: waited.OK, 'not-equal': waited.NOT_EQUAL, 'timed-out': waited.TIMED_OUT };

/** Places where a page waits: page -> views of one element. */
const waits = new Map();

/** @param {SharedArrayBuffer} memory begins at the place @param {number} count */
function notify(memory, count) {
  return Atomics.notify(new Int32Array(memory), 0, count);
}

/**
 * @param {object} page @param {number} id of the wait
 * @param {SharedArrayBuffer} memory one element
 * @param {bigint} value that must be there
 * @param {number} timeout
 * @param {boolean} anyway wait whatever value is there
 * @returns {number} one of binding.waited
 */
function wait(page, id, memory, value, timeout, anyway) {
  const view = memory.byteLength === 8 ? new BigInt64Array(memory) : new Int32Array(memory);
  const given = memory.byteLength === 8 ? value : Number(value);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const expected = anyway ? Atomics.load(view, 0) : given;
    const result = Atomics.waitAsync(view, 0, expected, timeout);
    if (result.async) {
      follow(page, id, view, result.value);
      return waited.OK;
    }
    if (!anyway || result.value !== 'not-equal') return RESULTS[result.value];
  }
  return waited.REFUSED;
}

function follow(page, id, view, promise) {
  const views = waits.get(page) ?? new Set();
  waits.set(page, views);
  views.add(view);
  promise.then((how) => {
    views.delete(view);
    page.woken(id, RESULTS[how]);
  });
}

/**
 * The page has gone: its waits end. V8 can't take a waiter out of its list, so all at the same place are
 * woken; they are the page's, or those of its workers, which are being ended.
 */
function forgetPage(page) {
  for (const view of waits.get(page) ?? []) Atomics.notify(view, 0);
  waits.delete(page);
}

module.exports = { notify, wait, forgetPage };
