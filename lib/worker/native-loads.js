'use strict';

/**
 * How a thread with native modules ends: at a turn of its loop, where no native code is on its stack.
 * Termination in the midst of it makes every call of Node-API fail, which few modules survive: most abort
 * the whole process. The other half is supervisor/thread-end.js.
 */

const { workerData } = require('node:worker_threads');
const supervisor = require('./supervisor-line');
const { COUNT, HAS_MODULES, LOADS, PARKED, STOPPING } = require('./stop-words');

const { add, load, notify, store, sub, wait } = Atomics;

/** @type {Int32Array} */
const words = workerData?.stopWords ?? new Int32Array(new SharedArrayBuffer(4 * COUNT));

/** Stops for good: only the end of the thread interrupts it. */
function park() {
  supervisor.send('parked', true);
  for (;;) wait(words, PARKED, 0);
}

supervisor.on('stop', park);

/**
 * A native module is about to be loaded. Does not return where the thread is to end; but a load
 * inside of another one's init goes on, for that has native code on the stack.
 */
function enter() {
  store(words, HAS_MODULES, 1);
  const isInside = add(words, LOADS, 1) > 0;
  if (isInside || load(words, STOPPING) === 0) return;
  leave();
  park();
}

/** It is loaded, or could not be. */
function leave() {
  sub(words, LOADS, 1);
  notify(words, LOADS);
}

module.exports = { enter, leave };
