'use strict';

/** The arguments of fs.read() and its like, in all their forms. */

const { plainly } = require('./gate');

const DEFAULT_BUFFER_SIZE = 16 * 1024;

/**
 * Offset, length and position of a read, as fs takes them: one by one, or in an object.
 * @returns {{ offset: number, length: number, position: number | bigint | null }}
 */
function spanOf(buffer, rest) {
  const [first, length, position] = rest;
  if (rest.length > 1 && typeof first !== 'object')
    return { ...sized(buffer, first, length), position };
  const options = first ?? {};
  if (typeof options !== 'object') return { ...sized(buffer, first, undefined), position: null };
  return {
    ...sized(buffer, options.offset, options.length),
    position: options.position ?? null,
  };
}

function sized(buffer, offset, length) {
  const start = Number(offset ?? 0);
  return {
    offset: start,
    length: length === undefined ? buffer.byteLength - start : length | 0,
  };
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** Plain arguments that fit each other: there is nothing to judge. */
function isPlainRead(buffer, rest) {
  if (!ArrayBuffer.isView(buffer)) return false;
  if (rest.length === 0) return buffer.byteLength > 0;
  if (rest.length !== 3) return false;
  const [offset, length, position] = rest;
  const fits = isCount(offset) && isCount(length) && offset + length <= buffer.byteLength;
  return fits && length > 0 && (position === null || isCount(position));
}

/**
 * Arguments of read() are Node's to judge: it reads from a file with nothing in it.
 * @param {typeof import('node:fs')} fs
 */
function judgeOf({ openSync, readSync, readvSync }) {
  let nothing = -1;
  const open = () => (nothing < 0 ? (nothing = openSync('/dev/null', 'r')) : nothing);
  return {
    read: (buffer, rest) => plainly(() => readSync(open(), buffer, ...rest)),
    readv: (buffers, position) => plainly(() => readvSync(open(), buffers, position)),
  };
}

/** read(options) has the buffer in its options, or none. */
function bufferFirst(rest) {
  if (ArrayBuffer.isView(rest[0])) return rest;
  const options = rest[0] ?? {};
  const { buffer = Buffer.alloc(DEFAULT_BUFFER_SIZE) } = options;
  return [buffer, options];
}

module.exports = { bufferFirst, isPlainRead, judgeOf, spanOf };
