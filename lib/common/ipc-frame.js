'use strict';

/**
 * The messages of a link (link.js) on their way through an IPC channel between a page and the main
 * process, where each must be one run of bytes: the buffers that go beside a message are put before it.
 *
 *   count (u32), length of each buffer (f64), their bytes, the message
 */

const P = require('./structured-clone/primordials');

/** No app's: ipcRenderer and ipcMain keep it to themselves. */
const LINK_CHANNEL = '\u0001weft:link';

const COUNT_SIZE = 4;
const LENGTH_SIZE = 8;

/**
 * @param {(frame: Uint8Array) => void} post
 * @returns {Pick<import('./link').LinkAdapter, 'attach' | 'detachAll' | 'send'>}
 */
function createFramer(post) {
  let buffers = P.safeArray();
  return {
    __proto__: null,
    attach(buffer, byteLength) {
      buffers[buffers.length] = { __proto__: null, buffer, byteLength };
    },
    detachAll() {
      buffers = P.safeArray();
    },
    send(scratch, size) {
      const frame = makeFrame(buffers, scratch, size);
      buffers = P.safeArray();
      post(frame);
    },
  };
}

function makeFrame(buffers, scratch, size) {
  let at = COUNT_SIZE + buffers.length * LENGTH_SIZE;
  let total = at + size;
  for (let i = 0; i < buffers.length; i++) total += buffers[i].byteLength;
  const memory = new P.ArrayBuffer(total);
  const frame = new P.Uint8Array(memory);
  const numbers = P.newSafeDataView(memory);
  numbers.setUint32(0, buffers.length, true);
  for (let i = 0; i < buffers.length; i++) {
    const { buffer, byteLength } = buffers[i];
    numbers.setFloat64(COUNT_SIZE + i * LENGTH_SIZE, byteLength, true);
    P.typedArraySet(frame, new P.Uint8Array(buffer, 0, byteLength), at);
    at += byteLength;
  }
  P.typedArraySet(frame, new P.Uint8Array(scratch, 0, size), at);
  return frame;
}

/**
 * @param {Uint8Array} frame from anybody
 * @returns {{buffers: ArrayBuffer[], offset: number, size: number} | null} where the message is; null for
 *   bytes that are no frame
 */
function readFrame(frame) {
  const total = P.typedArrayLength(frame);
  if (total < COUNT_SIZE) return null;
  const memory = P.typedArrayBuffer(frame);
  const start = P.typedArrayOffset(frame);
  const numbers = P.newSafeDataView(memory);
  const count = numbers.getUint32(start, true);
  let at = COUNT_SIZE + count * LENGTH_SIZE;
  if (at > total) return null;
  const buffers = P.safeArray();
  for (let i = 0; i < count; i++) {
    const length = numbers.getFloat64(start + COUNT_SIZE + i * LENGTH_SIZE, true);
    if (!(length >= 0 && length <= total - at) || length % 1 !== 0) return null;
    buffers[i] = P.bufferSlice(memory, start + at, start + at + length);
    at += length;
  }
  return { __proto__: null, buffers, offset: at, size: total - at };
}

module.exports = { LINK_CHANNEL, createFramer, readFrame };
