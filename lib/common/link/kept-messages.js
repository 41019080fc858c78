'use strict';

/**
 * Messages that came while a script waited for another one, which it may (a synchronous XMLHttpRequest
 * in a worker, ipcRenderer.sendSync in a page): they are delivered afterwards, in order. A wait may begin
 * in the midst of what another wait has received.
 *
 * @typedef {{bytes: Uint8Array, offset: number, size: number, buffers?: ArrayBuffer[]}} Message
 * @typedef {(kind: number, target: number) => boolean} IsWanted
 */

const P = require('../structured-clone/primordials');
const { FRAMED_TAG } = require('../structured-clone/format');
const { readTrailer } = require('./trailer');

class KeptMessages {
  /** Messages in order; those that a later wait has taken out are undefined. */
  #messages = P.safeArray();
  #first = 0;
  #count = 0;
  /** Those before it are none that the present wait is for. */
  #seen = 0;
  /** @type {IsWanted | null} */
  #isWanted = null;
  #isOver = false;
  #receive;

  /** @param {(message: Message) => void} receive */
  constructor(receive) {
    this.#receive = receive;
  }

  /** Whether a script is waiting. */
  get isWaiting() {
    return this.#isWanted !== null;
  }

  get isEmpty() {
    return this.#count === 0;
  }

  /**
   * Handles wanted messages until there is what was waited for; others are kept.
   * @param {IsWanted} isWanted
   * @param {() => boolean} isDone
   * @param {() => boolean | void} receiveSome blocks for a moment; what comes is given to add(). false: nothing
   *   will come any more
   * @returns {boolean} whether it has come
   */
  waitUntil(isWanted, isDone, receiveSome) {
    const outer = this.#isWanted;
    this.#isWanted = isWanted;
    this.#seen = this.#first;
    try {
      while (!isDone()) {
        if (!this.#receiveKept() && receiveSome() === false) return isDone();
      }
      return true;
    } finally {
      this.#isWanted = outer;
      this.#seen = this.#first;
    }
  }

  /** Blocks until a message of this kind and target has been handled, as waitUntil(). */
  waitFor(kind, target, receiveSome) {
    let hasCome = false;
    const isWanted = (itsKind, itsTarget) => {
      if (hasCome || itsKind !== kind || itsTarget !== target) return false;
      hasCome = true;
      return true;
    };
    return this.waitUntil(isWanted, () => hasCome, receiveSome);
  }

  /** @param {Message} message which is wanted, or is kept */
  add(message) {
    if (this.#wants(message)) {
      this.#receive(message);
    } else if (!this.#isOver) {
      this.#messages[this.#messages.length] = message;
      this.#count++;
    }
  }

  /** Whether a script waits for just this message. @param {Message} message */
  #wants({ bytes, offset, size }) {
    if (this.#isWanted === null || bytes[offset] !== FRAMED_TAG) return false;
    const trailer = readTrailer(bytes, offset, size);
    return trailer !== null && this.#isWanted(trailer.kind, trailer.target);
  }

  /** Delivers the first one that was kept. */
  deliverFirst() {
    while (this.#messages[this.#first] === undefined) this.#first++;
    this.#receive(this.#take(this.#first++));
  }

  /** Nothing is delivered any more, but what a script waits for. */
  stop() {
    this.#isOver = true;
    this.#clear();
  }

  /** A message that was kept in an inner wait may be what the outer one is for. */
  #receiveKept() {
    while (this.#seen < this.#messages.length) {
      const at = this.#seen++;
      const message = this.#messages[at];
      if (message === undefined || !this.#wants(message)) continue;
      this.#receive(this.#take(at));
      return true;
    }
    return false;
  }

  #take(index) {
    const message = this.#messages[index];
    this.#messages[index] = undefined;
    this.#count--;
    if (this.#count === 0) this.#clear();
    return message;
  }

  #clear() {
    this.#messages = P.safeArray();
    this.#first = this.#seen = this.#count = 0;
  }
}

module.exports = { KeptMessages };
