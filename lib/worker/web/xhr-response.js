'use strict';

/** The received bytes of an XMLHttpRequest as each `responseType` has them. */

const { essenceOf } = require('../../common/mime-types');
const { textDecoder } = require('./text-encoding');

const { Blob } = globalThis;

const utf8 = new TextDecoder();

const concatenate = (chunks) => {
  const bytes = Buffer.concat(chunks);
  return new Uint8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

class ReceivedBody {
  #chunks = [];
  #bytes = null;
  #text = null;
  #object;

  size = 0;

  /** @param {Uint8Array} chunk */
  add(chunk) {
    this.#chunks.push(chunk);
    this.size += chunk.byteLength;
    this.#bytes = null;
    this.#text = null;
  }

  get #all() {
    this.#bytes ??= concatenate(this.#chunks);
    return this.#bytes;
  }

  /** @param {string} type MIME type */
  text(type) {
    this.#text ??= textDecoder(this.#all, undefined, type).decode(this.#all);
    return this.#text;
  }

  /** One object for all times that script asks. @param {string} responseType @param {string} type */
  object(responseType, type) {
    this.#object ??= { value: this.#make(responseType, type) };
    return this.#object.value;
  }

  #make(responseType, type) {
    if (responseType === 'arraybuffer') return this.#all.buffer;
    if (responseType === 'blob') return new Blob([this.#all], { type: essenceOf(type) && type });
    if (responseType === 'document') return null; // for pages only
    try {
      return JSON.parse(utf8.decode(this.#all));
    } catch {
      return null;
    }
  }
}

module.exports = { ReceivedBody };
