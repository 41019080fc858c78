'use strict';

/**
 * The worker's end of the channel, in JavaScript: encodes and decodes structured clones in the
 * memory that src/worker/port.c moves. One message event is one task: microtasks run in between.
 */

const binding = require('./binding');
const { Link } = require('../common/link');
const { createCodec } = require('../common/structured-clone');

const { messageKinds } = binding;
const HEADER_SIZE = 8;

const { _tickCallback: tickCallback, _fatalException: fatalException } = process;

/**
 * Runs ticks and microtasks, as Node does between two callbacks of one kind. What a listener threw
 * comes out of a tick; it must not pass through the native callback that we are in, which would
 * find its async context covered by the tick's, and abort.
 */
function runTicks() {
  try {
    tickCallback.call(process);
  } catch (error) {
    if (!fatalException.call(process, error)) process.exit(1);
  }
}

/** Longest text of an error or console message that reaches the page, in UTF-16 units. */
const REPORT_TEXT_MAX = 12_000;

function cutText(value) {
  if (typeof value !== 'string' || value.length <= REPORT_TEXT_MAX) return value;
  return `${value.slice(0, REPORT_TEXT_MAX)}… (${value.length} characters)`;
}

class Port {
  #codec = createCodec();
  #native = null;
  #scope;
  #scratch = null;
  #inbox = null;
  #inboxWords = null;
  #onInlineScript = null;
  #stopped = false;
  /** Messages that came before the script had run; null from then on. */
  #early = [];

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
  }

  /** @returns {import('../common/link').LinkAdapter} */
  #adapter() {
    return {
      attach: (buffer, byteLength, isTransferred) => this.#native.attach(buffer, isTransferred),
      detachAll: () => this.#native.detachAll(),
      send: (scratch, size) => this.#send(messageKinds.DATA, scratch, size),
      carryPort: () => 0,
      takePort: () => null,
      carryShared() {
        throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
      },
      takeShared: () => undefined,
    };
  }

  /** @param {number} key @param {((text: string) => void) | null} onInlineScript */
  open(key, onInlineScript) {
    this.#onInlineScript = onInlineScript;
    this.#native = binding.openPort(key, {
      deliver: (offset, size) => this.#deliver(offset, size),
      deliverLarge: (buffers, body, offset, size) =>
        this.link.receive(body ? new Uint8Array(body) : this.#inbox, offset, size, buffers),
      broken: (text) => {
        process.stderr.write(`weft: ${text}\n`);
        process.exit(1);
      },
    });
    this.#inbox = new Uint8Array(this.#native.inbox);
    this.#inboxWords = new Uint32Array(this.#native.inbox);
    process.on('exit', () => this.#native.flush());
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
  }

  /** Nothing more is delivered; what is posted still goes out. */
  stop() {
    this.#stopped = true;
    this.#native.stop();
  }

  postMessage(value, transfer, where) {
    this.link.post(value, transfer, where);
  }

  /** An uncaught error, for the `error` event at the page. */
  sendError(report) {
    this.#sendReport(messageKinds.ERROR, report);
  }

  /** A console message, for the page's console. */
  sendConsole(report) {
    this.#sendReport(messageKinds.CONSOLE, report);
  }

  /** A report must fit in the ring: its long texts are cut. */
  #sendReport(kind, report) {
    if (!this.#native) return;
    const cut = Object.fromEntries(
      Object.entries(report).map(([name, value]) => [name, cutText(value)]),
    );
    const size = this.#codec.encode(cut, undefined, 'weft');
    this.#send(kind, this.#codec.scratch, size);
  }

  #send(kind, scratch, size) {
    if (this.#scratch !== scratch) {
      this.#scratch = scratch;
      this.#native.setScratch(scratch);
    }
    this.#native.send(kind, size);
  }

  #deliver(offset, size) {
    const end = offset + size;
    let at = offset;
    while (at < end && !this.#stopped) {
      const bodySize = this.#inboxWords[at >>> 2];
      this.link.receive(this.#inbox, at + HEADER_SIZE, bodySize, undefined);
      at += HEADER_SIZE + ((bodySize + 7) & ~7);
      if (at < end) runTicks();
    }
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
