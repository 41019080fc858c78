'use strict';

/** What XMLHttpRequest.send() may be given, as bytes and their MIME type, now or later. */

const { isAnyArrayBuffer } = require('node:util/types');
const { callSync } = require('../loader/sync-thread');

const { Blob, FormData, Response, TextEncoder, URLSearchParams } = globalThis;

const TEXT = 'text/plain;charset=UTF-8';
const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

/** @returns {{body: Uint8Array, type: string | null} | null} null where the bytes must be waited for */
function bytesAtOnce(given) {
  if (given instanceof Blob || given instanceof FormData) return null;
  if (ArrayBuffer.isView(given)) {
    const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    return { body: bytes.slice(), type: null };
  }
  if (isAnyArrayBuffer(given)) {
    return { body: new Uint8Array(given).slice(), type: null };
  }
  const type = given instanceof URLSearchParams ? FORM : TEXT;
  return { body: new TextEncoder().encode(String(given)), type };
}

/** @returns {{body: Uint8Array | null, type: string | null}} */
function extractBodySync(given) {
  if (given === null || given === undefined) return { body: null, type: null };
  if (given instanceof Blob) {
    return { body: callSync('blob', given.slice()), type: given.type || null };
  }
  if (given instanceof FormData) return callSync('form', [...given].map(formEntry));
  return bytesAtOnce(given);
}

function formEntry([name, value]) {
  if (typeof value === 'string') return [name, value];
  return [name, value.slice(0, value.size, value.type), value.name];
}

/** @returns {Promise<{body: Uint8Array | null, type: string | null}>} */
async function extractBody(given) {
  if (given === null || given === undefined) return { body: null, type: null };
  const atOnce = bytesAtOnce(given);
  if (atOnce) return atOnce;
  const response = new Response(given);
  const body = new Uint8Array(await response.arrayBuffer());
  return { body, type: response.headers.get('content-type') };
}

module.exports = { extractBody, extractBodySync };
