'use strict';

/** The callbacks of registerFileProtocol() and its kin, as handlers of Requests. */

const { fileResponse } = require('./file-response');
const { CODES } = require('./net-errors');

/** Electron's ProtocolRequest. */
async function toProtocolRequest(request) {
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : null;
  return {
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    referrer: request.headers.get('referer') ?? '',
    uploadData: body ? [{ type: 'rawData', bytes: body }] : undefined,
  };
}

function nameOf(number) {
  const [name] = Object.entries(CODES).find(([, code]) => code === number) ?? ['ERR_FAILED'];
  return `net::${name}`;
}

function makeHeaders({ headers = {}, mimeType, charset }, fallback) {
  const list = new Headers();
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values].flat()) list.append(name, String(value));
  }
  const type = mimeType ?? (list.has('content-type') ? undefined : fallback);
  if (type !== undefined) list.set('content-type', charset ? `${type};charset=${charset}` : type);
  return list;
}

function withBody(body, given, fallback) {
  const { statusCode: status = 200 } = given;
  return new Response(body, { status, headers: makeHeaders(given, fallback) });
}

/** @param {AsyncIterable<string | Uint8Array>} stream */
async function* piecesOf(stream) {
  for await (const piece of stream) yield Buffer.from(piece);
}

/** What each method's callback may be given, as a Response. */
const WAYS = {
  async File(given, request) {
    const options = typeof given === 'string' ? { path: given } : given;
    if (typeof options?.path !== 'string') throw new TypeError('the callback needs a path');
    const response = await fileResponse(options.path, request);
    for (const [name, value] of makeHeaders(options)) response.headers.set(name, value);
    if (options.statusCode === undefined) return response;
    return new Response(response.body, { status: options.statusCode, headers: response.headers });
  },

  String(given) {
    if (typeof given === 'string') return withBody(given, {}, 'text/html;charset=utf-8');
    return withBody(String(given.data ?? ''), { charset: 'utf-8', ...given }, 'text/html');
  },

  Buffer(given) {
    if (Buffer.isBuffer(given)) return withBody(given, {}, 'text/html');
    if (!Buffer.isBuffer(given?.data)) throw new TypeError('the callback needs a Buffer');
    return withBody(given.data, given, 'text/html');
  },

  Stream(given) {
    const options = typeof given?.pipe === 'function' ? { data: given } : given;
    const stream = options.data ? ReadableStream.from(piecesOf(options.data)) : null;
    return withBody(stream, options, 'text/html');
  },

  Http({ url, method, uploadData, referrer } = {}, request) {
    const headers = {
      ...Object.fromEntries(request.headers),
      ...(referrer ? { referer: referrer } : {}),
    };
    if (uploadData) headers['content-type'] = uploadData.contentType;
    return fetch(url, { method: method ?? request.method, headers, body: uploadData?.data });
  },
};

/**
 * @param {string} way one of WAYS
 * @param {(request: object, callback: (response: any) => void) => void} handler the app's
 * @returns {import('./scheme-registry').Handler}
 */
function legacyHandler(way, handler) {
  return async (request) => {
    const { promise, resolve } = Promise.withResolvers();
    handler(await toProtocolRequest(request.clone()), resolve);
    const given = await promise;
    const error = typeof given === 'number' ? given : given?.error;
    if (typeof error === 'number') throw new Error(nameOf(error));
    return WAYS[way](given, request);
  };
}

module.exports = { legacyHandler, WAYS };
