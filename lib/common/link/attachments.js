'use strict';

/**
 * What a message of a link has beside its bytes: how blobs go there, and how all of it is found again.
 */

const P = require('../structured-clone/primordials');

/** In place of an index of a buffer: the blob has no bytes, or they could not be read. */
const BLOB_EMPTY = 0xffffffff;
const BLOB_UNREADABLE = 0xfffffffe;

/**
 * @param {(buffer: ArrayBuffer) => void} attach puts a buffer beside the message
 * @param {(ArrayBuffer | null)[]} blobs their bytes; null could not be read
 * @param {number} bufferCount how many buffers are there already
 * @returns {number[]} for each blob the index of its buffer
 */
function attachBlobs(attach, blobs, bufferCount) {
  const indexes = P.safeArray();
  let next = bufferCount;
  for (let i = 0; i < blobs.length; i++) {
    if (blobs[i] === null) {
      indexes[i] = BLOB_UNREADABLE; // the receiver gets a messageerror
    } else if (P.bufferLength(blobs[i]) === 0) {
      indexes[i] = BLOB_EMPTY; // there is no segment of no bytes
    } else {
      attach(blobs[i]);
      indexes[i] = next++;
    }
  }
  return indexes;
}

/**
 * Ports are taken whatever becomes of the message, so that none is left without an owner.
 *
 * @param {import('../link').LinkAdapter} adapter
 * @param {import('./trailer').Trailer} trailer
 * @param {ArrayBuffer[]} buffers
 * @returns {import('../structured-clone').Attachments}
 */
function takeAttachments(adapter, trailer, buffers) {
  const ports = P.safeArray();
  const shared = P.safeArray();
  const blobs = P.safeArray();
  for (let i = 0; i < trailer.ports.length; i++) ports[i] = adapter.takePort(trailer.ports[i]);
  for (let i = 0; i < trailer.shared.length; i++) shared[i] = adapter.takeShared(trailer.shared[i]);
  for (let i = 0; i < trailer.blobs.length; i++) {
    const index = trailer.blobs[i];
    blobs[i] = index === BLOB_EMPTY ? new P.ArrayBuffer(0) : buffers[index];
  }
  return { __proto__: null, buffers, ports, shared, blobs };
}

/** The frozen list that a script sees. */
function eventPorts(ports, count) {
  const list = [];
  for (let i = 0; i < count && i < ports.length; i++) P.createDataProperty(list, i, ports[i]);
  return P.freeze(list);
}

module.exports = { attachBlobs, eventPorts, takeAttachments };
