'use strict';

/**
 * The route of a port whose other end is at the far end of a link, under an id there: the page's
 * (link.js), or the main process's (main-ports.js).
 *
 * @typedef {object} Registry of one link
 * @property {import('../../common/link').Link} link
 * @property {Map<number, import('./end').PortEnd>} ends whose other ends are there, by id
 */

const { makeUndecodable, toPacket } = require('../../common/link/packet');
const { KINDS } = require('../../common/link/kinds');
const { LocalRoute, PortEnd, join } = require('./end');
const { codec } = require('../message-port');

const { queueMicrotask } = globalThis;

class LinkRoute {
  #registry;
  #id;
  /** Messages for a port that the other end does not have yet: it is on its way. */
  #backlog = null;
  #isClosed = false;

  /**
   * @param {Registry} registry
   * @param {number} id
   * @param {import('../../common/link/packet').Packet[] | null} backlog
   */
  constructor(registry, id, backlog = null) {
    this.#registry = registry;
    this.#id = id;
    if (backlog === null) return;
    this.#backlog = backlog;
    // Behind the message that brings the port, which is being sent.
    queueMicrotask(() => this.#flush());
  }

  get id() {
    return this.#id;
  }

  /** @param {Registry} registry */
  isOf(registry) {
    return this.#registry === registry;
  }

  attach(end) {
    this.#registry.ends.set(this.#id, end);
  }

  start() {}

  send(packet) {
    if (this.#backlog) this.#backlog.push(packet);
    else this.#forward(packet);
  }

  post(value, transfer, where) {
    if (this.#backlog) this.send(toPacket(codec, value, transfer, where));
    else this.#registry.link.send(KINDS.PORT_MESSAGE, this.#id, value, transfer, where);
  }

  close() {
    this.#registry.ends.delete(this.#id);
    this.#isClosed = true;
    if (!this.#backlog) this.#registry.link.send(KINDS.PORT_CLOSED, this.#id, undefined);
  }

  #flush() {
    const packets = this.#backlog;
    this.#backlog = null;
    for (const packet of packets) this.#forward(packet);
    if (this.#isClosed) this.close();
  }

  /** Its sender has gone on: what the other end can't have is an error there. */
  #forward(packet) {
    const { link } = this.#registry;
    try {
      link.forward(KINDS.PORT_MESSAGE, this.#id, packet);
    } catch {
      link.forward(KINDS.PORT_MESSAGE, this.#id, makeUndecodable());
    }
  }
}

/**
 * Gives an end to the far end of a link.
 * @param {Registry} registry @param {number} id there @param {PortEnd} end that was taken from its port
 */
function giveEnd(registry, id, end) {
  const { route } = end;
  const far = new LinkRoute(registry, id, end.release());
  if (route === null) far.close();
  else if (route instanceof LocalRoute) route.peer.reroute(far);
  else join(end, new PortEnd(far));
}

module.exports = { LinkRoute, giveEnd };
