'use strict';

/**
 * Runs a function as a task of its own: when it has returned, so have the microtasks that it queued.
 * JavaScriptCore's native interface, by which messages come in, does that for no function that it calls;
 * WebKit does it for listeners of events.
 */

const P = require('../common/structured-clone/primordials');

const { Event, EventTarget } = globalThis;
const listen = P.uncurryThis(EventTarget.prototype.addEventListener);
const dispatch = P.uncurryThis(EventTarget.prototype.dispatchEvent);

/**
 * The target is for this task alone: page script may see the event, and what it does to its target concerns
 * no other task.
 *
 * @param {() => void} work what it throws is an uncaught error of the page
 */
exports.runTask = function runTask(work) {
  const target = new EventTarget();
  listen(target, 'task', work);
  dispatch(target, new Event('task'));
};
