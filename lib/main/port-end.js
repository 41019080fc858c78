'use strict';

const { codec } = require('./codec');
const { openPacket } = require('../common/link/packet');
const { eventPorts } = require('../common/link/attachments');

/**
 * One end of a channel, whoever has it: a MessagePortMain of the app, or a page at the other end of a
 * link. Messages are decoded for the app only; between two pages they go on as they are.
 *
 * @typedef {object} Carrier brings what comes to this end to a page
 * @property {(packet: import('../common/link/packet').Packet) => void} send
 * @property {() => void} close the other end has been closed
 */
class PortEnd {
  /** @type {PortEnd | null} null when it has been closed */
  #peer = null;
  /** @type {Carrier | null} */
  #carrier = null;
  /** @type {import('../common/link/packet').Packet[]} */
  #queue = [];
  #isStarted = false;
  #isScheduled = false;
  #isPeerClosed = false;

  /** Emits the events, when the end is the app's. @type {import('node:events').EventEmitter | null} */
  owner = null;
  isClosed = false;

  /** @returns {[PortEnd, PortEnd]} */
  static pair() {
    const [one, two] = [new PortEnd(), new PortEnd()];
    one.#peer = two;
    two.#peer = one;
    return [one, two];
  }

  /** @param {import('../common/link/packet').Packet} packet */
  post(packet) {
    const peer = this.#peer;
    if (peer && !this.isClosed) peer.#receive(packet);
  }

  start() {
    this.#isStarted = true;
    this.#schedule();
  }

  pause() {
    this.#isStarted = false;
    this.owner = null;
  }

  /** From now on a page has it. @param {Carrier} carrier is given what waits, and all later messages */
  carry(carrier) {
    this.pause();
    this.#carrier = carrier;
    const waiting = this.#queue;
    this.#queue = [];
    for (const packet of waiting) carrier.send(packet);
    if (this.#isPeerClosed) carrier.close();
  }

  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#queue = [];
    const peer = this.#peer;
    this.#peer = null;
    if (peer) peer.#peerClosed();
    this.owner?.emit('close');
  }

  #receive(packet) {
    if (this.#carrier) {
      this.#carrier.send(packet);
    } else {
      this.#queue.push(packet);
      this.#schedule();
    }
  }

  #peerClosed() {
    this.#peer = null;
    this.#isPeerClosed = true;
    if (this.#carrier) this.#carrier.close();
    else this.#schedule();
  }

  /** Each message is a task of its own. */
  #schedule() {
    const hasWork = this.#queue.length > 0 || this.#isPeerClosed;
    if (!this.#isStarted || this.#isScheduled || this.isClosed || !hasWork) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isStarted) return;
      const packet = this.#queue.shift();
      this.#schedule();
      if (packet) this.#deliver(packet);
      else if (this.#isPeerClosed) this.close();
    });
  }

  #deliver(packet) {
    let data;
    try {
      data = openPacket(codec, packet);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      process.stderr.write(`weft: warning: a MessagePortMain got a message that it can't have: ${message}\n`);
      return;
    }
    const ports = [...eventPorts(packet.ports, packet.eventPortCount)];
    this.owner?.emit('message', { data, ports });
  }
}

module.exports = { PortEnd };
