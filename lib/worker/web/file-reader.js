'use strict';

/** FileReader and FileReaderSync (w3.org/TR/FileAPI), over Node's Blob. */

const { callSync } = require('../loader/sync-thread');
const { defineEventHandlers } = require('../event-handlers');
const { defineInterface } = require('./interface');
const { fireProgress } = require('./progress-event');
const { textDecoder } = require('./text-encoding');

const { Blob } = globalThis;

const STATES = { EMPTY: 0, LOADING: 1, DONE: 2 };
const EVENTS = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];

/** What each way of reading makes of the bytes. */
const PACK = {
  ArrayBuffer: (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  BinaryString: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice(),
  Text: (bytes, { type }, label) => textDecoder(bytes, label, type).decode(bytes),
  DataURL(bytes, { type }) {
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).base64Slice();
    return `data:${type || 'application/octet-stream'};base64,${base64}`;
  },
};

function checkBlob(blob, type, method) {
  if (blob instanceof Blob) return;
  throw new TypeError(
    `Failed to execute '${method}' on '${type}': parameter 1 is not of type 'Blob'.`,
  );
}

class FileReader extends EventTarget {
  #state = STATES.EMPTY;
  #result = null;
  #error = null;
  /** The reading that is going on; another one, or abort(), takes its place. */
  #current = null;

  get readyState() {
    return this.#state;
  }

  get result() {
    return this.#result;
  }

  get error() {
    return this.#error;
  }

  readAsArrayBuffer(blob) {
    this.#begin(blob, 'ArrayBuffer');
  }

  readAsBinaryString(blob) {
    this.#begin(blob, 'BinaryString');
  }

  readAsText(blob, encoding = undefined) {
    this.#begin(blob, 'Text', encoding);
  }

  readAsDataURL(blob) {
    this.#begin(blob, 'DataURL');
  }

  abort() {
    if (this.#state !== STATES.LOADING) {
      this.#result = null;
      return;
    }
    this.#current = null;
    this.#state = STATES.DONE;
    this.#result = null;
    this.#error = new DOMException('The user aborted a request.', 'AbortError');
    fireProgress(this, 'abort');
    if (this.#state !== STATES.LOADING) fireProgress(this, 'loadend');
  }

  #begin(blob, way, label) {
    const method = `readAs${way}`;
    checkBlob(blob, 'FileReader', method);
    if (this.#state === STATES.LOADING) {
      const where = `Failed to execute '${method}' on 'FileReader'`;
      throw new DOMException(
        `${where}: The object is already busy reading Blobs.`,
        'InvalidStateError',
      );
    }
    this.#state = STATES.LOADING;
    this.#result = null;
    this.#error = null;
    this.#current = {};
    this.#read(blob, way, label, this.#current);
  }

  async #read(blob, way, label, current) {
    const reading = blob.arrayBuffer();
    let finish;
    try {
      const bytes = new Uint8Array(await reading);
      finish = () => this.#loaded(PACK[way](bytes, blob, label), blob.size);
    } catch (error) {
      finish = () => this.#failed(error);
    }
    setImmediate(() => {
      if (this.#current !== current) return;
      fireProgress(this, 'loadstart', 0, blob.size);
      if (this.#current === current) finish();
    });
  }

  #loaded(result, size) {
    fireProgress(this, 'progress', size, size);
    if (this.#state !== STATES.LOADING) return;
    this.#state = STATES.DONE;
    this.#result = result;
    fireProgress(this, 'load', size, size);
    if (this.#state !== STATES.LOADING) fireProgress(this, 'loadend', size, size);
  }

  #failed(error) {
    this.#state = STATES.DONE;
    this.#error = new DOMException(error.message, 'NotReadableError');
    fireProgress(this, 'error');
    if (this.#state !== STATES.LOADING) fireProgress(this, 'loadend');
  }
}

/** FileReader at once, which only workers have. */
class FileReaderSync {
  readAsArrayBuffer(blob) {
    return readSync(blob, 'ArrayBuffer');
  }

  readAsBinaryString(blob) {
    return readSync(blob, 'BinaryString');
  }

  readAsText(blob, encoding = undefined) {
    return readSync(blob, 'Text', encoding);
  }

  readAsDataURL(blob) {
    return readSync(blob, 'DataURL');
  }
}

function readSync(blob, way, label) {
  checkBlob(blob, 'FileReaderSync', `readAs${way}`);
  return PACK[way](callSync('blob', blob.slice()), blob, label);
}

defineEventHandlers(FileReader.prototype, EVENTS);
defineInterface(FileReader, STATES);
defineInterface(FileReaderSync);

module.exports = { FileReader, FileReaderSync };
