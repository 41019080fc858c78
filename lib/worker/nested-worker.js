'use strict';

/**
 * `Worker` in a worker: its script runs in a thread of its own, which ends with this one. Messages go
 * from thread to thread. The page starts it (lib/page/nested-workers.js), because each worker has a
 * channel to the page, for its console, the page's blobs and shared memory.
 */

const { resolveObjectURL } = require('node:buffer');
const { randomUUID } = require('node:crypto');
const { MessageChannel } = require('node:worker_threads');
const { KINDS } = require('../common/link/kinds');
const { readWorkerArguments } = require('../common/worker-arguments');
const { makeWorkerClass } = require('../common/worker-object');
const { describeError } = require('./error-report');
const { FamilyChannel } = require('./family-channel');
const { readMainScript } = require('./script');
const supervisor = require('./supervisor-line');
const { originOf } = require('./worker-location');

/** Longer addresses do not go to the page: what they hold is sent from here. */
const DATA_URL_MAX = 16 * 1024;

/** @type {import('./port').Port} */
let port;
/** Of this worker. @type {import('./worker-options').WorkerOptions} */
let own;
/** Those that have not ended, by their token. @type {Map<string, NestedWorker>} */
const children = new Map();

class NestedWorker {
  #token = randomUUID();
  #settings;
  #events;
  #channel;
  /** The child's end of the channel, until the supervisor has it. */
  #far;
  #isOver = false;
  /** Why the child has ended; null while it has not. */
  #why = null;

  constructor({ href, protocol, credentials, name, type }, events) {
    const { port1, port2 } = new MessageChannel();
    const isLong = protocol === 'data:' && href.length > DATA_URL_MAX;
    const inlineScript = protocol === 'blob:' || isLong;
    const url = isLong ? href.slice(0, DATA_URL_MAX) : href;
    const documentURL = /^(blob|data):/.test(own.url) ? own.documentURL : own.url;
    const nested = this.#token;
    this.#settings = { url, documentURL, credentials, name, type, inlineScript, nested };
    this.#events = events;
    this.#far = port2;
    this.#channel = new FamilyChannel(port1, {
      message: events.message,
      messageError: events.messageError,
      report: (report) => this.#reported(report),
      over: () => this.#over(),
    });
    this.#channel.start();
    children.set(nested, this);
    if (inlineScript) this.#readScript(href, type);
    else this.#announce();
  }

  postMessage(value, transfer, where) {
    this.#channel.postMessage(value, transfer, where);
  }

  terminate() {
    if (!children.delete(this.#token)) return;
    this.#channel.close();
    supervisor.send('endChild', this.#token);
  }

  /** The supervisor expects it. */
  announced() {
    port.link.send(KINDS.NESTED_SPAWN, 0, this.#settings, undefined, 'weft');
  }

  /** It has ended, or was never started. @param {string} why or '' */
  ended(why) {
    this.#why = why;
    if (this.#isOver) this.#finish();
    else if (this.#far) this.#over();
  }

  /** The page or a Blob may be gone soon, so it is read now. */
  async #readScript(href, type) {
    try {
      const { text } = await readMainScript({ url: href, type });
      this.#channel.sendScript(text);
      if (children.has(this.#token)) this.#announce();
    } catch (error) {
      const report = { ...describeError(error), message: error.message, isLoadError: true };
      children.delete(this.#token);
      this.#channel.close();
      setImmediate(() => this.#reported(report));
    }
  }

  #announce() {
    const child = { token: this.#token, port: this.#far };
    supervisor.send('announce', child, [this.#far]);
    this.#far = null;
  }

  /** An error that nobody has handled here either goes on, to the page at last. */
  #reported(report) {
    if (!this.#events.error(report)) return;
    const { message, filename, lineno, isLoadError } = report;
    if (!isLoadError) port.sendError(report);
    else port.sendConsole({ level: 'error', text: message, source: filename, line: lineno });
  }

  /** All that it has sent is here. */
  #over() {
    this.#isOver = true;
    if (this.#why !== null) this.#finish();
  }

  #finish() {
    children.delete(this.#token);
    if (this.#why !== '') {
      this.#reported({ message: this.#why, filename: '', lineno: 0, colno: 0 });
    }
  }
}

/** Whether this worker may start one there: what it could read, and data: addresses. */
function mayStart(url) {
  const { href, protocol } = url;
  if (protocol === 'data:') return true;
  if (protocol === 'blob:' && resolveObjectURL(href.split('#', 1)[0])) return true;
  return globalThis.origin !== 'null' && originOf(href) === originOf(own.documentURL);
}

/** Messages to a nested worker go from thread to thread, so it lives in the process of the one that makes it. */
function readNestedArguments(given) {
  const settings = readWorkerArguments(given, maker);
  if (settings.ownProcess) {
    throw new DOMException(
      "Failed to construct 'Worker': only a page can give a worker a process of its own (weft.process).",
      'NotSupportedError',
    );
  }
  return settings;
}

const maker = {
  baseURL: () => globalThis.location.href,
  origin: () => globalThis.origin,
  mayStart,
};

/** @param {import('./port').Port} pagePort */
function installNestedWorkers(pagePort) {
  port = pagePort;
  const Worker = makeWorkerClass({
    readArguments: readNestedArguments,
    connect: (given, events) => new NestedWorker(given, events),
  });
  Object.defineProperty(globalThis, 'Worker', { value: Worker, writable: true, configurable: true });
  supervisor.on('announced', (token) => children.get(token)?.announced());
  supervisor.on('childEnded', ({ token, why }) => children.get(token)?.ended(why));
  port.link.handle(KINDS.NESTED_REFUSED, (target, value) => {
    const { token, why } = value ?? {};
    if (children.has(token)) supervisor.send('endChild', token);
    children.get(token)?.ended(String(why));
  });
}

/** @param {import('./worker-options').WorkerOptions} options of this worker */
function setOwnOptions(options) {
  own = options;
}

module.exports = { installNestedWorkers, setOwnOptions };
