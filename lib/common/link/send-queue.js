'use strict';

/**
 * Messages that wait until the bytes of their Blobs have been read, or behind one that does.
 */

const P = require('../structured-clone/primordials');
const { Fifo } = require('../fifo');
const { isArrayBuffer } = require('../structured-clone/classify');
const { LateBytes } = require('../structured-clone/pending');

const { Promise } = globalThis;
const then = P.uncurryThis(Promise.prototype.then);
const readBytes = P.uncurryThis(Blob.prototype.arrayBuffer);

class SendQueue {
  #send;
  #entries = new Fifo();
  #empty = null;

  /** @param {(kind: number, target: number, packet: import('./packet').Packet) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** Whether later messages must wait. */
  get isWaiting() {
    return this.#entries.length !== 0;
  }

  push(kind, target, packet) {
    const entry = { __proto__: null, kind, target, packet, missing: 0 };
    this.#entries.push(entry);
    const { blobs } = packet;
    packet.blobs = P.safeArray();
    for (let i = 0; i < blobs.length; i++) {
      packet.blobs[i] = null; // stays null when it can't be read
      if (isArrayBuffer(blobs[i])) packet.blobs[i] = blobs[i];
      else this.#read(entry, blobs[i] instanceof LateBytes ? blobs[i].read() : readBytes(blobs[i]), i);
    }
    this.#sendReady();
  }

  /** @returns {Promise<void>} */
  whenEmpty() {
    return new Promise((resolve) => {
      if (this.isWaiting) this.#empty = resolve;
      else resolve();
    });
  }

  clear() {
    this.#entries.clear();
    this.#empty?.();
  }

  #read(entry, bytes, index) {
    entry.missing++;
    const done = (buffer) => {
      entry.packet.blobs[index] = buffer;
      entry.missing--;
      this.#sendReady();
    };
    then(bytes, done, () => done(null));
  }

  /** One that can't be sent doesn't keep the others back. */
  #sendReady() {
    let failure = null;
    while (this.#entries.first?.missing === 0) {
      const { kind, target, packet } = this.#entries.shift();
      try {
        this.#send(kind, target, packet);
      } catch (error) {
        failure = { error };
      }
    }
    if (!this.isWaiting) this.clear();
    if (failure !== null) throw failure.error;
  }
}

module.exports = { SendQueue };
