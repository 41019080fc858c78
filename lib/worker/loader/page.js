'use strict';

/**
 * What only the page can read: blob: addresses that it or another worker made, and the app's own
 * protocols, whose handlers are in the main process. One request is one message, so is its answer
 * (lib/page/loader.js).
 */

const { KINDS } = require('../../common/link/kinds');

const { Promise } = globalThis;

/**
 * @param {any} answer from the page, which nobody vouches for
 * @returns {import('../loader').Resource}
 */
function readAnswer(answer) {
  if (typeof answer?.error === 'string') throw new TypeError(answer.error);
  const { url, status, statusText, headers, body } = answer ?? {};
  if (!Number.isInteger(status) || !Array.isArray(headers) || !(body instanceof ArrayBuffer)) {
    throw new TypeError('the page gave no answer that makes sense');
  }
  return {
    url: String(url),
    status,
    statusText: String(statusText),
    headers: headers.map(([name, value]) => [String(name), String(value)]),
    body: new Uint8Array(body),
  };
}

class PageLoader {
  #port;
  #lastId = 0;
  /** @type {Map<number, (answer: unknown) => void>} */
  #waiting = new Map();

  /** @param {import('../port').Port} port */
  constructor(port) {
    this.#port = port;
    port.link.handle(KINDS.ANSWER, (id, answer) => {
      const take = this.#waiting.get(id);
      this.#waiting.delete(id);
      take?.(answer);
    });
  }

  /** @param {import('../loader').LoadRequest} request */
  async load(request) {
    const { promise, resolve } = Promise.withResolvers();
    this.#ask(request, resolve);
    return readAnswer(await promise);
  }

  /** @param {import('../loader').LoadRequest} request */
  loadSync(request) {
    let received;
    const id = this.#ask(request, (answer) => {
      received = answer;
    });
    this.#port.waitFor(KINDS.ANSWER, id);
    return readAnswer(received);
  }

  #ask({ url, method = 'GET', headers = [], body = null }, take) {
    const id = ++this.#lastId;
    this.#waiting.set(id, take);
    this.#port.link.send(KINDS.REQUEST, id, { url, method, headers, body }, undefined, 'weft');
    return id;
  }
}

module.exports = { PageLoader };
