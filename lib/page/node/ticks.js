'use strict';

/**
 * process.nextTick: callbacks in order, before the page's next task. In Node they come before the
 * reactions of promises; here they are one of them, since pages have no earlier moment.
 *
 * In a function that Node calls they wait until Node's own script is through (./agent-channel.js):
 * else a stream would say that it has room before Node has asked to be told.
 */

const { queueMicrotask, reportError } = globalThis;
const { apply } = Reflect;
const { checkFunction } = require('./errors');

let queue = [];
let isScheduled = false;
let isHeld = false;

function runTicks() {
  isScheduled = true; // what they add comes in this run
  while (queue.length > 0) {
    const ticks = queue;
    queue = [];
    for (let i = 0; i < ticks.length; i++) runTick(ticks[i]);
  }
  isScheduled = false;
}

function runTick({ callback, given }) {
  try {
    apply(callback, undefined, given);
  } catch (error) {
    reportError(error);
  }
}

function schedule() {
  if (isScheduled || isHeld || queue.length === 0) return;
  isScheduled = true;
  queueMicrotask(runTicks);
}

function nextTick(callback, ...given) {
  checkFunction('callback', callback);
  queue.push({ callback, given });
  schedule();
}

/** Node calls. */
function holdTicks() {
  isHeld = true;
}

/** Whether Node must be told that there are some: it lets them run when it is through. */
function leaveTicksToNode() {
  if (!isHeld || isScheduled || queue.length === 0) return false;
  isScheduled = true;
  return true;
}

/** Node's call has been answered, and all microtasks have run. */
function releaseTicks() {
  isHeld = false;
  schedule();
}

module.exports = { holdTicks, leaveTicksToNode, nextTick, releaseTicks, runTicks };
