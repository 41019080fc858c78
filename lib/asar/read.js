'use strict';

/** Reads the bytes of packed files. */

const { setImmediate } = require('node:timers/promises');
const binding = require('./binding');
const { ERRNO, readError, systemError, throwIfAborted, tooLong } = require('./errors');
const { FACT } = require('./locate');
const { logRead } = require('./read-log');

/** What is smaller is read faster than another thread could be told to. */
const AT_ONCE_MAX = 64 * 1024;

/** Between two looks whether it is still wanted, and where it is to go. */
const PART_SIZE = 4 * 1024 * 1024;

/** EBADF, as the kernel says it. */
const NOT_PACKED = -9;

const errorOf = (place, errno) => readError(errno, place.path, binding.facts[FACT.BLOCK]);

function checked(place, count) {
  if (count < 0) throw errorOf(place, count);
  return count;
}

/**
 * @param {import('./locate').Place} place
 * @param {NodeJS.ArrayBufferView} buffer
 * @returns {number} bytes; 0 at the end of the file
 */
function readInto(place, buffer, offset, length, position) {
  const { archive, entry } = place;
  return checked(place, binding.read(archive, entry, buffer, offset, length, position));
}

/**
 * The same by a descriptor, which is asked on the way.
 * @returns {number} bytes, or NOT_PACKED: its number has gone to another file
 */
function readOpen(fd, place, buffer, offset, length, position) {
  const { archive, entry } = place;
  const count = binding.readOpen(fd, archive, entry, buffer, offset, length, position);
  return count === NOT_PACKED ? count : checked(place, count);
}

/**
 * The same, large ones in another thread: into a buffer that nobody else knows of.
 * @returns {Promise<number>}
 */
async function readIntoLater(place, buffer, offset, length, position) {
  if (length <= AT_ONCE_MAX) return readInto(place, buffer, offset, length, position);
  const { archive, entry } = place;
  return checked(place, await binding.readLater(archive, entry, buffer, offset, length, position));
}

/** Memory of a view, as much as there is left of it: none of what has been transferred. */
function memoryOf(view) {
  try {
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  } catch {
    return new Uint8Array(0);
  }
}

/** As much as there is room for. @returns {number} bytes */
function put(bytes, view, offset) {
  const memory = memoryOf(view);
  const count = Math.min(bytes.length, Math.max(memory.length - offset, 0));
  if (count > 0) memory.set(bytes.subarray(0, count), offset);
  return count;
}

/**
 * The same into the caller's buffer, which may be written to, become shorter, or be transferred before
 * it is done: so all is read, and compared, elsewhere.
 * @returns {Promise<number>}
 */
async function readIntoGiven(place, view, offset, length, position) {
  const wanted = Math.min(length, Math.max(place.size - position, 0));
  if (wanted <= AT_ONCE_MAX) return readInto(place, view, offset, wanted, position);
  const part = Buffer.allocUnsafeSlow(Math.min(wanted, PART_SIZE));
  for (let done = 0; done < wanted;) {
    const size = Math.min(part.length, wanted - done);
    await readIntoLater(place, part, 0, size, position + done);
    const count = put(part.subarray(0, size), view, offset + done);
    done += count;
    if (count === size) continue;
    if (done === 0) throw systemError(ERRNO.EFAULT, 'read'); // as Node, of memory that is gone
    return done;
  }
  return wanted;
}

/** Compares a whole file with its hashes, where that has not been done. */
function compare(place) {
  checked(place, binding.compare(place.archive, place.entry));
}

/** @returns {Promise<void>} */
async function compareLater(place) {
  if (place.size <= AT_ONCE_MAX) compare(place);
  else checked(place, await binding.compareLater(place.archive, place.entry));
}

/** @returns {Buffer} the file from a position on */
function readRest(place, position = 0) {
  logRead(place);
  const size = Math.max(place.size - position, 0);
  const buffer = Buffer.allocUnsafeSlow(size);
  if (size > 0) readInto(place, buffer, 0, size, position);
  return buffer;
}

/** @param {AbortSignal} [signal] @returns {Promise<Buffer>} */
async function readRestLater(place, position = 0, signal) {
  throwIfAborted(signal);
  logRead(place);
  const size = Math.max(place.size - position, 0);
  const buffer = Buffer.allocUnsafeSlow(size);
  if (signal !== undefined) return fillWhileWanted(place, buffer, position, signal);
  if (size > 0) await readIntoLater(place, buffer, 0, size, position);
  return buffer;
}

/** Whoever is to abort it has a turn first, and after each part. */
async function fillWhileWanted(place, buffer, position, signal) {
  await setImmediate();
  throwIfAborted(signal);
  for (let at = 0; at < buffer.length; at += PART_SIZE) {
    const size = Math.min(PART_SIZE, buffer.length - at);
    await readIntoLater(place, buffer, at, size, position + at);
    throwIfAborted(signal);
  }
  return buffer;
}

/** @returns {string} all of it, as UTF-8 */
function readText(place) {
  logRead(place);
  const text = binding.readText(place.archive, place.entry);
  if (text === ERRNO.EFBIG) throw tooLong();
  if (typeof text === 'number') throw errorOf(place, text);
  return text;
}

module.exports = {
  compare,
  compareLater,
  NOT_PACKED,
  readInto,
  readIntoGiven,
  readIntoLater,
  readOpen,
  readRest,
  readRestLater,
  readText,
};
