'use strict';

/**
 * Reads what an address names, at once or later, from a worker:
 *
 *   file:, data:           by the worker itself
 *   blob:                  of its own making by the worker, others by the page
 *   http:, https:          by Node's fetch; at once through a helper thread (loader/sync-thread.js).
 *                          Scripts of the page's own origin by the page, which has cookies and a cache
 *   the app's protocols    by the page (loader/page.js): their handlers are in the main process
 *
 * @typedef {object} LoadRequest
 * @property {string} url absolute
 * @property {string} [method]
 * @property {[string, string][]} [headers]
 * @property {Uint8Array | null} [body]
 * @property {number} [timeout] in milliseconds; 0 is none
 * @property {AbortSignal} [signal] of load() alone
 *
 * @typedef {object} Resource
 * @property {string} url after redirects
 * @property {number} status
 * @property {string} statusText
 * @property {[string, string][]} headers
 * @property {Uint8Array} body
 */

const { resolveObjectURL } = require('node:buffer');
const fs = require('node:fs');
const { fileURLToPath } = require('node:url');
const { mimeTypeOf } = require('../common/mime-types');
const { parseDataURL } = require('./loader/data-url');
const { httpResource } = require('./loader/http');
const { callSync } = require('./loader/sync-thread');

/** @type {import('./loader/page').PageLoader | null} */
let page = null;
let pageOrigin = '';

const withoutHash = (url) => url.split('#', 1)[0];

function localResource(url, type, body) {
  const headers = [['content-length', String(body.byteLength)]];
  if (type) headers.unshift(['content-type', type]);
  return { url, status: 200, statusText: 'OK', headers, body };
}

function fromFile(url, body) {
  return localResource(url, mimeTypeOf(new URL(url).pathname), body);
}

function fromData({ url }) {
  const { type, body } = parseDataURL(url);
  return localResource(url, type, body);
}

/** How each scheme is read: at once, and later. The page reads all others. */
const READERS = {
  'file:': {
    sync: ({ url }) => fromFile(url, fs.readFileSync(fileURLToPath(url))),
    async: async ({ url, signal }) =>
      fromFile(url, await fs.promises.readFile(fileURLToPath(url), { signal })),
  },
  'data:': { sync: fromData, async: async (request) => fromData(request) },
  'http:': { sync: (request) => callSync('http', request), async: httpResource },
  'https:': { sync: (request) => callSync('http', request), async: httpResource },
};

const OWN_BLOB = {
  sync(request) {
    const blob = resolveObjectURL(withoutHash(request.url));
    return localResource(request.url, blob.type, callSync('blob', blob));
  },
  async async(request) {
    const blob = resolveObjectURL(withoutHash(request.url));
    return localResource(request.url, blob.type, new Uint8Array(await blob.arrayBuffer()));
  },
};

const FROM_PAGE = {
  sync: (request) => page.loadSync(request),
  async: (request) => page.load(request),
};

function readerOf(url) {
  const { protocol } = new URL(url);
  if (protocol === 'blob:' && resolveObjectURL(withoutHash(url))) return OWN_BLOB;
  return READERS[protocol] ?? FROM_PAGE;
}

/** @param {LoadRequest} request @returns {Resource} throws where a fetch would reject */
function loadSync(request) {
  return readerOf(request.url).sync(request);
}

/** @param {LoadRequest} request @returns {Promise<Resource>} */
async function load(request) {
  return readerOf(request.url).async(request);
}

/** Only the page is known to its server. */
function scriptReaderOf(url) {
  const { protocol, origin } = new URL(url);
  const isHTTP = protocol === 'http:' || protocol === 'https:';
  return isHTTP && origin === pageOrigin ? FROM_PAGE : readerOf(url);
}

/** @param {string} url of a script @returns {Resource} */
function loadScriptSync(url) {
  return scriptReaderOf(url).sync({ url });
}

/** @param {string} url of a script @returns {Promise<Resource>} */
async function loadScript(url) {
  return scriptReaderOf(url).async({ url });
}

/** @param {import('./loader/page').PageLoader} pageLoader */
function setPageLoader(pageLoader) {
  page = pageLoader;
}

/** @param {string} origin */
function setPageOrigin(origin) {
  pageOrigin = origin;
}

/** @param {Resource} resource @param {string} name in lower case @returns {string} '' for none */
function headerOf({ headers }, name) {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}

module.exports = {
  headerOf,
  load,
  loadScript,
  loadScriptSync,
  loadSync,
  setPageLoader,
  setPageOrigin,
};
