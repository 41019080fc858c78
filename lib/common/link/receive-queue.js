'use strict';

/**
 * Messages that came while an earlier one waits for a value that takes time to make (a CryptoKey):
 * they are copied, because the inbox will be written again, and wait behind it.
 */

const P = require('../structured-clone/primordials');
const { Fifo } = require('../fifo');

const then = P.uncurryThis(Promise.prototype.then);
const resolved = Promise.resolve();

class ReceiveQueue {
  #receive;
  #kept = new Fifo();

  /** Whether an earlier message is not complete yet. */
  isWaiting = false;

  /** @param {(bytes: Uint8Array, offset: number, size: number, buffers?: ArrayBuffer[]) => void} receive */
  constructor(receive) {
    this.#receive = receive;
  }

  keep(bytes, offset, size, buffers) {
    const copy = P.copyBytes(bytes, offset, size);
    this.#kept.push({ __proto__: null, bytes: copy, size, buffers });
  }

  /**
   * Reads a message again when its values are there.
   * @param {import('../structured-clone/pending').Pending} pending
   * @param {() => void} readAgain
   */
  waitFor(pending, readAgain) {
    this.isWaiting = true;
    pending.whenSettled(() => {
      then(resolved, () => this.#next());
      readAgain();
    });
  }

  /** One in a turn of microtasks each, as far as what it starts is concerned. */
  #next() {
    if (this.#kept.length === 0) {
      this.isWaiting = false;
      return;
    }
    const { bytes, size, buffers } = this.#kept.shift();
    this.isWaiting = false;
    try {
      this.#receive(bytes, 0, size, buffers);
    } finally {
      // It may be incomplete itself.
      if (!this.isWaiting) {
        this.isWaiting = true;
        then(resolved, () => this.#next());
      }
    }
  }
}

module.exports = { ReceiveQueue };
