'use strict';

const { EventEmitter } = require('node:events');

/** Of workers, over all windows. */
let lastId = 0;

/**
 * The worker that a message comes from: `event.senderWorker`. Weft's own; it emits `destroyed`.
 */
class SenderWorker extends EventEmitter {
  #line;
  #isDestroyed = false;

  id = ++lastId;

  /**
   * @param {import('./ipc-line').IpcLine} line to it
   * @param {{name: string, url: string}} said of it by its host
   */
  constructor(line, { name, url }) {
    super();
    this.#line = line;
    this.name = name;
    this.url = url;
  }

  isDestroyed() {
    return this.#isDestroyed;
  }

  /** For a worker that is over, it does nothing: as with a frame's `event.reply`. */
  send(channel, ...args) {
    checkChannel(channel);
    if (!this.#isDestroyed) this.#line.send(channel, args);
  }

  postMessage(channel, message, transfer = []) {
    if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
    checkChannel(channel);
    if (!Array.isArray(transfer)) throw new TypeError('Invalid value for transfer');
    if (!this.#isDestroyed) this.#line.post(channel, message, transfer);
  }

  /** For worker-lines.js: the worker is over. */
  destroy() {
    if (this.#isDestroyed) return;
    this.#line.drain(); // its last words
    this.#isDestroyed = true;
    this.#line.close();
    this.emit('destroyed');
  }
}

function checkChannel(channel) {
  if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
}

module.exports = { SenderWorker };
