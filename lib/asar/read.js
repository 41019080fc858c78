'use strict';

/** Reads the bytes of packed files. */

const binding = require('./binding');
const { readError } = require('./errors');
const { FACT } = require('./locate');
const { logRead } = require('./read-log');

/** What is smaller is read faster than another thread could be told to. */
const AT_ONCE_MAX = 64 * 1024;

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

/** The same, large ones in another thread. @returns {Promise<number>} */
async function readIntoLater(place, buffer, offset, length, position) {
  if (length <= AT_ONCE_MAX) return readInto(place, buffer, offset, length, position);
  const { archive, entry } = place;
  return checked(place, await binding.readLater(archive, entry, buffer, offset, length, position));
}

/** @returns {Buffer} the file from a position on */
function readRest(place, position = 0) {
  logRead(place);
  const size = Math.max(place.size - position, 0);
  const buffer = Buffer.allocUnsafeSlow(size);
  if (size > 0) readInto(place, buffer, 0, size, position);
  return buffer;
}

/** @returns {Promise<Buffer>} */
async function readRestLater(place, position = 0) {
  logRead(place);
  const size = Math.max(place.size - position, 0);
  const buffer = Buffer.allocUnsafeSlow(size);
  if (size > 0) await readIntoLater(place, buffer, 0, size, position);
  return buffer;
}

/** @returns {string} all of it, as UTF-8 */
function readText(place) {
  logRead(place);
  const text = binding.readText(place.archive, place.entry);
  if (typeof text === 'number') throw errorOf(place, text);
  return text;
}

module.exports = { NOT_PACKED, readInto, readIntoLater, readOpen, readRest, readRestLater, readText };
