'use strict';

const { STATUS_CODES } = require('node:http');
const { mimeTypeOf } = require('../common/mime-types');
const native = require('./native');

/** Of WebKitNetworkError, by the name in an error's message: net::ERR_FILE_NOT_FOUND. */
const ERROR_CODES = { ERR_UNKNOWN_URL_SCHEME: 301, ERR_ABORTED: 302, ERR_FILE_NOT_FOUND: 303 };
const ERROR_FAILED = 399;

/** WebKit takes no longer lengths; without one it reads to the end. */
const LENGTH_MAX = 2 ** 31 - 1;

/** Gives a body to WebKit, a piece whenever it asks for one. */
class Body {
  #handle;
  #reader;

  /** @param {ReadableStream<Uint8Array> | null} stream */
  constructor(handle, stream) {
    this.#handle = handle;
    this.#reader = stream?.getReader() ?? null;
  }

  async wanted() {
    try {
      const { done, value } = (await this.#reader?.read()) ?? { done: true };
      if (done) native.schemeEnd(this.#handle);
      else await this.#write(value);
    } catch (error) {
      fail(this.#handle, error);
    }
  }

  /** The page wants no more of it. */
  gone() {
    this.#reader?.cancel().catch(() => {}); // its source's own problem
    this.#handle = null;
  }

  /** An empty piece is no answer to a request for one. */
  #write(piece) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('A body is made of Uint8Arrays');
    if (piece.byteLength === 0) return this.wanted();
    native.schemeWrite(this.#handle, piece);
    return undefined;
  }
}

function fail(handle, error) {
  if (handle === null) return;
  const [, name] = /net::(ERR_\w+)/.exec(error?.message) ?? [];
  native.schemeFail(handle, ERROR_CODES[name] ?? ERROR_FAILED, String(error?.message ?? error));
}

/** @param {any} response what an app's handler gave */
function expectResponse(response) {
  if (typeof response?.status !== 'number' || typeof response.headers?.get !== 'function') {
    throw new TypeError('protocol.handle: the handler must return a Response');
  }
}

/** @param {Response} response */
function start(handle, response, url) {
  expectResponse(response);
  if (response.status === 0) throw new Error('net::ERR_FAILED');
  const { body, headers: given, status, statusText } = response;
  const headers = new Headers(given); // a response of fetch() has some that cannot be changed
  const type = given.get('content-type') ?? mimeTypeOf(new URL(url).pathname);
  if (type) headers.set('content-type', type);
  const length = headers.has('content-length') ? Number(headers.get('content-length')) : -1;
  const source = new Body(handle, body);
  const options = {
    status,
    reason: statusText || STATUS_CODES[status] || '',
    type: type || null,
    headers: [...headers].flat(),
    length: length >= 0 && length <= LENGTH_MAX ? length : -1,
  };
  native.schemeRespond(handle, options, (what) => void source[what]());
}

function makeRequest({ url, method, headers: list, body }) {
  const headers = new Headers();
  for (let i = 0; i < list.length; i += 2) headers.append(list[i], list[i + 1]);
  return new Request(url, { method, headers, body, duplex: 'half' });
}

/**
 * Answers WebKit's request with what the handler gives.
 * @param {object} handle @param {import('./scheme-registry').Handler} handler
 * @param {{url: string, method: string, headers: string[], body: Uint8Array | null}} request
 */
async function respond(handle, handler, request) {
  try {
    start(handle, await handler(makeRequest(request)), request.url);
  } catch (error) {
    if (!/^net::/.test(error?.message)) {
      process.stderr.write(
        `weft: the handler of ${request.url} failed: ${error?.stack ?? error}\n`
      );
    }
    fail(handle, error);
  }
}

module.exports = { expectResponse, respond };
