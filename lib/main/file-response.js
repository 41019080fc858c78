'use strict';

const fs = require('node:fs');
const { Readable } = require('node:stream');
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

function netError(error) {
  const isMissing = error.code === 'ENOENT' || error.code === 'EISDIR';
  return new Error(isMissing ? 'net::ERR_FILE_NOT_FOUND' : 'net::ERR_FAILED', { cause: error });
}

/**
 * A file as a response, or the part of it that `Range` asks for: media cannot seek without.
 * @param {string} file @param {Headers} asked the request's
 * @returns {Promise<Response>}
 */
async function fileResponse(file, asked) {
  const handle = await fs.promises.open(file).catch((error) => {
    throw netError(error);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw netError({ code: 'EISDIR' });
    const headers = new Headers({ 'accept-ranges': 'bytes' });
    const type = mimeTypeOf(file);
    if (type) headers.set('content-type', type);
    return respond(handle, stat.size, headers, readRange(asked.get('range'), stat.size));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function respond(handle, size, headers, range) {
  if (range === null) {
    await handle.close();
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) headers.set('content-range', `bytes ${start}-${end}/${size}`);
  headers.set('content-length', String(end - start + 1));
  const status = range ? 206 : 200;
  if (size === 0) {
    await handle.close();
    return new Response(null, { status, headers });
  }
  const stream = handle.createReadStream({ start, end }); // which closes the handle
  return new Response(/** @type {any} */ (Readable.toWeb(stream)), { status, headers });
}

module.exports = { fileResponse };
