'use strict';

/**
 * structured-clone/pending - what a message holds that takes a promise, at either end
 *
 * decode() throws one of these for such a message. When it has settled, the message is decoded again
 * with its `values` as the attachments' `settled`, and is whole then.
 */

const P = require('./primordials');

const then = P.uncurryThis(Promise.prototype.then);

/** Bytes of a message that only a promise can give; it stands among the Blobs. */
class LateBytes {
  /** @param {() => Promise<ArrayBuffer>} read */
  constructor(read) {
    this.read = read;
  }
}

class Pending {
  /** What came of each promise; undefined where it failed. */
  values = P.safeArray();

  #count = 0;
  #missing = 0;
  #callback = null;

  /** @param {Promise<object>} promise */
  add(promise) {
    const index = this.#count++;
    this.#missing++;
    const settled = (value) => {
      this.values[index] = value;
      if (--this.#missing === 0 && this.#callback !== null) this.#callback();
    };
    then(promise, settled, () => settled(undefined));
  }

  /** Runs in a microtask, never at once. @param {() => void} callback */
  whenSettled(callback) {
    this.#callback = callback;
  }
}

module.exports = { LateBytes, Pending };
