'use strict';

/**
 * Message ports of the page whose owner is at the other end of a link (a worker, the main process).
 *
 * The page keeps the port itself, the hold: what arrives there goes over the link under an id, and
 * what comes for that id is posted there. Where both ends of a channel are at workers, these are told
 * to talk without the page: both get the same key, and when one says that it has sent its last
 * message this way, the other is told so behind that message.
 */

const P = require('../../common/structured-clone/primordials');
const { KINDS } = require('../../common/link/kinds');
const { makeUndecodable } = require('../../common/link/packet');
const { endOf } = require('./ends');
const native = require('./natives');
const { randomKey } = require('./random-key');

const warn = globalThis.console.warn.bind(globalThis.console);

/** One end of a channel that is at the other end of a link. */
class PortBridge {
  #bridges;
  #id;
  #hasEnded = false;
  #isReleasing = false;
  /** What goes over the link as soon as it has a new owner; null while it has one. */
  #held = null;

  /** @type {import('./ends').PortEnd} */
  end;

  /** @param {boolean} isNew nothing was ever posted to it */
  constructor(bridges, id, port, isNew) {
    this.#bridges = bridges;
    this.#id = id;
    this.end = endOf(port);
    this.end.bridge = this;
    if (!isNew) this.end.peer?.postMark();
    this.end.handle((event) => this.#forward(event));
  }

  /** For messages that go this way. */
  get codec() {
    return this.#bridges.codec;
  }

  /** From the page to the link. */
  #forward(event) {
    const entry = this.end.takeEntry(event);
    const message = { __proto__: null, value: native.dataOf(event), ports: native.portsOfEvent(event) };
    this.#sendAnyway(entry ?? { __proto__: null, message });
  }

  /** Its sender has gone on; WebKit clones some that a worker can't have. */
  #sendAnyway(entry) {
    try {
      this.send(entry);
    } catch {
      this.#bridges.link.forward(KINDS.PORT_MESSAGE, this.#id, makeUndecodable());
    }
  }

  #send(value, ports) {
    this.#bridges.link.send(KINDS.PORT_MESSAGE, this.#id, value, ports, '');
  }

  /** @param {import('./ends').Entry} entry */
  send(entry) {
    const { packet, message, isMark = false, isClosed = false, isEnded = false } = entry;
    const { link } = this.#bridges;
    if (isMark) return;
    if (this.#held !== null) {
      this.#held[this.#held.length] = entry;
      return;
    }
    if (isClosed) this.#closed();
    else if (isEnded) this.#ended();
    else if (packet !== undefined) link.forward(KINDS.PORT_MESSAGE, this.#id, packet);
    else if (message) this.#send(message.value, message.ports);
    else link.forward(KINDS.PORT_MESSAGE, this.#id, makeUndecodable());
  }

  /** The page has closed its end. */
  #closed() {
    this.#bridges.link.send(KINDS.PORT_CLOSED, this.#id, undefined);
    this.drop();
  }

  /** The other end's last message has gone over this link. */
  #ended() {
    this.#bridges.link.send(KINDS.PORT_ENDED, this.#id, undefined);
    this.#hasEnded = true;
    const { bridge } = this.end.peer;
    if (bridge === null || !bridge.#hasEnded) return;
    bridge.drop();
    this.drop();
  }

  /** From the link to the page. @param {import('../../common/link/packet').Packet} packet */
  receive(packet) {
    const { end } = this;
    if (end.peer?.bridge) {
      this.#pass(packet);
      return;
    }
    // Natively where that will do: such events are trusted, and any owner of the port gets them.
    end.open(packet, (message) => {
      if (message !== null && packet.shared.length === 0 && this.#postNatively(message)) return;
      if (end.peer?.isHere) end.post({ __proto__: null, message });
      else if (!end.peer?.isClosed) warn('weft: a message of a worker could not be given to its MessagePort');
    });
  }

  /** To the other end's owner, which may not have what this one has. */
  #pass(packet) {
    try {
      this.end.post({ __proto__: null, packet });
    } catch {
      this.end.post({ __proto__: null, message: null });
    }
  }

  /** @returns {boolean} whether WebKit could clone it */
  #postNatively({ value, ports }) {
    try {
      native.post(this.end.port, value, ports);
      return true;
    } catch {
      return false;
    }
  }

  /** The owner at the other end of the link has closed it, or is gone. */
  close() {
    const { end } = this;
    if (end.peer?.bridge || end.peer?.isHere) end.post({ __proto__: null, isClosed: true });
    this.drop();
  }

  drop() {
    const { end } = this;
    end.isClosed = true;
    end.bridge = null;
    this.#bridges.remove(this.#id);
    end.handle(null);
    native.close(end.port);
  }

  /** Both ends are at workers. */
  release() {
    const other = this.end.peer?.bridge;
    if (!other?.#bridges.mayRelease || !this.#bridges.mayRelease || this.end.bridge !== this) return;
    if (other.#bridges.host !== this.#bridges.host) return;
    if (this.#held !== null || other.#held !== null) return; // when they have owners
    this.#isReleasing = other.#isReleasing = true;
    const message = { __proto__: null, peer: randomKey() };
    this.#bridges.link.send(KINDS.PORT_RELEASE, this.#id, message);
    other.#bridges.link.send(KINDS.PORT_RELEASE, other.#id, message);
  }

  /** The owner gives the port to another worker. @returns {boolean} whether it may */
  move() {
    const { link } = this.#bridges;
    if (this.#isReleasing) {
      link.send(KINDS.PORT_STAY, this.#id, undefined);
      return false;
    }
    link.send(KINDS.PORT_ENDED, this.#id, undefined);
    this.#bridges.remove(this.#id);
    this.#held = P.safeArray();
    return true;
  }

  /** The new owner is there. */
  settle(bridges, id) {
    this.#bridges = bridges;
    this.#id = id;
    bridges.link.send(KINDS.PORT_CLAIMED, id, undefined);
    const held = this.#held;
    this.#held = null;
    for (let i = 0; i < held.length; i++) this.#sendAnyway(held[i]);
    if (!this.end.isClosed && this.end.peer?.bridge) this.release();
  }

  /** The owner has sent its last message this way. */
  released() {
    if (this.end.peer?.bridge) this.end.post({ __proto__: null, isEnded: true });
  }
}

module.exports = { PortBridge };
