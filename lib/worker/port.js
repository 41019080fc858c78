'use strict';

/**
 * The worker's channel to its page. One message event is one task: microtasks run in between.
 */

const binding = require('./binding');
const { createCodec } = require('../common/structured-clone');
const { ChannelEnd } = require('../node/channel-end');
const { runTicks } = require('../node/ticks');
const { carryShared, takeShared } = require('./shared-memory');
const { stopPorts } = require('./message-port');
const { carryPort, installPortLink, takePort } = require('./message-port/link');
const { addChannel } = require('./page-memory');
const { cutTexts } = require('./report-text');

const { messageKinds } = binding;

/** @typedef {import('./family-channel').FamilyChannel} FamilyChannel */

class Port {
  #codec = createCodec();
  #channel;
  #scope;
  #onInlineScript = null;
  #stopped = false;
  /** Messages that came before the script had run; null from then on. */
  #early = [];

  /** To the worker that made this one, where that was no page. @type {FamilyChannel | null} */
  #parent = null;

  /** @param {{onMessage(value: unknown, ports?: object[]): void, onMessageError(): void}} scope */
  constructor(scope) {
    this.#scope = scope;
    const events = {
      message: (value, ports) => this.#onMessage(value, ports),
      messageError: () => this.#scope.onMessageError(),
      broken(text) {
        process.stderr.write(`weft: ${text}\n`);
        process.exit(1);
      },
    };
    this.#channel = new ChannelEnd(this.#codec, events, {
      carryPort,
      takePort,
      carryShared: (buffer) => carryShared(this.#channel.native, buffer),
      takeShared: (id) => takeShared(this.#channel.native, id),
    });
    installPortLink(this.link);
  }

  /** All messages but reports go through it. @returns {import('../common/link').Link} */
  get link() {
    return this.#channel.link;
  }

  /** @param {number} key @param {((text: string) => void) | null} onInlineScript */
  open(key, onInlineScript) {
    this.#onInlineScript = onInlineScript;
    this.#channel.open((callbacks) => binding.openPort(key, callbacks));
    addChannel(this.#channel.native);
    process.on('exit', () => this.#channel.native.flush());
  }

  /** A worker of a worker: what it posts goes there. @param {FamilyChannel} parent */
  setParent(parent) {
    this.#parent = parent;
  }

  /** Begins to receive; messages are dispatched from deliverMessages() on. */
  start() {
    this.#channel.start();
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
    this.#channel.stop();
    stopPorts();
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
    if (!this.#channel.native) return;
    const size = this.#codec.encode(cutTexts(report), undefined, 'weft');
    this.#channel.send(kind, this.#codec.scratch, size);
  }

  /** See ChannelEnd. @param {number} kind @param {number} target */
  waitFor(kind, target) {
    this.#channel.waitFor(kind, target);
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
