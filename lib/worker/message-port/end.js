'use strict';

/**
 * One end of a message channel in this thread. It outlives the MessagePort objects that stand for it:
 * a transfer takes it from one and gives it to another, here or elsewhere, with all messages that were
 * not delivered yet.
 *
 * @typedef {object} Route how messages get to the other end
 * @property {(end: PortEnd) => void} attach to the end whose route this is from now on
 * @property {() => void} start the other end's messages may come
 * @property {(packet: import('../../common/link/packet').Packet) => void} send
 * @property {(value: unknown, transfer: unknown[] | undefined, where: string) => void} [post] encodes
 *   and sends, where the route can do both at once
 * @property {() => void} close tells the other end
 *
 * @typedef {object} Owner what is done with received messages
 * @property {boolean} isPump it takes messages at any time; others get each in a task of its own
 * @property {(packet: import('../../common/link/packet').Packet) => void} onPacket
 * @property {() => void} onOver the other end is gone, and has sent no more than it got
 */

const { Fifo } = require('../../common/fifo');

const { setImmediate } = globalThis;

class PortEnd {
  #route;
  #inbox = new Fifo();
  /** @type {Owner | null} */
  #owner = null;
  #isStarted = false;

  /**
   * @param {Route | null} route null: the other end is gone
   * @param {import('../../common/link/packet').Packet[]} [packets] that have come already
   */
  constructor(route, packets = []) {
    for (const packet of packets) this.#inbox.push(packet);
    this.#route = route;
    route?.attach(this);
  }

  get route() {
    return this.#route;
  }

  /** @param {Route} route */
  reroute(route) {
    this.#route = route;
    route.attach(this);
    if (this.#isStarted) route.start();
  }

  /** @param {Owner} owner */
  own(owner) {
    this.#owner = owner;
    this.#isStarted = false;
    if (this.#route === null) this.#schedule();
  }

  /** Its owner wants the messages. */
  start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const steps = this.#inbox.length + (this.#route === null ? 1 : 0);
    for (let i = 0; i < steps; i++) this.#schedule();
    this.#route?.start();
  }

  send(packet) {
    if (this.#route) this.#route.send(packet);
    else dropPacket(packet);
  }

  /** @param {boolean} isTask nothing else happens in this turn */
  receive(packet, isTask) {
    const isNow = this.#isStarted && this.#inbox.length === 0 && (isTask || this.#owner.isPump);
    if (isNow) {
      this.#owner.onPacket(packet);
      return;
    }
    this.#inbox.push(packet);
    if (this.#isStarted) this.#schedule();
  }

  /** The other end is gone. */
  over() {
    if (this.#route === null) return;
    this.#route = null;
    if (this.#owner) this.#schedule();
  }

  /** Takes the end from its owner. @returns {import('../../common/link/packet').Packet[]} that it did not get */
  release() {
    this.#owner = null;
    this.#isStarted = false;
    return this.#inbox.takeAll();
  }

  close() {
    const route = this.#route;
    this.#route = null;
    for (const packet of this.release()) dropPacket(packet);
    route?.close();
  }

  #schedule() {
    const owner = this.#owner;
    setImmediate(() => {
      if (this.#owner === owner) this.#step(owner);
    });
  }

  #step(owner) {
    if (this.#inbox.length > 0) {
      if (this.#isStarted) owner.onPacket(this.#inbox.shift());
    } else if (this.#route === null) {
      this.#owner = null;
      this.#isStarted = false;
      owner.onOver();
    }
  }
}

/** Between two ends in one thread. */
class LocalRoute {
  /** @param {PortEnd} peer */
  constructor(peer) {
    this.peer = peer;
  }

  attach() {}

  start() {}

  send(packet) {
    this.peer.receive(packet, false);
  }

  close() {
    this.peer.over();
  }
}

/** @returns {[PortEnd, PortEnd]} the two ends of a new channel */
function makeChannel() {
  const end1 = new PortEnd(null);
  const end2 = new PortEnd(new LocalRoute(end1));
  end1.reroute(new LocalRoute(end2));
  return [end1, end2];
}

/** Makes one channel of two: what arrives at either end is sent by the other. */
function join(end1, end2) {
  const tie = (from, to) =>
    from.own({ isPump: true, onPacket: (packet) => to.send(packet), onOver: () => to.close() });
  tie(end1, end2);
  tie(end2, end1);
  end1.start();
  end2.start();
}

/** Nobody gets this message, so nobody gets the ports in it. */
function dropPacket({ ports }) {
  for (let i = 0; i < ports.length; i++) ports[i].close();
}

module.exports = { PortEnd, LocalRoute, makeChannel, join, dropPacket };
