'use strict';

/**
 * Between two threads of this worker host, without the page: a channel of Node's own carries our
 * packets. ArrayBuffers are moved, shared memory and Blobs go as Node has them, and a port in a packet
 * is an end of another such channel.
 */

const { MessageChannel } = require('node:worker_threads');
const { makeUndecodable } = require('../../common/link/packet');
const { LocalRoute, PortEnd, join } = require('./end');
const { makePort, takeEnd } = require('../message-port');
const { isForeignMemory } = require('../page-memory');

const { ArrayBuffer, Blob, structuredClone } = globalThis;

/** The codec's lists have no methods. @type {<T, U>(list: T[], make: (item: T) => U) => U[]} */
const map = Function.prototype.call.bind(Array.prototype.map);

const NONE = Object.freeze([]);

const plainPacket = (bytes) => ({
  bytes,
  buffers: NONE,
  ports: NONE,
  eventPortCount: 0,
  shared: NONE,
  blobs: NONE,
});

/**
 * What is done about a port that has its other end in the page, or gets it there (link.js).
 * @type {{leave(route: object, thread: ThreadRoute): string, arrive(end: PortEnd, key: string, thread: ThreadRoute): void}}
 */
const movers = { leave: () => '', arrive() {} };

class ThreadRoute {
  #native;
  #isStarted = false;
  /** @type {PortEnd | null} */
  #end = null;

  /** Instead of what is usual. @type {((message: {control: string, key?: string}) => void) | null} */
  onControl = null;
  /** Instead of what is usual. @type {(() => void) | null} */
  onClosed = null;

  /** @param {import('node:worker_threads').MessagePort} native */
  constructor(native) {
    this.#native = native;
    native.on('close', () => this.#closed(native));
  }

  attach(end) {
    this.#end = end;
    if (this.#native === null) end.over();
  }

  start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#native?.on('message', (message) => this.#received(message));
    this.#native?.on('messageerror', () => this.#end.receive(makeUndecodable(), true));
  }

  send(packet) {
    const moved = [];
    this.#native.postMessage(pack(packet, moved), moved);
  }

  /** To the route's other end, in order with the messages. @param {{control: string, key?: string}} message */
  sendControl(message) {
    this.#native?.postMessage(message);
  }

  close() {
    const native = this.#native;
    this.#native = null;
    native?.close();
  }

  /** The native port, to be given to another thread; null if it is closed already. */
  take() {
    const native = this.#native;
    this.#native = null;
    try {
      return structuredClone(native, { transfer: [native] });
    } catch {
      return null;
    }
  }

  /** A transferred port says that it is closed, too. */
  #closed(native) {
    if (this.#native !== native) return;
    this.#native = null;
    if (this.onClosed) this.onClosed();
    else this.#end?.over();
  }

  #received(message) {
    if (message.control === undefined) this.#end.receive(unpack(message), true);
    else if (this.onControl) this.onControl(message);
    else if (message.control === 'move') movers.arrive(this.#end, message.key, this);
  }
}

/** What goes over the native channel. @param {object[]} moved gets what is transferred */
function pack({ bytes, buffers, ports, eventPortCount, shared, blobs }, moved) {
  if (buffers.length + ports.length + shared.length + blobs.length === 0) return bytes;
  return {
    bytes,
    buffers: map(buffers, (buffer) => packBuffer(buffer, moved)),
    ports: map(ports, (port) => packPort(port, moved)),
    eventPortCount,
    shared,
    blobs: map(blobs, (blob) => (blob instanceof Blob ? blob.slice() : blob)), // no File: only its bytes
  };
}

/** Memory that came through a channel goes when this thread does, so others get a copy. */
function packBuffer(buffer, moved) {
  const own = isForeignMemory(buffer) ? ArrayBuffer.prototype.slice.call(buffer, 0) : buffer;
  moved.push(own);
  return own;
}

/** An end of a channel on its way to another thread. */
function packPort(port, moved) {
  const end = takeEnd(port);
  const { route } = end;
  const packets = end.release();
  const { native, key } = nativeEndOf(end, route);
  if (native) moved.push(native);
  return { native, key, packets: packets.map((packet) => pack(packet, moved)) };
}

function nativeEndOf(end, route) {
  if (route === null) return { native: null, key: '' };
  if (route instanceof ThreadRoute) return { native: route.take(), key: '' };
  const { port1: native, port2 } = new MessageChannel();
  const thread = new ThreadRoute(port2);
  if (route instanceof LocalRoute) {
    route.peer.reroute(thread);
    return { native, key: '' };
  }
  join(end, new PortEnd(thread));
  return { native, key: movers.leave(route, thread) };
}

/** @returns {import('../../common/link/packet').Packet} */
function unpack(message) {
  if (ArrayBuffer.isView(message)) return plainPacket(message);
  return { ...message, ports: message.ports.map(unpackPort) };
}

function unpackPort({ native, key, packets }) {
  const route = native && new ThreadRoute(native);
  const end = new PortEnd(route, packets.map(unpack));
  if (key !== '') movers.arrive(end, key, route);
  return makePort(end);
}

module.exports = { ThreadRoute, movers, pack, unpack };
