'use strict';

/** events.once, events.on and addAbortListener, of emitters and of the page's event targets. */

const { nodeError } = require('../errors');

function abortError(signal) {
  const error = nodeError(Error, 'ABORT_ERR', 'The operation was aborted');
  error.name = 'AbortError';
  if (signal) error.cause = signal.reason;
  return error;
}

function listen(target, type, listener) {
  if (typeof target.on === 'function') target.on(type, listener);
  else if (typeof target.addEventListener === 'function') target.addEventListener(type, listener);
  else {
    const message = 'The "emitter" argument must be an instance of EventEmitter or EventTarget.';
    throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
  }
}

function forget(target, type, listener) {
  if (typeof target.removeListener === 'function') target.removeListener(type, listener);
  else target.removeEventListener(type, listener);
}

const isEmitter = (target) => typeof target.on === 'function';

/** @returns {() => void} takes all the listeners away */
function listenToAll(entries) {
  for (const [target, type, listener] of entries) listen(target, type, listener);
  return () => {
    for (const [target, type, listener] of entries) forget(target, type, listener);
  };
}

async function once(emitter, type, { signal } = {}) {
  if (signal?.aborted) throw abortError(signal);
  let stop = () => {};
  try {
    return await new Promise((resolve, reject) => {
      const entries = [[emitter, type, (...given) => resolve(given)]];
      if (type !== 'error' && isEmitter(emitter)) entries.push([emitter, 'error', reject]);
      if (signal) entries.push([signal, 'abort', () => reject(abortError(signal))]);
      stop = listenOnce(entries);
    });
  } finally {
    stop();
  }
}

/** The first of them ends all, at once: a second event of this turn is not ours. */
function listenOnce(entries) {
  let stop = () => {};
  const ending = entries.map(([target, type, listener]) => [
    target,
    type,
    (...given) => {
      stop();
      listener(...given);
    },
  ]);
  stop = listenToAll(ending);
  return stop;
}

const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}).prototype,
);

/** Events in the order in which they came; an error comes after those before it. */
class EventIterator {
  #come = [];
  #waiting = [];
  #error = null;
  #isDone = false;
  stop = () => {};

  add(given) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ value: given, done: false });
    else this.#come.push(given);
  }

  fail(error) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#error = error;
    this.finish();
  }

  finish() {
    this.stop();
    this.#isDone = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }

  async next() {
    if (this.#come.length > 0) return { value: this.#come.shift(), done: false };
    if (this.#error) {
      const error = this.#error;
      this.#error = null;
      throw error;
    }
    if (this.#isDone) return { value: undefined, done: true };
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

function on(emitter, type, { signal, close = [] } = {}) {
  if (signal?.aborted) throw abortError(signal);
  const events = new EventIterator();
  const entries = [[emitter, type, (...given) => events.add(given)]];
  if (type !== 'error' && isEmitter(emitter)) {
    entries.push([emitter, 'error', (error) => events.fail(error)]);
  }
  for (const name of close) entries.push([emitter, name, () => events.finish()]);
  if (signal) entries.push([signal, 'abort', () => events.fail(abortError(signal))]);
  events.stop = listenToAll(entries);
  return {
    __proto__: AsyncIteratorPrototype,
    next: () => events.next(),
    async return() {
      events.finish();
      return { value: undefined, done: true };
    },
    async throw(error) {
      events.fail(error);
    },
  };
}

function addAbortListener(signal, listener) {
  if (signal.aborted) queueMicrotask(() => listener());
  else signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
}

module.exports = { addAbortListener, on, once };
