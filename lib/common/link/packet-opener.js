'use strict';

/**
 * Opens the messages of one port in their order: while one waits for a value that takes time to make
 * (a CryptoKey), those behind it wait too.
 */

const P = require('../structured-clone/primordials');
const { eventPorts } = require('./attachments');
const { openPacket } = require('./packet');
const { Pending } = require('../structured-clone/pending');

class PacketOpener {
  #codec;
  /** Those behind one that is not complete. */
  #waiting = null;

  /** @param {import('../structured-clone').Codec} codec */
  constructor(codec) {
    this.#codec = codec;
  }

  /**
   * @param {import('./packet').Packet} packet
   * @param {(message: {value: unknown, ports: object[]} | null) => void} done is given null when the
   *   message can't be decoded
   */
  open(packet, done) {
    if (this.#waiting !== null) {
      this.#waiting[this.#waiting.length] = { __proto__: null, packet, done };
      return;
    }
    let message = null;
    try {
      const value = openPacket(this.#codec, packet);
      message = { __proto__: null, value, ports: eventPorts(packet.ports, packet.eventPortCount) };
    } catch (error) {
      if (error instanceof Pending) {
        this.#wait(error, packet, done);
        return;
      }
    }
    done(message);
  }

  #wait(pending, packet, done) {
    this.#waiting = P.safeArray();
    pending.whenSettled(() => {
      const behind = this.#waiting;
      this.#waiting = null;
      packet.settled = pending.values;
      this.open(packet, done);
      for (let i = 0; i < behind.length; i++) this.open(behind[i].packet, behind[i].done);
    });
  }
}

module.exports = { PacketOpener };
