'use strict';

/**
 * The page's end of the channel, in JavaScript: encodes and decodes structured clones in the memory
 * that src/page/port.c moves.
 */

const { Link } = require('../common/link');
const { createCodec } = require('../common/structured-clone');
const { Broadcasts } = require('./broadcast');
const { PortBridges } = require('./message-port/bridges');
const { carryShared, takeShared } = require('./shared-memory');
require('./streams');
const { followEnvironment, forgetEnvironment } = require('./environment');
const { answerRequests } = require('./loader');
const { serveNestedWorkers } = require('./nested-workers');
require('./platform');

const { Uint8Array, Uint32Array, WeakMap, console } = globalThis;
const uncurry = (method) => Function.prototype.call.bind(method);
const { getPrototypeOf } = Object;
const setBytes = uncurry(getPrototypeOf(Uint8Array.prototype).set);
const slice = uncurry(ArrayBuffer.prototype.slice);
const transferBuffer = uncurry(ArrayBuffer.prototype.transfer);
const getEntry = uncurry(WeakMap.prototype.get);
const setEntry = uncurry(WeakMap.prototype.set);

const HEADER_SIZE = 8;

/** Where a worker runs, besides numbers of hosts (src/page/hosts.h). */
const SHARED_HOST = 0;
const OWN_HOST = -1;

/** Electron's levels, and the page console's method for each of the worker's. */
const LEVELS = {
  __proto__: null,
  debug: { level: 0, print: console.debug.bind(console) },
  info: { level: 1, print: console.log.bind(console) },
  warning: { level: 2, print: console.warn.bind(console) },
  error: { level: 3, print: console.error.bind(console) },
};

/** One codec for all workers of the page: encoding is synchronous. */
const codec = createCodec();

/** ArrayBuffers over segments: they go on to the worker they came from without a copy. */
const segments = new WeakMap();

class WorkerPort {
  #native;
  #events;
  #inbox = null;
  #inboxWords = null;
  #cursorWord = 0;
  #scratch = null;

  #ports;
  #broadcasts;

  /** All messages go through it. @type {Link} */
  link;

  /** @param {string} json what lib/worker/worker-options.js reads @param {number} place its host */
  constructor(json, events, place) {
    this.#events = events;
    this.link = new Link(codec, this.#adapter(), events.message, events.messageError);
    this.#ports = new PortBridges(this.link);
    this.#broadcasts = new Broadcasts(this.link);
    answerRequests(this.link);
    followEnvironment(this.link);
    serveNestedWorkers(this.link, (options, nested) => new WorkerPort(options, nested, this.#ports.host));
    this.#native = binding.spawn(
      json,
      place,
      () => this.#deliverNext(),
      (buffers, ids, body, offset, size) => this.#deliverLarge(buffers, ids, body, offset, size),
      (kind, offset, size) => this.#report(kind, offset, size),
      (why) => this.#exited(why),
    );
    if (!this.#native) return;
    this.#ports.host = this.#native.host;
    this.#inbox = new Uint8Array(this.#native.inbox);
    this.#inboxWords = new Uint32Array(this.#native.inbox);
    this.#cursorWord = this.#inboxWords.length - 2;
  }

  postMessage(value, transfer, where) {
    this.link.post(value, transfer, where);
  }

  terminate() {
    this.#native?.terminate();
    this.#native = null;
    this.#close();
  }

  #close() {
    forgetEnvironment(this.link);
    this.#ports.close();
    this.#broadcasts.close();
    this.link.close();
  }

  /** @returns {import('../common/link').LinkAdapter} */
  #adapter() {
    return {
      attach: (buffer, byteLength, isTransferred) => this.#attach(buffer, byteLength, isTransferred),
      detachAll: () => this.#native?.detachAll(),
      send: (scratch, size) => this.#send(scratch, size),
      carryPort: (port) => this.#ports.carry(port),
      takePort: (id) => this.#ports.take(id),
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
    if (memory === null) this.#native.attachCopy(new Uint8Array(slice(buffer, 0)));
    else setBytes(new Uint8Array(memory), new Uint8Array(buffer, 0, byteLength));
  }

  #deliverNext() {
    const at = this.#inboxWords[this.#cursorWord];
    this.link.receive(this.#inbox, at + HEADER_SIZE, this.#inboxWords[at >>> 2], undefined);
  }

  #deliverLarge(buffers, ids, body, offset, size) {
    for (let i = 0; buffers !== null && i < buffers.length; i++) {
      if (ids[i] !== 0) setEntry(segments, buffers[i], { port: this, id: ids[i] });
    }
    const bytes = body === null ? this.#inbox : new Uint8Array(body);
    this.link.receive(bytes, offset, size, buffers ?? undefined);
    if (body !== null) transferBuffer(body, 0); // gives the segment back now, not at a GC
  }

  #report(kind, offset, size) {
    const report = codec.decode(this.#inbox, offset, size);
    if (kind === binding.CONSOLE) {
      const { level, print } = LEVELS[report.level];
      binding.consoleMessage(level, report.text, report.line, report.source);
      print(report.text);
    } else if (this.#events.error(report)) {
      logError(report);
    }
  }

  #exited(why) {
    this.#native = null;
    this.#close();
    if (why === '') return;
    const report = { message: why, filename: '', lineno: 0, colno: 0 };
    if (this.#events.error(report)) logError(report);
  }
}

/** An error that no handler took goes to the console, as in browsers. */
function logError({ message, filename, lineno }) {
  binding.consoleMessage(3, message, lineno, filename);
  LEVELS.error.print(`${message} (${filename}:${lineno})`);
}

module.exports = { WorkerPort, OWN_HOST, SHARED_HOST };
