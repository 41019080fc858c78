'use strict';

const { MessagePortMain, createChannel } = require('./message-port-main');
const { KINDS } = require('../common/link/kinds');

/** @typedef {import('./port-end').PortEnd} PortEnd */

/**
 * Ports that have one end in this process, or in a page of its own, and the other at the far end of a
 * line, which is not trusted. Those that we give have even ids, those that come odd ones.
 */
class LinePorts {
  #link;
  /** What the far end has the other end of. @type {Map<number, PortEnd>} */
  #ends = new Map();
  #lastId = 0;
  #isOpen = true;

  /** @param {import('../common/link').Link} link */
  constructor(link) {
    this.#link = link;
    link.handlePackets(KINDS.PORT_MESSAGE, (id, packet) => this.#received(id, packet));
    link.handle(KINDS.PORT_CLOSED, (id) => this.#closed(id));
  }

  /** Gives a port to the far end. @param {MessagePortMain} port @returns {number} its id there */
  carry(port) {
    this.#lastId += 2;
    const id = this.#lastId;
    const end = /** @type {PortEnd} */ (MessagePortMain.endOf(port));
    this.#ends.set(id, end);
    // What waits in it goes behind the message that brings it.
    queueMicrotask(() => end.carry(this.#carrier(id)));
    return id;
  }

  /** A port that the far end gave. @param {number} id @returns {MessagePortMain} */
  take(id) {
    if (id % 2 === 0 || this.#ends.has(id)) throw new Error('weft: a page gave a port twice');
    const [port, theirs] = createChannel();
    const end = /** @type {PortEnd} */ (MessagePortMain.endOf(theirs));
    this.#ends.set(id, end);
    end.carry(this.#carrier(id));
    return port;
  }

  /** The far end has gone. */
  close() {
    this.#isOpen = false;
    for (const end of this.#ends.values()) end.close();
    this.#ends.clear();
  }

  /** @returns {import('./port-end').Carrier} */
  #carrier(id) {
    return {
      send: (packet) => {
        if (this.#isOpen) this.#link.forward(KINDS.PORT_MESSAGE, id, packet);
      },
      close: () => {
        if (this.#isOpen && this.#ends.delete(id)) this.#link.send(KINDS.PORT_CLOSED, id, undefined);
      },
    };
  }

  #received(id, packet) {
    const end = this.#ends.get(id);
    if (end) end.post(packet);
    else for (const port of Array.from(packet.ports)) port.close();
  }

  #closed(id) {
    this.#ends.get(id)?.close();
    this.#ends.delete(id);
  }
}

module.exports = { LinePorts };
