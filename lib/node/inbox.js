'use strict';

/**
 * Received messages on their way from src/node/port.c to the link: runs of small ones, which lie in
 * memory that the next receive writes again, and large ones. Each is a task of its own: microtasks run
 * in between.
 */

const { KeptMessages } = require('../common/link/kept-messages');
const { runTicks } = require('./ticks');

/** Of channel/layout.h: the size and kind of a message; the whole is padded to as much. */
const HEADER_SIZE = 8;

class Inbox {
  #bytes = null;
  #words = null;
  #receive;
  #kept;
  /** What is left of the run that is being delivered. */
  #at = 0;
  #end = 0;
  #isScheduled = false;
  #depth = 0;

  /** @param {(bytes: Uint8Array, offset: number, size: number, buffers?: ArrayBuffer[]) => void} receive */
  constructor(receive) {
    this.#receive = receive;
    this.#kept = new KeptMessages(({ bytes, offset, size, buffers }) =>
      receive(bytes, offset, size, buffers),
    );
  }

  /** @param {ArrayBuffer} memory in which runs are */
  open(memory) {
    this.#bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
  }

  /** Whether a message is being handled. */
  get isDelivering() {
    return this.#depth > 0;
  }

  /** A run of messages has come. */
  deliver(offset, size) {
    this.#at = offset;
    this.#end = offset + size;
    if (this.#kept.isWaiting) {
      this.#keepRun();
      return;
    }
    this.#depth++;
    try {
      this.#deliverRun();
    } finally {
      this.#depth--;
    }
  }

  #deliverRun() {
    this.#deliverKept();
    while (this.#at < this.#end) {
      const start = this.#at + HEADER_SIZE;
      this.#receive(this.#bytes, start, this.#skipMessage(), undefined);
      if (this.#at < this.#end) runTicks();
    }
  }

  /** One message has come, its bytes in @body, or in a run where that is null. */
  deliverLarge(buffers, body, offset, size) {
    const bytes = body ? new Uint8Array(body) : this.#bytes;
    if (!this.#kept.isWaiting && this.#kept.isEmpty) {
      this.#receive(bytes, offset, size, buffers);
      return;
    }
    const own = body ? bytes.subarray(offset) : bytes.slice(offset, offset + size);
    this.#kept.add({ bytes: own, offset: 0, size, buffers });
    this.#deliverKept();
  }

  /**
   * Blocks until a message of this kind and target has come and was handled. Others wait.
   * @param {number} kind @param {number} target
   * @param {() => boolean | void} receiveSome false when nothing will come any more
   * @returns {boolean} whether it has come
   */
  waitFor(kind, target, receiveSome) {
    this.#keepRun(); // older than all that comes now
    const hasCome = this.#kept.waitFor(kind, target, receiveSome);
    this.#scheduleKept();
    return hasCome;
  }

  /** As waitFor(), for more than one message: see KeptMessages. */
  waitUntil(isWanted, isDone, receiveSome) {
    this.#keepRun();
    const hasCome = this.#kept.waitUntil(isWanted, isDone, receiveSome);
    this.#scheduleKept();
    return hasCome;
  }

  /** Nothing is delivered any more. */
  stop() {
    this.#end = this.#at;
    this.#kept.stop();
  }

  /** The wait is over, and the script goes on first. */
  #scheduleKept() {
    if (this.#kept.isEmpty || this.#kept.isWaiting || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#deliverKept();
    });
  }

  #deliverKept() {
    while (!this.#kept.isEmpty && !this.#kept.isWaiting) {
      this.#kept.deliverFirst();
      runTicks();
    }
  }

  /** @returns {number} the size of its body */
  #skipMessage() {
    const size = this.#words[this.#at >>> 2];
    this.#at += HEADER_SIZE + ((size + 7) & ~7);
    return size;
  }

  /** Copies what is left of the run: its memory will be written again. */
  #keepRun() {
    while (this.#at < this.#end) {
      const start = this.#at + HEADER_SIZE;
      const size = this.#skipMessage();
      this.#kept.add({ bytes: this.#bytes.slice(start, start + size), offset: 0, size });
    }
  }
}

module.exports = { Inbox };
