'use strict';

/**
 * The agent's end of the channel to its page. All messages are the membrane's: they are read as they come,
 * and handled one a task; while a call waits for its answer, at once.
 */

const binding = require('../binding');
const { Fifo } = require('../../common/fifo');
const { KINDS } = require('../../common/link/kinds');
const { Link } = require('../../common/link');
const { createCodec } = require('../../common/structured-clone');
const { OP } = require('../../common/membrane/words');
const { runTicks } = require('../../node/ticks');
const { cutTexts } = require('../report-text');
const { carryShared, takeShared } = require('../shared-memory');

/** Of channel/layout.h. */
const HEADER_SIZE = 8;

/** A thread that waits is ended by terminate() so soon. */
const WAIT_SLICE_MS = 20;

const { messageKinds } = binding;
const { setImmediate } = globalThis;

class AgentChannel {
  /** @type {import('../../common/membrane/end').End} */
  #end;
  #link;
  #native = null;
  #bytes = null;
  #words = null;
  #scratch = null;
  #reports = createCodec();
  /** Messages that have been read. */
  #messages = new Fifo();
  /** Somebody takes messages, now or when what it waits for has come. */
  #isBusy = false;
  /** The page is in a task that has called. */
  #isTurn = false;

  /** @param {import('../../common/membrane/end').End} end */
  connect(end) {
    this.#end = end;
    const failed = () => process.exit(1); // messages are lost: the page is told that its Node has ended
    this.#link = new Link(end.codec, this.#adapter(), failed, failed);
    const { MEMBRANE_CALL, MEMBRANE_REPLY, MEMBRANE_NOTE, MEMBRANE_TICKS, MEMBRANE_TURN } = KINDS;
    const kinds = [MEMBRANE_CALL, MEMBRANE_REPLY, MEMBRANE_NOTE, MEMBRANE_TICKS, MEMBRANE_TURN];
    for (const kind of kinds) {
      this.#link.handle(kind, (target, value) =>
        this.#messages.push({ kind, target, value, lent: end.takeLent() }),
      );
    }
  }

  /** @param {number} key */
  open(key) {
    this.#native = binding.openPort(key, {
      deliver: (offset, size) => this.#deliver(offset, size),
      deliverLarge: (buffers, body, offset, size) => {
        this.#link.receive(body ? new Uint8Array(body) : this.#bytes, offset, size, buffers);
        this.#handleAll();
      },
      broken: () => process.exit(1),
    });
    this.#bytes = new Uint8Array(this.#native.inbox);
    this.#words = new Uint32Array(this.#native.inbox);
    process.on('exit', () => this.#native.flush());
    this.#native.start();
  }

  // --- for the membrane

  send(kind, target, value) {
    this.#link.send(kind, target, value);
  }

  /** @param {number} call @returns {import('../../common/membrane/end').Message} */
  next(call) {
    const wasBusy = this.#isBusy;
    this.#isBusy = true;
    let message = this.#take();
    if (!this.#end.isServing) message = this.#untilTurnEnds(call, message);
    this.#isBusy = wasBusy;
    if (!wasBusy && this.#messages.length !== 0) setImmediate(() => this.#handleAll());
    return message;
  }

  /** The next message but ends of turns; waits for it. */
  #take() {
    for (;;) {
      while (this.#messages.length === 0) this.#native.receiveBlocking(WAIT_SLICE_MS);
      const message = this.#messages.shift();
      if (this.#notice(message)) return message;
    }
  }

  /** Whether a message is for the membrane. */
  #notice({ kind }) {
    if (kind === KINDS.MEMBRANE_CALL) this.#isTurn = true;
    else if (kind === KINDS.MEMBRANE_TURN) this.#isTurn = false;
    else if (kind === KINDS.MEMBRANE_TICKS)
      process.nextTick(() => this.#end.ask(OP.RUN, 'ticks', []));
    return kind !== KINDS.MEMBRANE_TURN && kind !== KINDS.MEMBRANE_TICKS;
  }

  /** A listener's answer waits for the end of the turn in which the listener was called: until then the
   * page may call, for its microtasks have still to run. */
  #untilTurnEnds(call, message) {
    const isAnswer = message.kind === KINDS.MEMBRANE_REPLY && message.target === call;
    while (isAnswer && this.#isTurn) {
      while (this.#messages.length === 0) this.#native.receiveBlocking(WAIT_SLICE_MS);
      const other = this.#messages.shift();
      if (this.#notice(other)) this.#end.handle(other);
    }
    return message;
  }

  // --- for the page's console

  /** @param {object} report of ../console.js */
  sendConsole(report) {
    const size = this.#reports.encode(cutTexts(report), undefined, 'weft');
    this.#send(messageKinds.CONSOLE, this.#reports.scratch, size);
  }

  /** @returns {import('../../common/link').LinkAdapter} */
  #adapter() {
    const refuse = () => {
      throw new DOMException('A MessagePort could not be cloned.', 'DataCloneError');
    };
    return {
      attach: (buffer, byteLength, isTransferred) => this.#native.attach(buffer, isTransferred),
      detachAll: () => this.#native.detachAll(),
      send: (scratch, size) => this.#send(messageKinds.DATA, scratch, size),
      carryPort: refuse,
      takePort: refuse,
      carryShared: (buffer) => carryShared(this.#native, buffer),
      takeShared: (id) => takeShared(this.#native, id),
    };
  }

  #send(kind, scratch, size) {
    if (this.#scratch !== scratch) {
      this.#scratch = scratch;
      this.#native.setScratch(scratch);
    }
    this.#native.send(kind, size);
  }

  /** A run of messages, in memory that the next one is written to. */
  #deliver(offset, size) {
    const end = offset + size;
    for (let at = offset; at < end;) {
      const length = this.#words[at >>> 2];
      this.#link.receive(this.#bytes, at + HEADER_SIZE, length, undefined);
      at += HEADER_SIZE + ((length + 7) & ~7);
    }
    this.#handleAll();
  }

  #handleOne(message) {
    if (this.#notice(message)) this.#end.handle(message);
    if (this.#messages.length !== 0 && !this.#isTurn) runTicks();
  }

  /** While the page is in a turn, nothing else happens here: see lib/page/node/turns.js. */
  #handleAll() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#messages.length !== 0 || this.#isTurn) {
        if (this.#messages.length === 0) this.#native.receiveBlocking(WAIT_SLICE_MS);
        else this.#handleOne(this.#messages.shift());
      }
    } finally {
      this.#isBusy = false;
    }
  }
}

module.exports = { AgentChannel };
