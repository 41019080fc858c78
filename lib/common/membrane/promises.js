'use strict';

/** Promises of the other end: real ones here, that are settled when it says so. */

const P = require('../structured-clone/primordials');

const { Promise } = globalThis;
const then = P.uncurryThis(Promise.prototype.then);

class Promises {
  /** Those that are not settled; they live until they are. */
  #expected = P.newSafeMap();

  get size() {
    return this.#expected.size;
  }

  /** @param {number} id @returns {Promise<unknown>} */
  expect(id) {
    const entry = {
      __proto__: null,
      promise: null,
      resolve: null,
      reject: null,
    };
    entry.promise = new Promise((resolve, reject) => {
      entry.resolve = resolve;
      entry.reject = reject;
    });
    this.#expected.set(id, entry);
    return entry.promise;
  }

  settle(id, isFulfilled, value) {
    const entry = this.#expected.get(id);
    if (entry === undefined) return;
    this.#expected.delete(id);
    if (isFulfilled) entry.resolve(value);
    else entry.reject(value);
  }

  /** The other end is gone. */
  rejectAll(error) {
    const entries = P.safeArray();
    this.#expected.forEach((entry) => {
      entries[entries.length] = entry;
    });
    this.#expected.clear();
    for (let i = 0; i < entries.length; i++) entries[i].reject(error);
  }

  /** @param {(isFulfilled: boolean, value: unknown) => void} told */
  static follow(promise, told) {
    then(
      promise,
      (value) => told(true, value),
      (reason) => told(false, reason),
    );
  }
}

const settled = Promise.resolve();

/** Runs it in a microtask. */
function soon(callback) {
  then(settled, callback);
}

module.exports = { Promises, soon };
