'use strict';

/**
 * Ends threads. One that has loaded a native module is first asked to stop at a turn of its loop
 * (native-loads.js says why), and is ended there, or where it stands when a deadline has passed.
 *
 * @typedef {import('./threads').Thread} Thread
 */

const { COUNT, HAS_MODULES, LOADS, STOPPING } = require('../stop-words');

/** Time that a turn of a thread with native modules has to end: one call of a module, mostly. */
const PARK_TIMEOUT_MS = 1000;
/** And so long more while a native module is being loaded: its init is the worst place of all. */
const LOAD_TIMEOUT_MS = 2000;

function createStopWords() {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * COUNT));
}

/**
 * A thread without native modules is ended at once.
 * @param {Thread} thread
 * @returns {Promise<unknown>} done when it has ended
 */
function endThread(thread) {
  return (thread.weft.ending ??= end(thread));
}

function end(thread) {
  const { stopWords } = thread.weft;
  Atomics.store(stopWords, STOPPING, 1);
  if (Atomics.load(stopWords, HAS_MODULES) === 0) return thread.terminate();
  return untilParked(thread).then(() => thread.terminate());
}

/** @param {Thread} thread @returns {Promise<void>} done when it has stopped, or had its time */
function untilParked(thread) {
  const { promise, resolve } = Promise.withResolvers();
  const isLoading = () => Atomics.load(thread.weft.stopWords, LOADS) > 0;
  let timer = setTimeout(() => {
    if (isLoading()) timer = setTimeout(resolve, LOAD_TIMEOUT_MS);
    else resolve();
  }, PARK_TIMEOUT_MS);
  thread.weft.parked = resolve;
  thread.once('exit', resolve);
  thread.postMessage({ stop: true });
  return promise.then(() => clearTimeout(timer));
}

module.exports = { createStopWords, endThread };
