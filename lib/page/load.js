'use strict';

/**
 * Reads an address for a worker: what only a page can read, its blob: addresses and the app's own
 * protocols. Done in the isolated world, whose requests the page's Content-Security-Policy for its
 * own (connect-src) does not concern.
 *
 * @param {string} url
 * @param {string} method
 * @param {string} headers pairs, as JSON
 * @param {Uint8Array | null} body
 * @param {(error: string | null, status: number, statusText: string, url: string, headers: string,
 *   body: ArrayBuffer | null) => void} done
 */
exports.load = async function load(url, method, headers, body, done) {
  let response;
  let bytes;
  try {
    response = await fetch(url, { method, headers: JSON.parse(headers), body });
    bytes = await response.arrayBuffer();
  } catch (error) {
    done(`${error.message}`, 0, '', '', '[]', null);
    return;
  }
  const received = JSON.stringify([...response.headers]);
  done(null, response.status, response.statusText, response.url, received, bytes);
};
