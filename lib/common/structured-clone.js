'use strict';

/**
 * structured-clone - the clone codec: values to bytes and back, as postMessage has them
 *
 * One source for both engines: V8 (main process, workers) and JavaScriptCore (pages, where it is loaded
 * before any page script). The bytes are V8's serialisation format, so that either end can
 * be checked against Node's own v8.Serializer. The parts, in structured-clone/:
 *
 *   format.js      the tags
 *   encoder.js     value to bytes; decoder.js back again, from bytes that nobody vouches for
 *   views.js, transferable.js, shared-buffers.js   what must be found out about views and buffers
 *   platform.js    the platform's own types: ports, blobs, images...
 *   classify.js    which objects can be cloned, and what errors call the others
 *   strings-*.js   the fastest way with long strings in each engine; code-units.js short ones
 *   primordials.js every intrinsic that is used, captured at load
 */

const P = require('./structured-clone/primordials');
const { Encoder } = require('./structured-clone/encoder');
const { Decoder } = require('./structured-clone/decoder');

/** ArrayBuffers of this many bytes or more go beside the message instead of in it. */
const OUT_OF_BAND_MIN = 64 * 1024;

/**
 * What a message has beside its bytes; the message names each by its index.
 * @typedef {object} Attachments
 * @property {ArrayBuffer[]} [buffers]
 * @property {object[]} [ports] those of the event first
 * @property {SharedArrayBuffer[]} [shared]
 * @property {(ArrayBuffer | Blob)[]} [blobs] their bytes
 */

class Codec {
  // One encoder for each level of encode() within a getter within encode(); the same for decoders.
  #encoders = P.safeArray();
  #level = 0;
  #latest;
  #decoder;
  #outOfBandMin;
  #makeEncoder;
  #makeDecoder;

  constructor(outOfBandMin, makeEncoder, makeDecoder) {
    this.#outOfBandMin = outOfBandMin;
    this.#makeEncoder = makeEncoder;
    this.#makeDecoder = makeDecoder;
    this.#decoder = makeDecoder();
    this.#latest = this.#encoders[0] = makeEncoder();
  }

  /**
   * After encode(): the ArrayBuffer that holds the bytes, from offset 0. It is another object only when it
   * had to grow, has shrunk again, or a getter encoded another message meanwhile.
   * @returns {ArrayBuffer}
   */
  get scratch() {
    return this.#latest.scratch;
  }

  /**
   * After encode(): the buffers to send beside the message; valid until the next encode().
   * @returns {{buffer: ArrayBuffer, byteLength: number}[]}
   */
  get buffers() {
    return this.#latest.buffers;
  }

  /** After encode(): SharedArrayBuffers that the message names. @returns {SharedArrayBuffer[]} */
  get shared() {
    return this.#latest.shared;
  }

  /**
   * After encode(): Blobs and other bytes that go beside the message.
   * @returns {(Blob | ArrayBuffer | import('./structured-clone/pending').LateBytes)[]}
   */
  get blobs() {
    return this.#latest.blobs;
  }

  /** After encode(): the buffers of the transfer list, not detached yet. @returns {ArrayBuffer[]} */
  get transferred() {
    return this.#latest.transferred;
  }

  /** After encode(): whether the message has nothing but its bytes. */
  get isPlain() {
    return this.#latest.isPlain;
  }

  /**
   * Writes a value as one message into `scratch`.
   * @param {unknown} value
   * @param {ArrayBuffer[]} [transferList]
   * @param {string} [where] opens the messages of errors: "Failed to execute 'postMessage' on 'Worker'"
   * @returns {number} the length of the message in bytes
   * @throws {unknown} a DataCloneError, or whatever a getter threw; a TypeError for a list of other things than
   *   objects, a RangeError for a value nested too deeply. Nothing is detached then.
   */
  encode(value, transferList, where = '') {
    return this.#encode(value, transferList, where, this.#outOfBandMin);
  }

  /** After encode(): whether more than buffers must go beside the message. */
  get hasAttachments() {
    return this.#latest.hasAttachments();
  }

  /** After encode(): how many ports takePorts() will return. */
  get portCount() {
    return this.#latest.portCount;
  }

  /** After encode(): how many of the ports are those of the event; they come first. */
  get eventPortCount() {
    return this.#latest.eventPortCount;
  }

  /** After encode(): takes ports and streams in the transfer list from their owner. @returns {object[]} ports */
  takePorts() {
    return this.#latest.takePorts();
  }

  /**
   * After encode(): adds 32-bit words behind the message in `scratch`.
   * @param {number} size of the message @param {number[]} words @returns {number} the size with them
   */
  appendTrailer(size, words) {
    return this.#latest.appendTrailer(size, words);
  }

  /** Detaches the buffers in the transfer list of the latest encode(), when their bytes are safe. */
  detachTransferred() {
    this.#latest.detachTransferred();
  }

  /**
   * Reads the message in view[offset, offset + length).
   * @param {Uint8Array} view
   * @param {number} offset
   * @param {number} length
   * @param {Attachments} [attachments] what came beside the message
   * @throws {DOMException} DataCloneError when the message is not a valid one
   */
  decode(view, offset, length, attachments) {
    const decoder = this.#decoder.busy ? this.#makeDecoder() : this.#decoder;
    return decoder.decode(view, offset, length, attachments);
  }

  /** A value as bytes that belong to the caller, all of its buffers among them. @returns {Uint8Array} */
  serialize(value, where = '') {
    const length = this.#encode(value, undefined, where, Infinity);
    return new P.Uint8Array(new P.Uint8Array(this.scratch, 0, length));
  }

  /** The value that serialize() wrote. @param {Uint8Array} bytes */
  deserialize(bytes) {
    return this.decode(bytes, 0, P.typedArrayLength(bytes), undefined);
  }

  #encode(value, transferList, where, outOfBandMin) {
    const level = this.#level++;
    try {
      const encoder = this.#encoders[level] ??= this.#makeEncoder();
      const length = encoder.encode(value, transferList, where, outOfBandMin);
      this.#latest = encoder;
      return length;
    } finally {
      this.#level = level;
    }
  }
}

/**
 * @param {{outOfBandMin?: number, onlyPorts?: boolean, makeEncoder?: () => Encoder, makeDecoder?: () => Decoder}}
 *   [options] onlyPorts: of the platform's objects, ports alone can be encoded; makeEncoder and makeDecoder:
 *   for values that have more than clones can hold
 * @returns {Codec}
 */
function createCodec({
  outOfBandMin = OUT_OF_BAND_MIN,
  onlyPorts = false,
  makeEncoder = () => new Encoder(onlyPorts),
  makeDecoder = () => new Decoder(),
} = {}) {
  return new Codec(outOfBandMin, makeEncoder, makeDecoder);
}

module.exports = { createCodec, OUT_OF_BAND_MIN };
