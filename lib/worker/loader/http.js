'use strict';

/** http(s): as Node's fetch has it, which keeps no cookies and no cache. */

const { fetch } = globalThis;

/**
 * @param {import('../loader').LoadRequest} request
 * @returns {Promise<Response>} a TimeoutError after `timeout` milliseconds
 */
function httpResponse({ url, method = 'GET', headers = [], body = null, timeout = 0, signal }) {
  const signals = [signal, timeout > 0 ? AbortSignal.timeout(timeout) : undefined].filter(Boolean);
  return fetch(url, { method, headers, body, signal: AbortSignal.any(signals) });
}

/** @returns {Promise<import('../loader').Resource>} */
async function httpResource(request) {
  const response = await httpResponse(request);
  return {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

module.exports = { httpResource, httpResponse };
