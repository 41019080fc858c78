'use strict';

/** The page's end of the channel to one worker. */

const { createCodec } = require('../common/structured-clone');
const { Broadcasts } = require('./broadcast');
const { ChannelPort } = require('./channel-port');
const { PortBridges } = require('./message-port/bridges');
require('./streams');
const { followEnvironment, forgetEnvironment } = require('./environment');
const { answerRequests } = require('./loader');
const { serveNestedWorkers } = require('./nested-workers');
require('./platform');

const { console } = globalThis;

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

class WorkerPort {
  #channel;
  #events;
  #broadcasts;

  /** All messages go through it. @type {import('../common/link').Link} */
  link;

  /** @param {string} json what lib/worker/worker-options.js reads @param {number} place its host */
  constructor(json, events, place) {
    this.#events = events;
    const { message, messageError } = events;
    const report = (kind, bytes, offset, size) => this.#report(kind, bytes, offset, size);
    const exited = (why) => this.#exited(why);
    this.#channel = new ChannelPort(codec, { __proto__: null, message, messageError, report, exited });
    this.link = this.#channel.link;
    const bridges = new PortBridges(this.link);
    this.#channel.setBridges(bridges);
    this.#broadcasts = new Broadcasts(this.link);
    answerRequests(this.link);
    followEnvironment(this.link);
    serveNestedWorkers(this.link, (options, nested) => new WorkerPort(options, nested, bridges.host));
    this.#channel.open((callbacks) => binding.spawn(json, place, callbacks));
    if (this.#channel.isOpen) bridges.host = this.#channel.host;
  }

  postMessage(value, transfer, where) {
    this.link.post(value, transfer, where);
  }

  terminate() {
    this.#channel.terminate();
    this.#forget();
  }

  #forget() {
    forgetEnvironment(this.link);
    this.#broadcasts.close();
  }

  #report(kind, bytes, offset, size) {
    const report = codec.decode(bytes, offset, size);
    if (kind === binding.CONSOLE) {
      const { level, print } = LEVELS[report.level];
      binding.consoleMessage(level, report.text, report.line, report.source);
      print(report.text);
    } else if (this.#events.error(report)) {
      logError(report);
    }
  }

  #exited(why) {
    this.#forget();
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
