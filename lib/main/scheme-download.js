'use strict';

/** Downloads of what the app's own protocols give: WebKit's network process does not know them. */

const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { lastPart } = require('./download-item');
const { handlerOf } = require('./scheme-registry');
const { expectResponse } = require('./scheme-response');

const isOwnScheme = (url) => URL.canParse(url) && handlerOf(new URL(url).protocol.slice(0, -1));

/** The name in a Content-Disposition header: RFC 6266, its extended form first. */
function nameIn(disposition) {
  const [, extended] = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition) ?? [];
  const [, quoted, plain] = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition) ?? [];
  try {
    if (extended !== undefined) return path.posix.basename(decodeURIComponent(extended));
  } catch {
    // not what it says it is: the other form, then
  }
  return path.posix.basename(quoted ?? plain ?? '');
}

/** @param {Response | null} response @returns {import('./download-item').Facts} */
function factsOf(url, pageId, response) {
  const header = (name) => response?.headers.get(name) ?? null;
  const disposition = header('content-disposition');
  return {
    pageId,
    urls: [url],
    filename: nameIn(disposition ?? '') || lastPart(url) || null,
    mimeType: header('content-type')?.split(';')[0].trim() ?? null,
    totalBytes: Number(header('content-length')) || 0,
    contentDisposition: disposition,
    etag: header('etag'),
    lastModified: header('last-modified'),
  };
}

/**
 * @typedef {object} Teller what is told of a download, in this order
 * @property {(download: SchemeDownload, facts: import('./download-item').Facts) => void} begun it waits
 *   for save() or cancel()
 * @property {(received: number) => void} progressed
 * @property {(received: number, problem: string | null) => void} finished as src/main/download.h has it
 */

class SchemeDownload {
  #abort = new AbortController();
  #received = 0;
  #path = Promise.withResolvers();
  #teller;

  /** @param {Teller} teller */
  constructor(teller) {
    this.#teller = teller;
    this.#path.promise.catch(() => {}); // nobody asks for it where the handler has failed
  }

  /** @param {string} url @param {number} pageId of the page that began it */
  async run(url, pageId) {
    let problem = null;
    try {
      await this.#fetch(url, pageId);
    } catch (error) {
      problem = this.#abort.signal.aborted ? 'cancelled' : error.message;
    }
    this.#teller.finished(this.#received, problem);
  }

  async #fetch(url, pageId) {
    let response = null;
    try {
      const given = await isOwnScheme(url)(new Request(url, { signal: this.#abort.signal }));
      expectResponse(given);
      response = given;
      if (!response.ok) throw new Error(`the app's handler answered with ${response.status}`);
    } finally {
      this.#teller.begun(this, factsOf(url, pageId, response));
    }
    const file = await this.#path.promise;
    const part = `${file}.part`;
    try {
      const body = Readable.fromWeb(response.body ?? new Response('').body);
      const pieces = async function* (source) {
        for await (const piece of source) {
          this.#received += piece.byteLength;
          this.#teller.progressed(this.#received);
          yield piece;
        }
      };
      await pipeline(body, pieces.bind(this), fs.createWriteStream(part), {
        signal: this.#abort.signal,
      });
      await fs.promises.rename(part, file);
    } catch (error) {
      await fs.promises.rm(part, { force: true });
      throw error;
    }
  }

  save(file) {
    this.#path.resolve(file);
  }

  cancel() {
    this.#abort.abort();
    this.#path.reject(new Error('cancelled'));
  }
}

module.exports = { isOwnScheme, SchemeDownload };
