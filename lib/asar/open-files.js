'use strict';

/** read, readv, fstat and readFile of packed files by their descriptors. */

const { packed, perhapsPacked } = require('./descriptors');
const { replace } = require('./gate');
const { decoded, judge } = require('./files');
const {
  NOT_PACKED,
  readInto,
  readIntoGiven,
  readOpen,
  readRest,
  readRestLater,
} = require('./read');
const { bufferFirst, isPlainRead, judgeOf, spanOf } = require('./read-arguments');
const { callBack } = require('./route');
const { statsOf } = require('./stats');

/** @param {import('./descriptors').OpenFile} file */
function readFrom(file, buffer, { offset, length, position }) {
  const count = readInto(file.place, buffer, offset, length, file.begin(position));
  file.advance(position, count);
  return count;
}

async function readFromLater(file, buffer, { offset, length, position }) {
  const start = file.begin(position);
  // Before the first await, so that reads that are on their way together follow each other.
  const expected = Math.min(length, Math.max(file.place.size - start, 0));
  file.advance(position, expected);
  return readIntoGiven(file.place, buffer, offset, length, start);
}

/** Buffers one after the other, as preadv does. */
function readvFrom(file, buffers, position) {
  let start = file.begin(position);
  const first = start;
  for (const buffer of buffers) {
    if (buffer.byteLength === 0) continue;
    const count = readInto(file.place, buffer, 0, buffer.byteLength, start);
    start += count;
    if (count < buffer.byteLength) break;
  }
  file.advance(position, start - first);
  return start - first;
}

/** The same later; as with one buffer, the next read follows it. */
async function readvFromLater(file, buffers, position) {
  const start = file.begin(position);
  const wanted = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  file.advance(position, Math.min(wanted, Math.max(file.place.size - start, 0)));
  let done = 0;
  for (const buffer of buffers) {
    const { byteLength } = buffer;
    const count = await readIntoGiven(file.place, buffer, 0, byteLength, start + done);
    done += count;
    if (count < byteLength) break;
  }
  return done;
}

/** The usual read, on the shortest way. @returns {number} NOT_PACKED for any other */
function readPlainly(fd, buffer, rest) {
  const file = perhapsPacked(fd);
  if (file === undefined || rest.length !== 3 || !isPlainRead(buffer, rest)) return NOT_PACKED;
  const [offset, length, position] = rest;
  const start = position ?? file.position;
  const count = readOpen(fd, file.place, buffer, offset, length, start);
  if (position === null && count !== NOT_PACKED) file.position += count;
  return count;
}

function routeRead(fs) {
  const judge = judgeOf(fs);
  replace(fs, 'readSync', (original) => (fd, buffer, ...rest) => {
    const count = readPlainly(fd, buffer, rest);
    if (count !== NOT_PACKED) return count;
    const file = packed(fd);
    if (file === undefined) return original(fd, buffer, ...rest);
    if (!isPlainRead(buffer, rest)) judge.read(buffer, rest);
    return readFrom(file, buffer, spanOf(buffer, rest));
  });
  replace(fs, 'read', (original) => (fd, ...rest) => {
    const file = packed(fd);
    const callback = rest.at(-1);
    if (file === undefined || typeof callback !== 'function') return original(fd, ...rest);
    // What is no buffer is only with none of the others the options.
    const given = rest.slice(0, -1);
    const [buffer, ...span] = given.length > 1 ? given : bufferFirst(given);
    judge.read(buffer, span);
    const done = (error, count) => callback(error, count, buffer);
    callBack(done, readFromLater(file, buffer, spanOf(buffer, span)));
    return undefined;
  });
  replace(fs, 'readvSync', (original) => (fd, buffers, position) => {
    const file = packed(fd);
    if (file === undefined) return original(fd, buffers, position);
    judge.readv(buffers, position);
    return readvFrom(file, buffers, position);
  });
  replace(fs, 'readv', (original) => (fd, buffers, ...rest) => {
    const file = packed(fd);
    const callback = rest.at(-1);
    if (file === undefined || typeof callback !== 'function') return original(fd, buffers, ...rest);
    const position = rest.length > 1 ? rest[0] : null;
    judge.readv(buffers, position);
    const reading = readvFromLater(file, [...buffers], position);
    callBack((error, count) => callback(error, count, buffers), reading);
    return undefined;
  });
}

function routeStatAndReadFile(fs) {
  replace(fs, 'fstatSync', (original) => (fd, options) => {
    const file = packed(fd);
    return file === undefined ? original(fd, options) : statsOf(file.place, options);
  });
  replace(fs, 'fstat', (original) => (fd, ...rest) => {
    const file = packed(fd);
    const callback = rest.at(-1);
    if (file === undefined || typeof callback !== 'function') return original(fd, ...rest);
    process.nextTick(callback, null, statsOf(file.place, rest.length > 1 ? rest[0] : undefined));
    return undefined;
  });
  replace(fs, 'readFileSync', (original) => (given, options) => {
    const file = packed(given);
    if (file === undefined) return original(given, options);
    judge(options);
    const bytes = readRest(file.place, file.position);
    file.advance(null, bytes.length);
    return decoded(bytes, options);
  });
  replace(fs, 'readFile', (original) => (given, ...rest) => {
    const file = packed(given);
    const callback = rest.at(-1);
    if (file === undefined || typeof callback !== 'function') return original(given, ...rest);
    callBack(callback, readOpenFile(file, rest.length > 1 ? rest[0] : undefined));
    return undefined;
  });
}

/** @param {import('./descriptors').OpenFile} file @returns {Promise<Buffer | string>} */
async function readOpenFile(file, options) {
  judge(options);
  const { position } = file;
  const bytes = await readRestLater(file.place, position, options?.signal);
  file.advance(null, bytes.length);
  return decoded(bytes, options);
}

module.exports = {
  readFromLater,
  readOpenFile,
  readvFromLater,
  routeRead,
  routeStatAndReadFile,
};
