'use strict';

/**
 * Messages that came while a script waited for another one, which it may (a synchronous XMLHttpRequest
 * to a protocol of the app's): they are delivered afterwards, in order.
 */

const { Fifo } = require('../common/fifo');
const { FRAMED_TAG } = require('../common/structured-clone/format');
const { readTrailer } = require('../common/link/trailer');

/** @typedef {{bytes: Uint8Array, offset: number, size: number, buffers?: ArrayBuffer[]}} Message */

class KeptMessages {
  /** Of Messages. */
  #messages = new Fifo();
  /** @type {{kind: number, target: number, hasCome: boolean} | null} */
  #wanted = null;
  #isScheduled = false;
  #isOver = false;
  #receive;
  #afterEach;

  /**
   * @param {(message: Message) => void} receive
   * @param {() => void} afterEach what follows a message if another one does
   */
  constructor(receive, afterEach) {
    this.#receive = receive;
    this.#afterEach = afterEach;
  }

  /** Whether a script is waiting. */
  get isWaiting() {
    return this.#wanted !== null;
  }

  get isEmpty() {
    return this.#messages.length === 0;
  }

  /**
   * @param {number} kind @param {number} target of the wanted message (lib/common/link.js)
   * @param {() => void} receiveSome blocks for a moment; what comes is given to add()
   */
  waitFor(kind, target, receiveSome) {
    const wanted = { kind, target, hasCome: false };
    this.#wanted = wanted;
    try {
      while (!wanted.hasCome) receiveSome();
    } finally {
      this.#wanted = null;
    }
    if (this.isEmpty || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.deliver();
    });
  }

  /** @param {Message} message */
  add(message) {
    if (!this.#isWanted(message)) {
      if (!this.#isOver) this.#messages.push(message);
      return;
    }
    this.#wanted.hasCome = true;
    this.#receive(message);
  }

  /** Delivers what was kept. */
  deliver() {
    while (!this.isEmpty && !this.isWaiting) {
      this.#receive(this.#messages.shift());
      this.#afterEach();
    }
  }

  /** Nothing is delivered any more, but what a script waits for. */
  stop() {
    this.#isOver = true;
    this.#messages.clear();
  }

  #isWanted({ bytes, offset, size }) {
    if (this.#wanted === null || bytes[offset] !== FRAMED_TAG) return false;
    const trailer = readTrailer(bytes, offset, size);
    return trailer?.kind === this.#wanted.kind && trailer.target === this.#wanted.target;
  }
}

module.exports = { KeptMessages };
