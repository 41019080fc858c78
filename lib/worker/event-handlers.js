'use strict';

/**
 * Event handler attributes (`onmessage` and friends; HTML, 8.1.8.1): a setter that keeps one handler,
 * which takes its place among the listeners when it is first set.
 */

/**
 * @param {EventTarget} target gets the accessor `on<type>`
 * @param {string} type
 */
function defineEventHandler(target, type) {
  let handler = null;
  let listening = false;

  function listener(event) {
    if (handler === null) return;
    const result =
      type === 'error' && event instanceof ErrorEvent
        ? handler.call(target, event.message, event.filename, event.lineno, event.colno, event.error)
        : handler.call(target, event);
    // `return true` says that an error was handled, `return false` cancels anything else.
    if (result === (type === 'error')) event.preventDefault();
  }

  Object.defineProperty(target, `on${type}`, {
    get: () => handler,
    set(value) {
      handler = typeof value === 'function' ? value : null;
      if (handler === null || listening) return;
      listening = true;
      target.addEventListener(type, listener);
    },
    enumerable: true,
    configurable: true,
  });
}

module.exports = { defineEventHandler };
