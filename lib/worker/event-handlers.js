'use strict';

/**
 * Event handler attributes (`onmessage` and friends; HTML, 8.1.8.1): the value is kept as it is if it is
 * an object, and takes its place among the listeners when it is set after null.
 */

/** One handler of one object, and its place among the listeners. */
class Handler {
  value = null;
  #target;
  #type;

  constructor(target, type) {
    this.#target = target;
    this.#type = type;
  }

  set(given) {
    const isObject = typeof given === 'function' || (typeof given === 'object' && given !== null);
    const wasSet = this.value !== null;
    this.value = isObject ? given : null;
    if (isObject && !wasSet) this.#target.addEventListener(this.#type, this.#listener);
    if (!isObject && wasSet) this.#target.removeEventListener(this.#type, this.#listener);
  }

  #listener = (event) => {
    if (typeof this.value !== 'function') return;
    const isError = this.#type === 'error' && event instanceof ErrorEvent;
    const result = isError ? this.#calledForError(event) : this.value.call(this.#target, event);
    // `return true` says that an error was handled, `return false` cancels anything else.
    if (result === isError) event.preventDefault();
  };

  #calledForError({ message, filename, lineno, colno, error }) {
    return this.value.call(this.#target, message, filename, lineno, colno, error);
  }
}

function define(object, type, get, set) {
  Object.defineProperty(object, `on${type}`, { get, set, enumerable: true, configurable: true });
}

/**
 * Gives an object the accessor `on<type>`.
 * @param {EventTarget} target
 * @param {string} type
 */
function defineEventHandler(target, type) {
  const handler = new Handler(target, type);
  define(
    target,
    type,
    () => handler.value,
    (value) => handler.set(value),
  );
}

/**
 * Gives all objects of a class the accessor `on<type>`.
 * @param {object} prototype
 * @param {string[]} types
 */
function defineEventHandlers(prototype, types) {
  for (const type of types) {
    /** @type {WeakMap<object, Handler>} */
    const handlers = new WeakMap();
    const get = function () {
      return handlers.get(this)?.value ?? null;
    };
    const set = function (value) {
      if (!handlers.has(this)) handlers.set(this, new Handler(this, type));
      handlers.get(this).set(value);
    };
    define(prototype, type, get, set);
  }
}

module.exports = { defineEventHandler, defineEventHandlers };
