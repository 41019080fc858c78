'use strict';

/**
 * The messages of the channel between a page and one of its workers, at either end: what
 * worker.postMessage() sends, and all else that the two tell each other (ports, broadcasts, requests).
 * A plain message is a clone (structured-clone.js) and no more; others have a trailer (link/trailer.js).
 *
 * Order is kept: while a message waits for the bytes of its Blobs, all later ones wait behind it.
 *
 * @typedef {object} LinkAdapter how the engine of this end moves bytes and objects
 * @property {(buffer: ArrayBuffer, byteLength: number, isTransferred: boolean) => void} attach puts a
 *   buffer beside the next message
 * @property {() => void} detachAll takes them back
 * @property {(scratch: ArrayBuffer, size: number) => void} send the bytes of a message
 * @property {(port: object) => number} carryPort gives a port to the other end; @returns its id there
 * @property {(id: number) => object} takePort a port that the other end gave
 * @property {(buffer: SharedArrayBuffer) => number} carryShared
 * @property {(id: number) => SharedArrayBuffer} takeShared
 */

const P = require('./structured-clone/primordials');
const { finishPacket, isAmong } = require('./link/packet');
const { attachBlobs } = require('./link/attachments');
const { Inbound } = require('./link/inbound');
const { KINDS } = require('./link/kinds');
const { makeTrailer, withTrailer } = require('./link/trailer');
const { SendQueue } = require('./link/send-queue');

class Link {
  #codec;
  #adapter;
  #queue;
  #inbound;

  /**
   * @param {import('./structured-clone').Codec} codec
   * @param {LinkAdapter} adapter
   * @param {(value: unknown, ports: object[] | undefined) => void} onMessage
   * @param {() => void} onMessageError a message could not be decoded
   */
  constructor(codec, adapter, onMessage, onMessageError) {
    this.#codec = codec;
    this.#adapter = adapter;
    this.#inbound = new Inbound(codec, adapter, onMessage, onMessageError);
    this.#queue = new SendQueue((kind, target, packet) => this.#sendPacket(kind, target, packet));
  }

  /** Sends what the Worker object or the worker's scope was given. Throws as codec.encode(). */
  post(value, transfer, where) {
    const codec = this.#codec;
    const size = codec.encode(value, transfer, where);
    if (codec.hasAttachments || this.#queue.isWaiting) {
      this.#finish(KINDS.MESSAGE, 0, size);
      return;
    }
    if (codec.isPlain) {
      this.#adapter.send(codec.scratch, size);
      return;
    }
    if (codec.buffers.length !== 0) this.#attachBuffers();
    this.#adapter.send(codec.scratch, size);
    codec.detachTransferred();
  }

  /** Sends a message of another kind. Throws as codec.encode(). */
  send(kind, target, value, transfer, where) {
    this.#finish(kind, target, this.#codec.encode(value, transfer, where));
  }

  /** Sends a message that came from elsewhere. @param {import('./link/packet').Packet} packet */
  forward(kind, target, packet) {
    if (packet.blobs.length !== 0 || this.#queue.isWaiting) this.#queue.push(kind, target, packet);
    else this.#sendPacket(kind, target, packet);
  }

  /** Resolves when nothing waits for the bytes of a Blob. @returns {Promise<void>} */
  whenSent() {
    return this.#queue.whenEmpty();
  }

  /** Nothing more is sent. */
  close() {
    this.#queue.clear();
  }

  /**
   * Says what to do with received messages of a kind.
   * @param {number} kind
   * @param {(target: number, value: unknown, attachments: object) => void} handler
   */
  handle(kind, handler) {
    this.#inbound.handle(kind, handler, false);
  }

  /** As handle(), for messages that go on as they are. @param {(target: number, packet: object) => void} handler */
  handlePackets(kind, handler) {
    this.#inbound.handle(kind, handler, true);
  }

  /** A message has come. @param {ArrayBuffer[] | undefined} buffers */
  receive(bytes, offset, size, buffers) {
    this.#inbound.receive(bytes, offset, size, buffers);
  }

  // --- sending

  #finish(kind, target, size) {
    const codec = this.#codec;
    const shared = this.#carryShared(codec.shared);
    // Taking ports may send messages, which would use the codec meanwhile.
    if (codec.blobs.length !== 0 || codec.portCount !== 0 || this.#queue.isWaiting) {
      this.forward(kind, target, finishPacket(codec, size));
      return;
    }
    this.#attachBuffers();
    const words = makeTrailer({ __proto__: null, kind, target, shared });
    this.#adapter.send(codec.scratch, codec.appendTrailer(size, words));
    codec.detachTransferred();
  }

  #attachBuffers() {
    const { buffers, transferred } = this.#codec;
    for (let i = 0; i < buffers.length; i++) {
      const { buffer, byteLength } = buffers[i];
      this.#attach(buffer, byteLength, isAmong(transferred, buffer));
    }
  }

  #attach(buffer, byteLength, isTransferred) {
    try {
      this.#adapter.attach(buffer, byteLength, isTransferred);
    } catch (error) {
      this.#adapter.detachAll();
      throw error;
    }
  }

  /** @param {import('./link/packet').Packet} packet whose blobs are bytes by now; null could not be read */
  #sendPacket(kind, target, packet) {
    const { buffers, eventPortCount } = packet;
    const shared = this.#carryShared(packet.shared); // may throw, and then nothing is attached
    const attach = (buffer) => this.#attach(buffer, P.bufferLength(buffer), true);
    for (let i = 0; i < buffers.length; i++) attach(buffers[i]);
    const blobs = attachBlobs(attach, packet.blobs, buffers.length);
    const ports = P.safeArray();
    for (let i = 0; i < packet.ports.length; i++) ports[i] = this.#adapter.carryPort(packet.ports[i]);
    const trailer = { __proto__: null, kind, target, ports, eventPortCount, shared, blobs };
    const framed = withTrailer(packet.bytes, makeTrailer(trailer));
    this.#adapter.send(P.typedArrayBuffer(framed), P.typedArrayLength(framed));
  }

  #carryShared(buffers) {
    const ids = P.safeArray();
    for (let i = 0; i < buffers.length; i++) ids[i] = this.#adapter.carryShared(buffers[i]);
    return ids;
  }
}

module.exports = { Link };
