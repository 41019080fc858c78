'use strict';

/**
 * A message that has left its sender and waits for something, or goes on as it is: its bytes and
 * what is beside them, all owned by the packet.
 *
 * @typedef {object} Packet
 * @property {Uint8Array} bytes the clone
 * @property {ArrayBuffer[]} buffers
 * @property {object[]} ports
 * @property {number} eventPortCount how many of the ports are the event's; they come first
 * @property {SharedArrayBuffer[]} shared
 * @property {(Blob | ArrayBuffer)[]} blobs
 */

const P = require('../structured-clone/primordials');

/**
 * Encodes a value, and takes what is in the transfer list from its owner.
 *
 * @param {import('../structured-clone').Codec} codec
 * @returns {Packet}
 * @throws as codec.encode(); nothing is taken then
 */
function toPacket(codec, value, transfer, where) {
  return finishPacket(codec, codec.encode(value, transfer, where));
}

/** The packet of the message that codec.encode() has just made. @param {number} size */
function finishPacket(codec, size) {
  const buffers = P.safeArray();
  for (let i = 0; i < codec.buffers.length; i++) {
    const { buffer } = codec.buffers[i];
    buffers[i] = isAmong(codec.transferred, buffer) ? P.bufferTransfer(buffer) : P.bufferSlice(buffer, 0);
  }
  const packet = {
    __proto__: null,
    bytes: P.copyBytes(new P.Uint8Array(codec.scratch), 0, size),
    buffers,
    shared: codec.shared,
    blobs: codec.blobs,
    eventPortCount: codec.eventPortCount,
    ports: null,
  };
  codec.detachTransferred();
  packet.ports = codec.takePorts();
  return packet;
}

const NONE = P.freeze(P.safeArray());

/** A message that no decoder accepts: its receiver gets a `messageerror`. @returns {Packet} */
function makeUndecodable() {
  const bytes = new P.Uint8Array(2);
  return { __proto__: null, bytes, buffers: NONE, ports: NONE, eventPortCount: 0, shared: NONE, blobs: NONE };
}

function isAmong(list, object) {
  for (let i = 0; i < list.length; i++) if (list[i] === object) return true;
  return false;
}

/** The value in a packet. */
function openPacket(codec, packet) {
  return codec.decode(packet.bytes, 0, P.typedArrayLength(packet.bytes), packet);
}

module.exports = { toPacket, finishPacket, openPacket, makeUndecodable, isAmong };
