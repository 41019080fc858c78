'use strict';

/**
 * Node's end of a channel, in JavaScript: structured clones in the memory that src/node/port.c moves.
 * In: messages of the other end, one task each. Out: what the link sends.
 *
 * @typedef {object} ChannelEvents
 * @property {(value: unknown, ports?: object[]) => void} message
 * @property {() => void} messageError a message could not be decoded
 * @property {(text: string) => void} broken the other end did not follow the protocol
 * @property {() => void} [closed] the other end has gone; what it had sent has been delivered
 */

const { Link } = require('../common/link');
const { Inbox } = require('./inbox');

/** Of channel/layout.h: a structured clone. */
const DATA = 1;

/** A script that waits is ended by terminate() so soon. */
const WAIT_SLICE_MS = 20;
/** One that sends without an end is cut off. */
const DRAIN_MS = 50;

class ChannelEnd {
  #native = null;
  #scratch = null;
  #events;
  #inbox = new Inbox((bytes, offset, size, buffers) =>
    this.link.receive(bytes, offset, size, buffers),
  );

  /** All messages but reports go through it. @type {Link} */
  link;

  /**
   * @param {import('../common/structured-clone').Codec} codec
   * @param {ChannelEvents} events
   * @param {Pick<import('../common/link').LinkAdapter, 'carryPort' | 'takePort' | 'carryShared' | 'takeShared'>} objects
   */
  constructor(codec, events, objects) {
    this.#events = events;
    const adapter = {
      attach: (buffer, byteLength, isTransferred) => this.#native?.attach(buffer, isTransferred),
      detachAll: () => this.#native?.detachAll(),
      send: (scratch, size) => this.send(DATA, scratch, size),
      ...objects,
    };
    this.link = new Link(codec, adapter, events.message, events.messageError);
  }

  /**
   * @param {(callbacks: object) => any} start makes the native port (src/node/port.h)
   * @param {{copies?: boolean}} [options] copies: the other end is not trusted with the memory of what it sent
   */
  open(start, { copies = false } = {}) {
    const { broken, closed } = this.#events;
    this.#native = start({
      deliver: (offset, size) => this.#inbox.deliver(offset, size),
      deliverLarge: (...message) => this.#inbox.deliverLarge(...message),
      broken,
      ...(closed && { closed }),
      copies,
    });
    this.#inbox.open(this.#native.inbox);
  }

  /** src/node/port.h; null before open() and after close(). */
  get native() {
    return this.#native;
  }

  /** Begins to receive. */
  start() {
    this.#native?.start();
  }

  /** Nothing more is delivered; what is sent still goes out. */
  stop() {
    this.#inbox.stop();
    this.#native?.stop();
  }

  /** Delivers what has come, now; nothing when this is called by what a message does. */
  drain() {
    if (!this.#inbox.isDelivering) this.#native?.drain(DRAIN_MS);
  }

  /** Nothing more is delivered or sent. */
  close() {
    this.#inbox.stop();
    this.#native?.close();
    this.#native = null;
    this.link.close();
  }

  /** @param {number} kind of channel/layout.h @param {ArrayBuffer} scratch @param {number} size */
  send(kind, scratch, size) {
    if (!this.#native) return;
    if (this.#scratch !== scratch) {
      this.#scratch = scratch;
      this.#native.setScratch(scratch);
    }
    this.#native.send(kind, size);
  }

  /**
   * Blocks until a message of this kind and target has come and was handled. Others wait.
   * @param {number} kind @param {number} target
   * @returns {boolean} false when it can't come any more
   */
  waitFor(kind, target) {
    return this.#inbox.waitFor(kind, target, () => this.#receiveBlocking());
  }

  /**
   * Blocks, and handles those messages that are wanted, until it is done. Others wait.
   * @param {(kind: number, target: number) => boolean} isWanted @param {() => boolean} isDone
   * @returns {boolean} false when what it waits for can't come any more
   */
  waitUntil(isWanted, isDone) {
    return this.#inbox.waitUntil(isWanted, isDone, () => this.#receiveBlocking());
  }

  #receiveBlocking() {
    return this.#native?.receiveBlocking(WAIT_SLICE_MS) ?? false;
  }
}

module.exports = { ChannelEnd };
