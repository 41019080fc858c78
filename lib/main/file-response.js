'use strict';

const fs = require('node:fs');
const { addAbortSignal, Readable } = require('node:stream');
const { mimeTypeOf } = require('../common/mime-types');

/** One range of bytes (RFC 9110, 14.1.2); several of them count as none. */
const RANGE = /^bytes=(\d*)-(\d*)$/;

/** @returns {{start: number, end: number} | null | undefined} null cannot be had, undefined is none */
function readRange(header, size) {
  const [, first, last] = RANGE.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? null : { start, end };
}

const MISSING = new Set(['ENOENT', 'EISDIR', 'ENOTDIR']);

function netError(error) {
  const isMissing = MISSING.has(error.code);
  return new Error(isMissing ? 'net::ERR_FILE_NOT_FOUND' : 'net::ERR_FAILED', { cause: error });
}

/**
 * A file as a response, or the part of it that `Range` asks for: media cannot seek without.
 * @param {string} file @param {Request} request of it
 * @returns {Promise<Response>}
 */
async function fileResponse(file, request) {
  request.signal.throwIfAborted();
  const handle = await fs.promises.open(file).catch((error) => {
    throw netError(error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw netError({ code: 'EISDIR' });
    const headers = new Headers({ 'accept-ranges': 'bytes' });
    const type = mimeTypeOf(file);
    if (type) headers.set('content-type', type);
    return await respond(handle, stat.size, headers, request);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function respond(handle, size, headers, request) {
  const range = readRange(request.headers.get('range'), size);
  if (range === null) {
    await handle.close();
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) headers.set('content-range', `bytes ${start}-${end}/${size}`);
  headers.set('content-length', String(end - start + 1));
  const status = range ? 206 : 200;
  if (size === 0 || request.method === 'HEAD') {
    await handle.close();
    return new Response(null, { status, headers });
  }
  const stream = handle.createReadStream({ start, end }); // which closes the handle
  addAbortSignal(request.signal, stream);
  return new Response(/** @type {any} */ (Readable.toWeb(stream)), { status, headers });
}

module.exports = { fileResponse };
