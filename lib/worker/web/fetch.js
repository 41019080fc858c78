'use strict';

/**
 * fetch() of a worker: Node's for http(s): and data:, and with what a page can fetch besides: file:,
 * blob: and the app's own protocols (../loader.js). Addresses are relative to the worker's script.
 */

const { resolveObjectURL } = require('node:buffer');
const { httpResponse } = require('../loader/http');
const { load } = require('../loader');

const { fetch: nodeFetch, Request: NodeRequest, Response } = globalThis;

/** Statuses of responses that have no body. */
const NULL_BODY = new Set([101, 103, 204, 205, 304]);

const isHTTP = (url) => /^https?:/i.test(url);

/** What fetch() and Request take as an address, absolute. */
function absolute(input) {
  if (input instanceof NodeRequest) return input;
  const text = String(input);
  const base = globalThis.location?.href;
  return URL.canParse(text, base) ? new URL(text, base).href : text;
}

/** @param {import('../loader').Resource} resource @param {string} url that was asked for */
function toResponse({ body, headers, status, statusText, ...resource }, url) {
  const content = NULL_BODY.has(status) ? null : body;
  const response = new Response(content, { status, statusText, headers });
  const finalURL = resource.url || url;
  const redirected = finalURL.split('#', 1)[0] !== url.split('#', 1)[0];
  return describe(response, { url: finalURL, redirected, type: 'basic' });
}

/** A Response that script makes has no address; this one comes from somewhere. */
function describe(response, facts) {
  for (const [name, value] of Object.entries(facts)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  const { clone } = response;
  const value = () => describe(clone.call(response), facts);
  Object.defineProperty(response, 'clone', { value, configurable: true });
  return response;
}

/** @returns {Promise<never>} rejects when the signal says so */
function aborted(signal) {
  return new Promise((resolve, reject) => {
    const reason = () => reject(signal.reason);
    if (signal?.aborted) reason();
    else signal?.addEventListener('abort', reason, { once: true });
  });
}

/**
 * @param {import('../loader').LoadRequest} request
 * @returns {Promise<Response>} its body streams where the scheme allows it
 */
async function fetchResource(request) {
  const { url, method = 'GET', signal } = request;
  if (isHTTP(url)) return httpResponse(request);
  const isLocal = url.startsWith('file:') || url.startsWith('data:');
  if (isLocal && method !== 'GET' && method !== 'HEAD') {
    throw new TypeError(`${method} is not possible with ${url.split(':', 1)[0]}: addresses`);
  }
  const resource = await Promise.race([load(request), aborted(signal)]);
  return toResponse(method === 'HEAD' ? { ...resource, body: null } : resource, url);
}

async function fetchOther(request) {
  const { url, method, signal } = request;
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : null;
  try {
    return await fetchResource({ url, method, headers: [...request.headers], body, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new TypeError('Failed to fetch', { cause: error });
  }
}

async function fetch(input, init = undefined) {
  if (arguments.length === 0) {
    throw new TypeError(
      "Failed to execute 'fetch' on 'WorkerGlobalScope': 1 argument required, but only 0 present.",
    );
  }
  const target = absolute(input);
  const url = target instanceof NodeRequest ? target.url : target;
  const isOfNode = isHTTP(url) || url.startsWith('data:') || !URL.canParse(url);
  if (isOfNode || (url.startsWith('blob:') && resolveObjectURL(url)))
    return nodeFetch(target, init);
  return fetchOther(new NodeRequest(target, init));
}

/** Node's class, but that addresses are relative to the worker's script. */
function withRelativeAddresses(type) {
  const relative = new Proxy(type, {
    construct(target, [input, ...rest], newTarget) {
      const given = input === undefined ? [] : [absolute(input), ...rest];
      return Reflect.construct(target, given, newTarget === relative ? target : newTarget);
    },
  });
  type.prototype.constructor = relative;
  return relative;
}

function installFetch() {
  const define = (name, value, enumerable) =>
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable,
      configurable: true,
    });
  define('fetch', fetch, true);
  for (const name of ['EventSource', 'Request', 'WebSocket']) {
    define(name, withRelativeAddresses(globalThis[name]), false);
  }
}

module.exports = { fetchResource, installFetch };
