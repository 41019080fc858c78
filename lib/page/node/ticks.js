'use strict';

/**
 * process.nextTick: callbacks in order, before the page's next task. In Node they come before the
 * reactions of promises; here they are one of them, since pages have no earlier moment.
 */

const { queueMicrotask, reportError } = globalThis;
const { apply } = Reflect;
const { checkFunction } = require('./errors');

let queue = [];
let isDraining = false;

function drain() {
  isDraining = true;
  for (let i = 0; i < queue.length; i++) {
    const { callback, given } = queue[i];
    try {
      apply(callback, undefined, given);
    } catch (error) {
      reportError(error);
    }
  }
  queue = [];
  isDraining = false;
}

exports.nextTick = function nextTick(callback, ...given) {
  checkFunction('callback', callback);
  if (queue.length === 0 && !isDraining) queueMicrotask(drain);
  queue.push({ callback, given });
};
