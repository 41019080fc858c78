'use strict';

/**
 * Timers as a page has them: ids are numbers. Node's own objects stay in require('timers').
 * Node's clear functions take the number that a Timeout turns into.
 */
function installTimers() {
  const { setTimeout, setInterval } = globalThis;
  define('setTimeout', (callback, delay, ...values) => +setTimeout(callback, delay, ...values));
  define('setInterval', (callback, delay, ...values) => +setInterval(callback, delay, ...values));
  for (const name of ['ref', 'unref']) defineNothing(name);
}

/**
 * Node's own fetch calls unref() on what the global setTimeout gave it, and so do packages. A worker
 * lives until it is ended, whatever timers there are, so there is nothing to do.
 */
function defineNothing(name) {
  const value = {
    [name]() {
      return this;
    },
  }[name];
  Object.defineProperty(Number.prototype, name, { value, writable: true, configurable: true });
}

function define(name, value) {
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(globalThis, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

module.exports = { installTimers };
