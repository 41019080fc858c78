'use strict';

/**
 * One send() of an XMLHttpRequest: sends, and tells its observer what comes.
 *
 * @typedef {object} Observer
 * @property {(loaded: number) => void} sent the body has gone
 * @property {(head: {url: string, status: number, statusText: string, headers: [string, string][]}) => void} head
 * @property {(chunk: Uint8Array) => void} chunk
 * @property {() => void} end
 * @property {(kind: 'error' | 'timeout') => void} failed
 */

const { loadSync } = require('../loader');
const { fetchResource } = require('./fetch');
const { extractBody, extractBodySync } = require('./xhr-body');

function withType(headers, type) {
  const isSet = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return type === null || isSet ? headers : [...headers, ['content-type', type]];
}

const isTimeout = (error) => error?.name === 'TimeoutError';

class Exchange {
  #observer;
  #abort = new AbortController();
  #isOver = false;

  /** @param {Observer} observer */
  constructor(observer) {
    this.#observer = observer;
  }

  abort() {
    this.#isOver = true;
    this.#abort.abort();
  }

  /** Its time is up: counted from send(), whenever script says so. */
  timeOut() {
    this.#fail('timeout');
    this.#abort.abort();
  }

  /** @param {{url: string, method: string, headers: [string, string][]}} request */
  async run(request, given) {
    try {
      const { body, type } = await extractBody(given);
      const headers = withType(request.headers, type);
      const { signal } = this.#abort;
      const response = await fetchResource({ ...request, headers, body, signal });
      this.#tell('sent', body?.byteLength ?? 0);
      this.#tell('head', headOf(response));
      const stream = this.#isOver ? [] : (response.body ?? []);
      for await (const chunk of stream) this.#tell('chunk', chunk);
      this.#tell('end');
    } catch (error) {
      this.#fail('error', error);
    }
  }

  /** The same at once. */
  runSync(request, given, timeout) {
    try {
      const { body, type } = extractBodySync(given);
      const headers = withType(request.headers, type);
      const resource = loadSync({ ...request, headers, body, timeout });
      this.#tell('head', resource);
      this.#tell('chunk', resource.body);
      this.#tell('end');
    } catch (error) {
      this.#fail(isTimeout(error) ? 'timeout' : 'error');
    }
  }

  #tell(what, ...values) {
    if (!this.#isOver) this.#observer[what](...values);
  }

  #fail(kind) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#observer.failed(kind);
  }
}

function headOf({ url, status, statusText, headers }) {
  return { url, status, statusText, headers: [...headers] };
}

module.exports = { Exchange };
