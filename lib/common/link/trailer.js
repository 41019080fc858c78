'use strict';

/**
 * The trailer of a message that is more than a clone: 32-bit words, little endian, behind its bytes.
 *
 *   an id for each port, an id for each shared buffer, for each blob the index of its buffer,
 *   kind, target, ports, event ports, shared buffers, blobs (how many of each)
 *
 * @typedef {object} Trailer
 * @property {number} kind what the message is about (link.js)
 * @property {number} target the port, request... that it is about
 * @property {ArrayLike<number>} [ports]
 * @property {number} [eventPortCount] how many of the ports are the event's; they come first
 * @property {ArrayLike<number>} [shared]
 * @property {ArrayLike<number>} [blobs]
 */

const P = require('../structured-clone/primordials');
const { FRAMED_TAG } = require('../structured-clone/format');

/** kind, target and the four counts. */
const FIXED_WORDS = 6;
const WORD_SIZE = 4;

const NONE = P.freeze(P.safeArray());

/** @param {Trailer} trailer @returns {ArrayLike<number>} */
function makeTrailer({ kind, target, ports = NONE, eventPortCount = 0, shared = NONE, blobs = NONE }) {
  const words = P.safeArray();
  let count = 0;
  const lists = [ports, shared, blobs];
  for (let i = 0; i < 3; i++) for (let j = 0; j < lists[i].length; j++) words[count++] = lists[i][j];
  words[count++] = kind;
  words[count++] = target;
  words[count++] = ports.length;
  words[count++] = eventPortCount;
  words[count++] = shared.length;
  words[count++] = blobs.length;
  return words;
}

/**
 * @param {Uint8Array} bytes
 * @returns {(Trailer & {size: number}) | null} with the size of the message before it; null when it is none
 */
function readTrailer(bytes, offset, size) {
  const end = offset + size;
  const word = (index) => {
    const at = end + index * WORD_SIZE;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  };
  if (size < FIXED_WORDS * WORD_SIZE) return null;
  const counts = [word(-4), word(-2), word(-1)];
  const total = counts[0] + counts[1] + counts[2] + FIXED_WORDS;
  if (total * WORD_SIZE > size) return null;
  let next = -total;
  const lists = [P.safeArray(), P.safeArray(), P.safeArray()];
  for (let i = 0; i < 3; i++) for (let j = 0; j < counts[i]; j++) lists[i][j] = word(next++);
  return {
    kind: word(-6),
    target: word(-5),
    eventPortCount: word(-3),
    ports: lists[0],
    shared: lists[1],
    blobs: lists[2],
    size: size - total * WORD_SIZE,
  };
}

/** @param {Uint8Array} message @param {ArrayLike<number>} words @returns {Uint8Array} both, marked as framed */
function withTrailer(message, words) {
  const size = P.typedArrayLength(message);
  const framed = new P.Uint8Array(size + words.length * WORD_SIZE);
  P.typedArraySet(framed, message, 0);
  for (let i = 0; i < words.length; i++)
    for (let j = 0; j < WORD_SIZE; j++) framed[size + i * WORD_SIZE + j] = words[i] >>> (8 * j);
  framed[0] = FRAMED_TAG;
  return framed;
}

module.exports = { makeTrailer, readTrailer, withTrailer };
