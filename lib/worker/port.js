'use strict';

/**
 * The worker's end of the channel, in JavaScript: encodes and decodes structured clones in the
 * memory that src/node/port.c moves. One message event is one task: microtasks run in between.
 */

const binding = require('./binding');
const { Link } = require('../common/link');
const { createCodec } = require('../common/structured-clone');
const { carryShared, takeShared } = require('./shared-memory');
const { Inbox } = require('../node/inbox');
const { stopPorts } = require('./message-port');
const { carryPort, installPortLink, takePort } = require('./message-port/link');
const { setPageChannel } = require('./page-memory');
const { cutTexts } = require('./report-text');
const { runTicks } = require('../node/ticks');

const { messageKinds } = binding;

/** A script that waits is ended by terminate() so soon. */
const WAIT_SLICE_MS = 20;

/** @typedef {import('./family-channel').FamilyChannel} FamilyChannel */

class Port {
  #codec = createCodec();
  #native = null;
  #scope;
  #scratch = null;
  #onInlineScript = null;
  #stopped = false;
  #inbox = new Inbox((bytes, offset, size, buffers) =>
    this.link.receive(bytes, offset, size, buffers),
  );
  /** Messages that came before the script had run; null from then on. */
  #early = [];

  /** To the worker that made this one, where that was no page. @type {FamilyChannel | null} */
  #parent = null;

  /** All messages but reports go through it. @type {Link} */
  link;

  /** @param {{onMessage(value: unknown, ports?: object[]): void, onMessageError(): void}} scope */
  constructor(scope) {
    this.#scope = scope;
    this.link = new Link(
      this.#codec,
      this.#adapter(),
      (value, ports) => this.#onMessage(value, ports),
      () => this.#scope.onMessageError(),
    );
    installPortLink(this.link);
  }

  /** @returns {import('../common/link').LinkAdapter} */
  #adapter() {
    return {
      attach: (buffer, byteLength, isTransferred) => this.#native.attach(buffer, isTransferred),
      detachAll: () => this.#native.detachAll(),
      send: (scratch, size) => this.#send(messageKinds.DATA, scratch, size),
      carryPort,
      takePort,
      carryShared: (buffer) => carryShared(this.#native, buffer),
      takeShared: (id) => takeShared(this.#native, id),
    };
  }

  /** @param {number} key @param {((text: string) => void) | null} onInlineScript */
  open(key, onInlineScript) {
    this.#onInlineScript = onInlineScript;
    this.#native = binding.openPort(key, {
      deliver: (offset, size) => this.#inbox.deliver(offset, size),
      deliverLarge: (...message) => this.#inbox.deliverLarge(...message),
      broken: (text) => {
        process.stderr.write(`weft: ${text}\n`);
        process.exit(1);
      },
    });
    this.#inbox.open(this.#native.inbox);
    setPageChannel(this.#native);
    process.on('exit', () => this.#native.flush());
  }

  /** A worker of a worker: what it posts goes there. @param {FamilyChannel} parent */
  setParent(parent) {
    this.#parent = parent;
  }

  /** Begins to receive; messages are dispatched from deliverMessages() on. */
  start() {
    this.#native.start();
  }

  /** The script has run: messages may come in, those that have come first. */
  deliverMessages() {
    const early = this.#early;
    this.#early = null;
    for (const { value, ports } of early) {
      if (this.#stopped) return;
      this.#scope.onMessage(value, ports);
      runTicks();
    }
    this.#parent?.start();
  }

  /** Nothing more is delivered; what is posted still goes out. */
  stop() {
    this.#stopped = true;
    this.#parent?.stop();
    this.#inbox.stop();
    stopPorts();
    this.#native.stop();
  }

  postMessage(value, transfer, where) {
    if (this.#parent) this.#parent.postMessage(value, transfer, where);
    else this.link.post(value, transfer, where);
  }

  /** An uncaught error, for the `error` event at whoever made the worker. */
  sendError(report) {
    if (this.#parent) this.#parent.sendReport(cutTexts(report));
    else this.#sendReport(messageKinds.ERROR, report);
  }

  /** A console message, for the page's console. */
  sendConsole(report) {
    this.#sendReport(messageKinds.CONSOLE, report);
  }

  #sendReport(kind, report) {
    if (!this.#native) return;
    const size = this.#codec.encode(cutTexts(report), undefined, 'weft');
    this.#send(kind, this.#codec.scratch, size);
  }

  #send(kind, scratch, size) {
    if (this.#scratch !== scratch) {
      this.#scratch = scratch;
      this.#native.setScratch(scratch);
    }
    this.#native.send(kind, size);
  }

  /**
   * Blocks until a message of this kind and target has come and was handled. Others wait.
   * @param {number} kind @param {number} target
   */
  waitFor(kind, target) {
    this.#inbox.waitFor(kind, target, () => this.#native.receiveBlocking(WAIT_SLICE_MS));
  }

  #onMessage(value, ports) {
    if (this.#onInlineScript) {
      const run = this.#onInlineScript;
      this.#onInlineScript = null;
      run(value);
      return;
    }
    if (this.#early) this.#early.push({ value, ports });
    else this.#scope.onMessage(value, ports);
  }
}

module.exports = { Port };
