'use strict';

/**
 * The page's end of a channel (src/page/port.h). In: messages of the other end, one task each. Out: what
 * the link sends. A script may wait for a message; what comes meanwhile keeps its order, for later tasks.
 *
 * @typedef {object} ChannelEvents
 * @property {(value: unknown, ports: MessagePort[] | undefined) => void} message
 * @property {boolean} [areTasks] each message is to be a task. Without it they are when they dispatch events
 * @property {() => void} messageError a message could not be decoded
 * @property {(kind: number, bytes: Uint8Array, offset: number, size: number) => void} [report]
 * @property {(why: string) => void} exited the other end has gone; why is '' where that was wished for
 */

const { Link } = require('../common/link');
const { KeptMessages } = require('../common/link/kept-messages');
const P = require('../common/structured-clone/primordials');
const { carryShared, takeShared } = require('./shared-memory');
const { runTask } = require('./task');

const { Uint8Array, Uint32Array, WeakMap } = globalThis;
const getEntry = P.uncurryThis(WeakMap.prototype.get);
const setEntry = P.uncurryThis(WeakMap.prototype.set);

const HEADER_SIZE = 8;

/** A wait looks so often whether its channel has been closed meanwhile. */
const WAIT_SLICE_MS = 1000;

/** ArrayBuffers over segments: they go on to the end that they came from without a copy. */
const segments = new WeakMap();

class ChannelPort {
  #native = null;
  #events;
  #inbox = null;
  #inboxWords = null;
  #cursorWord = 0;
  #scratch = null;
  #bridges = null;
  #hasKept = false;
  #kept = new KeptMessages(({ bytes, offset, size, buffers }) => this.#receive(bytes, offset, size, buffers));

  /** All messages but reports go through it. @type {Link} */
  link;

  /**
   * @param {import('../common/structured-clone').Codec} codec
   * @param {ChannelEvents} events
   * @param {Partial<import('../common/link').LinkAdapter>} [adapter] in place of our own
   */
  constructor(codec, events, adapter = undefined) {
    this.#events = events;
    this.link = new Link(codec, { ...this.#adapter(), ...adapter }, events.message, events.messageError);
  }

  /** @param {import('./message-port/bridges').PortBridges} bridges what carries ports over the link */
  setBridges(bridges) {
    this.#bridges = bridges;
  }

  /** @param {(callbacks: object) => object | null} start makes the native port (src/page/port.h) */
  open(start) {
    this.#native = start({
      __proto__: null,
      deliver: () => this.#deliverNext(),
      deliverLarge: (buffers, ids, body, offset, size) =>
        this.#deliverLarge(buffers, ids, body, offset, size),
      report: (kind, offset, size) => this.#events.report?.(kind, this.#inbox, offset, size),
      exited: (why) => this.#exited(why),
      kept: () => this.#deliverKept(),
    });
    if (!this.#native) return;
    this.#inbox = new Uint8Array(this.#native.inbox);
    this.#inboxWords = new Uint32Array(this.#native.inbox);
    this.#cursorWord = this.#inboxWords.length - 2;
  }

  get isOpen() {
    return this.#native !== null;
  }

  /** Of a worker: the number of its process. */
  get host() {
    return this.#native?.host;
  }

  /** Ends the other end, or leaves it alone. */
  terminate() {
    this.#native?.terminate();
    this.close();
  }

  /** Nothing is sent or delivered any more. */
  close() {
    this.#native = null;
    this.#bridges?.close();
    this.link.close();
  }

  /**
   * Blocks until a message of this kind and target has come and was handled. Others wait.
   * @param {number} kind @param {number} target
   * @returns {boolean} false when it can't come any more
   */
  waitFor(kind, target) {
    const hasCome = this.#kept.waitFor(kind, target, () => this.#receiveBlocking());
    this.#tellKept();
    return hasCome;
  }

  /**
   * Blocks, and handles those messages that are wanted, until it is done. Others wait.
   * @param {(kind: number, target: number) => boolean} isWanted @param {() => boolean} isDone
   * @returns {boolean} false when what it waits for can't come any more
   */
  waitUntil(isWanted, isDone) {
    const hasCome = this.#kept.waitUntil(isWanted, isDone, () => this.#receiveBlocking());
    this.#tellKept();
    return hasCome;
  }

  #receiveBlocking() {
    return this.#native !== null && this.#native.receiveBlocking(WAIT_SLICE_MS);
  }

  // --- sending

  /** @returns {import('../common/link').LinkAdapter} */
  #adapter() {
    return {
      __proto__: null,
      attach: (buffer, byteLength, isTransferred) => this.#attach(buffer, byteLength, isTransferred),
      detachAll: () => this.#native?.detachAll(),
      send: (scratch, size) => this.#send(scratch, size),
      carryPort: (port) => this.#bridges.carry(port),
      takePort: (id) => this.#bridges.take(id),
      carryShared: (buffer) => carryShared(this.#native, buffer),
      takeShared: (id) => takeShared(this.#native, id),
    };
  }

  #send(scratch, size) {
    if (!this.#native) return;
    if (this.#scratch !== scratch) {
      this.#scratch = scratch;
      this.#native.setScratch(scratch);
    }
    this.#native.send(size);
  }

  #attach(buffer, byteLength, isTransferred) {
    if (!this.#native) return;
    const segment = isTransferred ? getEntry(segments, buffer) : undefined;
    if (segment?.port === this) {
      this.#native.forward(segment.id, byteLength);
      return;
    }
    const memory = this.#native.acquire(byteLength);
    if (memory === null) this.#native.attachCopy(new Uint8Array(P.bufferSlice(buffer, 0)));
    else P.typedArraySet(new Uint8Array(memory), new Uint8Array(buffer, 0, byteLength));
  }

  // --- receiving

  #deliverNext() {
    const at = this.#inboxWords[this.#cursorWord];
    const size = this.#inboxWords[at >>> 2];
    if (this.#kept.isWaiting) this.#keep(this.#inbox, at + HEADER_SIZE, size, undefined, true);
    else this.#receive(this.#inbox, at + HEADER_SIZE, size, undefined);
  }

  /** Within a wait there are no tasks. */
  #receive(bytes, offset, size, buffers) {
    if (this.#events.areTasks && !this.#kept.isWaiting) {
      runTask(() => this.link.receive(bytes, offset, size, buffers));
    } else {
      this.link.receive(bytes, offset, size, buffers);
    }
  }

  #deliverLarge(buffers, ids, body, offset, size) {
    for (let i = 0; buffers !== null && i < buffers.length; i++) {
      if (ids[i] !== 0) setEntry(segments, buffers[i], { port: this, id: ids[i] });
    }
    const bytes = body === null ? this.#inbox : new Uint8Array(body);
    if (this.#kept.isWaiting) {
      this.#keep(bytes, offset, size, buffers ?? undefined, body === null);
      return;
    }
    this.#receive(bytes, offset, size, buffers ?? undefined);
    if (body !== null) P.bufferTransfer(body, 0); // gives the segment back now, not at a GC
  }

  /** A script waits, perhaps for this one. The inbox will be written again before others have their turn. */
  #keep(bytes, offset, size, buffers, isInInbox) {
    const own = isInInbox ? P.copyBytes(bytes, offset, size) : bytes;
    this.#kept.add({ __proto__: null, bytes: own, offset: isInInbox ? 0 : offset, size, buffers });
  }

  #deliverKept() {
    if (!this.#kept.isEmpty) this.#kept.deliverFirst();
    this.#tellKept();
  }

  /** They come before all that the native port has. */
  #tellKept() {
    const hasKept = !this.#kept.isEmpty;
    if (hasKept === this.#hasKept) return;
    this.#hasKept = hasKept;
    this.#native?.setKept(hasKept);
  }

  #exited(why) {
    if (this.#native === null) return;
    this.close();
    this.#events.exited(why);
  }
}

module.exports = { ChannelPort };
