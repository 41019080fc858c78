'use strict';

/**
 * Runs a function as a task of its own: when it has returned, so have the microtasks that it queued.
 * JavaScriptCore's native interface, by which messages come in, does that for no function that it calls;
 * WebKit does it for listeners of events.
 */

const P = require('../common/structured-clone/primordials');

const { Event, EventTarget } = globalThis;
const dispatch = P.uncurryThis(EventTarget.prototype.dispatchEvent);
const target = new EventTarget();

/** What the next event is for. Page script may see that event, and dispatch it again: for nothing. */
let run = null;

target.addEventListener('task', () => {
  const now = run;
  run = null;
  now?.();
});

/** @param {() => void} work which throws nothing */
exports.runTask = function runTask(work) {
  run = work;
  dispatch(target, new Event('task'));
};
