'use strict';

/**
 * The ports that one link of the page brings to and from its other end; each has a bridge.
 */

const P = require('../../common/structured-clone/primordials');
const { KINDS } = require('../../common/link/kinds');
const { PortBridge } = require('./bridge');
const { findMoving, serveMoves } = require('./moves');
const { codec: defaultCodec, joinEnds } = require('./ends');
const native = require('./natives');
require('./type');

const runSoon = globalThis.queueMicrotask.bind(globalThis);

class PortBridges {
  #bridges = P.newSafeMap();
  #nextId;
  #isOpen = true;

  /** @type {import('../../common/link').Link} */
  link;
  /** For what goes over the link. @type {import('../../common/structured-clone').Codec} */
  codec;
  /** Whether the other end can talk to others like it without the page. */
  mayRelease;
  /** Number of its process: only in one process can they do that. */
  host = 0;

  /**
   * @param {import('../../common/link').Link} link
   * @param {{codec?: import('../../common/structured-clone').Codec, firstId?: number, mayRelease?: boolean}} [options]
   */
  constructor(link, { codec = defaultCodec, firstId = 1, mayRelease = true } = {}) {
    this.link = link;
    this.codec = codec;
    this.mayRelease = mayRelease;
    this.#nextId = firstId;
    link.handlePackets(KINDS.PORT_MESSAGE, (id, packet) => this.#receive(id, packet));
    link.handle(KINDS.PORT_CLOSED, (id, value) => (this.#bridges.get(id) ?? findMoving(value))?.close());
    serveMoves(this);
    link.handle(KINDS.PORT_RELEASED, (id) => this.#bridges.get(id)?.released());
  }

  /** Gives a port to the other end. @param {MessagePort} port @returns {number} its id there */
  carry(port) {
    const id = this.#nextId;
    this.#nextId += 2;
    if (!this.#isOpen) {
      native.close(port);
      return id;
    }
    const bridge = new PortBridge(this, id, port, false);
    this.#bridges.set(id, bridge);
    // Behind the message that brings the port.
    if (bridge.end.peer?.bridge) runSoon(() => bridge.release());
    return id;
  }

  /** A port that the other end gave. @param {number} id @returns {MessagePort} */
  take(id) {
    const channel = new native.MessageChannel();
    const port = native.port1Of(channel);
    joinEnds(port, native.port2Of(channel));
    this.#bridges.set(id, new PortBridge(this, id, native.port2Of(channel), true));
    return port;
  }

  /** The other end is gone. */
  close() {
    this.#isOpen = false;
    this.#bridges.forEach((bridge) => bridge.close());
  }

  remove(id) {
    this.#bridges.delete(id);
  }

  /** @returns {PortBridge | undefined} */
  find(id) {
    return this.#bridges.get(id);
  }

  /** A port that was another worker's. */
  adopt(id, bridge) {
    this.#bridges.set(id, bridge);
    bridge.settle(this, id);
  }

  #receive(id, packet) {
    const bridge = this.#bridges.get(id);
    if (bridge !== undefined) bridge.receive(packet);
    else for (let i = 0; i < packet.ports.length; i++) native.close(packet.ports[i]);
  }
}

module.exports = { PortBridges };
