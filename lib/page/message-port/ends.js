'use strict';

/**
 * What is known of the page's message ports: which two belong together, and which object stands for
 * an end at the moment (a transfer gives an end a new object).
 *
 * The ports are WebKit's own, and what they carry is cloned by WebKit. What it cannot carry, such
 * as memory shared with a worker, goes beside them: a token is posted in its place, which keeps
 * the order, and the entry waits in the inbox of the other end until the token arrives. While no message
 * is on its way to an end that has a bridge, entries go there at once.
 *
 * @typedef {object} Entry what a token stands for; one of these
 * @property {import('../../common/link/packet').Packet} [packet] a message that was not decoded yet
 * @property {{value: unknown, ports: MessagePort[]} | null} [message] null could not be decoded
 * @property {boolean} [isClosed] the other end has been closed
 * @property {boolean} [isMark] nothing but that all earlier ones have arrived
 * @property {boolean} [isEnded] the other end's later messages take another way
 */

const P = require('../../common/structured-clone/primordials');
const { Fifo } = require('../../common/fifo');
const { QuickMessageEvent } = require('../../common/message-event');
const { createCodec } = require('../../common/structured-clone');
const { PacketOpener } = require('../../common/link/packet-opener');
const native = require('./natives');
const { randomKey } = require('./random-key');

const { Event } = globalThis;

/** Nothing that a page would post. */
const TOKEN = `weft:${randomKey()}`;

const MARK = P.freeze({ __proto__: null, isMark: true });

const codec = createCodec();

/** The end that a MessagePort stands for. @type {WeakMap<MessagePort, PortEnd>} */
const ends = P.newSafeWeakMap();

/**
 * Ports that were started when they were taken. WebKit may lose what is on its way to such a port when it gets
 * a new object, so it keeps its own, but is no script's any more.
 */
const kept = P.newSafeWeakMap();

/** @param {MessagePort} port whether it is one of those */
const isKept = (port) => kept.get(port) === true;

const runSoon = globalThis.queueMicrotask.bind(globalThis);

class PortEnd {
  /** @type {MessagePort} */
  port;
  /** The other end, when it is known. @type {PortEnd | null} */
  peer = null;
  /** Where its messages go when the port is not a script's. @type {import('./bridge').PortBridge | null} */
  bridge = null;
  isClosed = false;
  #opener = null;
  #inbox = new Fifo();
  #listens = false;
  #isStarted = false;
  /** Takes the events of a bridge's port. */
  #handler = null;
  /** Those of a kept port that no bridge has yet. */
  #early = P.safeArray();

  constructor(port) {
    this.moveTo(port);
  }

  /** The end has a new object. */
  moveTo(port) {
    this.port = port;
    this.#listens = this.#isStarted = false;
    ends.set(port, this);
    if (this.#inbox.length > 0) this.#listen();
  }

  /** A script wants the messages. */
  started() {
    this.#isStarted = true;
  }

  /** Takes its port from the script that has it. */
  take() {
    if (!this.#isStarted) {
      this.moveTo(native.takePort(this.port));
      return;
    }
    kept.set(this.port, true);
    if (!this.#listens) this.#listen();
  }

  /** Gives it an object of its own for a script. */
  giveBack() {
    if (isKept(this.port)) this.moveTo(native.takePort(this.port));
  }

  /** Its messages are a bridge's from now on. @param {((event: MessageEvent) => void) | null} handler */
  handle(handler) {
    if (!isKept(this.port)) {
      native.setOnMessage(this.port, handler);
      return;
    }
    // Behind the message that brings the port.
    runSoon(() => {
      this.#handler = handler;
      for (let i = 0; handler !== null && i < this.#early.length; i++) handler(this.#early[i]);
      this.#early = P.safeArray();
    });
  }

  /** Whether its port is there for scripts of this page. */
  get isHere() {
    return this.bridge === null && !this.isClosed && !isKept(this.port) && !native.isNeutered(this.port);
  }

  /** Sends to the other end, behind all that was posted before. @param {Entry} entry */
  post(entry) {
    const { peer } = this;
    if (peer.bridge !== null && peer.#inbox.length === 0) peer.bridge.send(entry);
    else this.#postToken(entry);
  }

  /** The other end has a bridge from now on: until this arrives there, WebKit has messages on their way. */
  postMark() {
    this.#postToken(MARK);
  }

  #postToken(entry) {
    this.peer.#expect(entry);
    native.post(this.port, TOKEN, P.safeArray());
  }

  /** The entry that a message event stands for, if it is a token. @returns {Entry | null} */
  takeEntry(event) {
    return native.dataOf(event) === TOKEN && this.#inbox.length > 0 ? this.#inbox.shift() : null;
  }

  /** Opens a message that goes to this end. @type {PacketOpener['open']} */
  open(packet, done) {
    for (let i = 0; i < packet.ports.length; i++) {
      const end = findEnd(packet.ports[i]);
      end?.giveBack();
      packet.ports[i] = end?.port ?? packet.ports[i];
    }
    this.#opener ??= new PacketOpener(codec);
    this.#opener.open(packet, done);
  }

  #expect(entry) {
    this.#inbox.push(entry);
    if (this.bridge === null && !this.#listens) this.#listen();
  }

  /** Not before it is needed: a port with a listener is kept alive. */
  #listen() {
    this.#listens = true;
    const { port } = this;
    const receive = (event) => {
      if (!event.isTrusted) return; // not WebKit's
      if (isKept(port)) {
        native.stopImmediatePropagation(event);
        if (this.#handler === null) this.#early[this.#early.length] = event;
        else this.#handler(event);
        return;
      }
      const entry = this.takeEntry(event);
      if (entry === null) return;
      native.stopImmediatePropagation(event);
      deliver(this, port, entry);
    };
    native.listen(port, 'message', receive, { __proto__: null, capture: true });
  }
}

/** Dispatches what a token stood for. @param {PortEnd} end @param {MessagePort} port @param {Entry} entry */
function deliver(end, port, { packet, message, isClosed = false }) {
  if (isClosed) {
    end.isClosed = true;
    native.dispatch(port, new Event('close')); // a closed port dispatches nothing
    native.close(port);
  } else if (packet !== undefined) {
    end.open(packet, (opened) => dispatchMessage(port, opened));
  } else {
    dispatchMessage(port, message ?? null);
  }
}

function dispatchMessage(port, message) {
  const event = message === null
    ? new QuickMessageEvent('messageerror', null)
    : new QuickMessageEvent('message', message.value, message.ports);
  native.dispatch(port, event);
}

/** @param {MessagePort} port @returns {PortEnd | undefined} */
const findEnd = (port) => ends.get(port);

/** @param {MessagePort} port @returns {PortEnd} */
function endOf(port) {
  return ends.get(port) ?? new PortEnd(port);
}

/** Two ports of one channel. @returns {PortEnd[]} */
function joinEnds(port1, port2) {
  const pair = [endOf(port1), endOf(port2)];
  pair[0].peer = pair[1];
  pair[1].peer = pair[0];
  return pair;
}

/** Takes a port from its owner. @returns {MessagePort} */
function takePort(port) {
  const end = endOf(port);
  end.take();
  return end.port;
}

module.exports = { codec, endOf, findEnd, isKept, joinEnds, takePort };
