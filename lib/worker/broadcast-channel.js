'use strict';

/**
 * BroadcastChannel (HTML, 9.5) of a worker. The page opens one of WebKit's for each, and passes messages
 * on (lib/page/broadcast.js): so all of the origin hear each other, in this window and in others.
 * Node's own, which only threads of this process hear, stays in require('worker_threads').
 */

const { markAsUncloneable } = require('node:worker_threads');
const { KINDS } = require('../common/link/kinds');
const { QuickMessageEvent } = require('../common/message-event');
const { toPacket } = require('../common/link/packet');
const { PacketOpener } = require('../common/link/packet-opener');
const { createCodec } = require('../common/structured-clone');
const { defineEventHandlers } = require('./event-handlers');
const { defineInterface, exposeInterfaces } = require('./web/interface');

const { DOMException, EventTarget, TypeError } = globalThis;
const { dispatchEvent } = EventTarget.prototype;
const { apply } = Reflect;

const WHERE = "Failed to execute 'postMessage' on 'BroadcastChannel'";

const codec = createCodec();

/** @type {import('../common/link').Link} */
let link;
let lastId = 0;
/** Open ones, by id. @type {Map<number, (packet: import('../common/link/packet').Packet) => void>} */
const receivers = new Map();

class BroadcastChannel extends EventTarget {
  #id = ++lastId;
  #name;
  #isClosed = false;
  #opener = new PacketOpener(codec);

  constructor(name) {
    if (arguments.length === 0) {
      throw new TypeError(
        "Failed to construct 'BroadcastChannel': 1 argument required, but only 0 present.",
      );
    }
    super();
    markAsUncloneable(this);
    this.#name = `${name}`;
    receivers.set(this.#id, (packet) => this.#received(packet));
    link.send(KINDS.BROADCAST_OPEN, this.#id, this.#name);
  }

  static #check(object) {
    const isOne = typeof object === 'object' && object !== null && #id in object;
    if (!isOne) throw new TypeError('Illegal invocation');
  }

  get name() {
    BroadcastChannel.#check(this);
    return this.#name;
  }

  postMessage(message) {
    BroadcastChannel.#check(this);
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    if (this.#isClosed) throw new DOMException(`${WHERE}: Channel is closed`, 'InvalidStateError');
    const packet = toPacket(codec, message, undefined, WHERE);
    if (packet.shared.length > 0) {
      throw new DOMException(`${WHERE}: #<SharedArrayBuffer> could not be cloned.`, 'DataCloneError');
    }
    link.forward(KINDS.BROADCAST, this.#id, packet);
  }

  close() {
    BroadcastChannel.#check(this);
    if (this.#isClosed) return;
    this.#isClosed = true;
    receivers.delete(this.#id);
    link.send(KINDS.BROADCAST_CLOSE, this.#id, undefined);
  }

  #received(packet) {
    this.#opener.open(packet, (message) => {
      if (this.#isClosed) return;
      const event = new QuickMessageEvent(message ? 'message' : 'messageerror', null);
      const { origin } = globalThis;
      event.initMessageEvent(event.type, false, false, message ? message.value : null, origin);
      apply(dispatchEvent, this, [event]);
    });
  }
}

defineEventHandlers(BroadcastChannel.prototype, ['message', 'messageerror']);
defineInterface(BroadcastChannel);

/** @param {import('../common/link').Link} pageLink */
function installBroadcastChannel(pageLink) {
  link = pageLink;
  link.handlePackets(KINDS.BROADCAST, (id, packet) => receivers.get(id)?.(packet));
  exposeInterfaces(BroadcastChannel);
}

module.exports = { installBroadcastChannel };
