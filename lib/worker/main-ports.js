'use strict';

/**
 * Ports of this worker whose other end is in the main process, or came from there: the worker's line
 * carries their messages (lib/main/ipc-line.js). The worker numbers those it gives away odd, main even.
 */

const { KINDS } = require('../common/link/kinds');
const { makePort, takeEnd } = require('./message-port');
const { PortEnd, dropPacket } = require('./message-port/end');
const { LinkRoute, giveEnd } = require('./message-port/link-route');

class MainPorts {
  #nextId = 1;
  /** @type {import('./message-port/link-route').Registry} */
  #main = { link: null, ends: new Map() };

  /** @param {import('../common/link').Link} link */
  open(link) {
    this.#main.link = link;
    link.handlePackets(KINDS.PORT_MESSAGE, (id, packet) => {
      const end = this.#main.ends.get(id);
      if (end) end.receive(packet, true);
      else dropPacket(packet);
    });
    link.handle(KINDS.PORT_CLOSED, (id) => this.#closed(id));
  }

  /** Gives a port to main. @param {object} port @returns {number} its id there */
  carry(port) {
    const id = this.#nextId;
    this.#nextId += 2;
    giveEnd(this.#main, id, takeEnd(port));
    return id;
  }

  /** A port that main gave. @param {number} id @returns {object} */
  take(id) {
    return makePort(new PortEnd(new LinkRoute(this.#main, id)));
  }

  /** Main has gone. */
  close() {
    for (const id of [...this.#main.ends.keys()]) this.#closed(id);
  }

  #closed(id) {
    const end = this.#main.ends.get(id);
    this.#main.ends.delete(id);
    end?.over();
  }
}

module.exports = { MainPorts };
