'use strict';

/**
 * MessageChannel and MessagePort (HTML, 9.4) of a worker. Node's own, which start by themselves and carry
 * only what V8 clones, stay in require('worker_threads').
 *
 * @typedef {import('./message-port/end').PortEnd} PortEnd
 */

const { markAsUncloneable } = require('node:worker_threads');
const { QuickMessageEvent } = require('../common/message-event');
const { toPacket } = require('../common/link/packet');
const { PacketOpener } = require('../common/link/packet-opener');
const { createCodec } = require('../common/structured-clone');
const { PORT_TYPE, registerPlatformType } = require('../common/structured-clone/platform');
const { toTransferList } = require('../common/transfer-list');
const { defineEventHandlers } = require('./event-handlers');
const { dropPacket, makeChannel } = require('./message-port/end');
const { defineInterface } = require('./web/interface');

const { Event, EventTarget, TypeError } = globalThis;
const { dispatchEvent } = EventTarget.prototype;
const { apply } = Reflect;

const WHERE = "Failed to execute 'postMessage' on 'MessagePort'";

/** Who calls the constructor with it is this file. */
const KEY = Symbol('a new MessagePort');

const codec = createCodec();

/** @type {(object: unknown) => boolean} */
let isOne;
/** Null for a port that was closed or transferred. @type {(port: object) => PortEnd | null} */
let endOf;
/** Takes its end from a port, which has none from then on. @type {(port: object) => PortEnd | null} */
let takeEnd;

/** The port whose postMessage() is running. */
let source = null;
let isStopped = false;

class MessagePort extends EventTarget {
  /** @type {PortEnd | null} */
  #end = null;
  #opener = new PacketOpener(codec);

  static {
    isOne = (object) => typeof object === 'object' && object !== null && #end in object;
    endOf = (port) => {
      if (!isOne(port)) throw new TypeError('Illegal invocation');
      return port.#end;
    };
    takeEnd = (port) => {
      const end = port.#end;
      port.#end = null;
      return end;
    };
  }

  constructor() {
    if (arguments[0] !== KEY) {
      throw new TypeError("Failed to construct 'MessagePort': Illegal constructor");
    }
    super();
    markAsUncloneable(this); // to Node's own ports; they would make it an empty object
    this.#end = arguments[1];
    this.#end.own({
      isPump: false,
      onPacket: (packet) => this.#received(packet),
      onOver: () => this.#dispatch(new Event('close')),
    });
  }

  postMessage(message, options = undefined) {
    const end = endOf(this);
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    if (end === null) return;
    const transfer = toTransferList(options, WHERE);
    const outer = source;
    source = this;
    try {
      if (end.route?.post) end.route.post(message, transfer, WHERE);
      else end.send(toPacket(codec, message, transfer, WHERE));
    } finally {
      source = outer;
    }
  }

  start() {
    endOf(this)?.start();
  }

  close() {
    endOf(this)?.close();
    takeEnd(this);
  }

  #received(packet) {
    if (isStopped) return;
    this.#opener.open(packet, (message) => {
      if (message === null) dropPacket(packet);
      const event = message
        ? new QuickMessageEvent('message', message.value, message.ports)
        : new QuickMessageEvent('messageerror', null);
      this.#dispatch(event);
    });
  }

  #dispatch(event) {
    if (!isStopped) apply(dispatchEvent, this, [event]);
  }
}

/** @param {PortEnd} end @returns {MessagePort} */
const makePort = (end) => new MessagePort(KEY, end);

class MessageChannel {
  #port1;
  #port2;

  constructor() {
    [this.#port1, this.#port2] = makeChannel().map(makePort);
  }

  get port1() {
    return this.#port1;
  }

  get port2() {
    return this.#port2;
  }
}

/** Why a port at this index of a transfer list can't be transferred. */
function refuse(port, index) {
  if (port === source) return `Port at index ${index} contains the source port.`;
  return endOf(port) === null ? `Port at index ${index} is already neutered.` : null;
}

/** Event handlers are attributes of ports alone, and setting `onmessage` starts one. */
function defineHandlers() {
  const types = ['message', 'messageerror', 'close'];
  defineEventHandlers(MessagePort.prototype, types);
  for (const type of types) {
    const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, `on${type}`);
    Object.defineProperty(MessagePort.prototype, `on${type}`, {
      get() {
        endOf(this);
        return apply(get, this, []);
      },
      set(value) {
        const end = endOf(this);
        apply(set, this, [value]);
        if (type === 'message') end?.start();
      },
    });
  }
}

defineHandlers();
defineInterface(MessagePort);
defineInterface(MessageChannel);
registerPlatformType({
  id: PORT_TYPE,
  name: 'MessagePort',
  prototypes: [MessagePort.prototype],
  accepts: isOne,
  ports: 1,
  refuse,
  transfer: (port) => [makePort(takeEnd(port))],
  receive: (ports) => ports[0],
});

/** Nothing is delivered any more: the worker ends. */
function stopPorts() {
  isStopped = true;
}

module.exports = {
  MessageChannel,
  MessagePort,
  codec,
  isStopped: () => isStopped,
  makePort,
  stopPorts,
  takeEnd,
};
