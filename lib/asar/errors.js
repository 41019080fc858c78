'use strict';

/** Errors as fs throws them, with Electron's text where apps read it. */

const { MAX_STRING_LENGTH } = require('node:buffer').constants;
const { getSystemErrorMessage, getSystemErrorName } = require('node:util');
const { errno: numbers } = require('node:os').constants;

/** Negative, as libuv has them. */
const ERRNO = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, -value]));

/** @param {number} errno @param {string} syscall @param {string} [path] */
function systemError(errno, syscall, path) {
  const code = getSystemErrorName(errno);
  const where = path === undefined ? '' : ` '${path}'`;
  const error = new Error(`${code}: ${getSystemErrorMessage(errno)}, ${syscall}${where}`);
  return Object.assign(error, { errno, code, syscall }, path === undefined ? {} : { path });
}

function notFound(path, syscall, archive, inner) {
  const error = new Error(`ENOENT, ${inner} not found in ${archive}`);
  return Object.assign(error, {
    errno: ERRNO.ENOENT,
    code: 'ENOENT',
    syscall,
    path,
  });
}

function invalidArchive(archive, inner, why) {
  return new Error(`Invalid package ${archive}${why ? `: ${why}` : ''}`);
}

class AbortError extends Error {
  code = 'ABORT_ERR';
  name = 'AbortError';
}

/** @param {AbortSignal | undefined} signal */
function throwIfAborted(signal) {
  if (signal?.aborted) throw new AbortError('The operation was aborted', { cause: signal.reason });
}

/** Of a text, as Node has it. */
function tooLong() {
  const most = `0x${MAX_STRING_LENGTH.toString(16)}`;
  const error = new Error(`Cannot create a string longer than ${most} characters`);
  return Object.assign(error, { code: 'ERR_STRING_TOO_LONG' });
}

/** @param {number} block the first whose hash is wrong; -1 when the archive cannot be read */
function readError(errno, path, block) {
  if (errno !== ERRNO.EIO || block < 0) return systemError(errno, 'read', path);
  const error = systemError(errno, 'read', path);
  error.message =
    `EIO: block ${block} of '${path}' is not what the archive's hash says; ` +
    'the archive is damaged or has been changed';
  return error;
}

module.exports = {
  ERRNO,
  invalidArchive,
  notFound,
  readError,
  systemError,
  throwIfAborted,
  tooLong,
};
