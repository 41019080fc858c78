'use strict';

/** The receiving half of a link: reads what comes, in order, and gives it to who handles its kind. */

const P = require('../structured-clone/primordials');
const { eventPorts, takeAttachments } = require('./attachments');
const { KINDS } = require('./kinds');
const { readTrailer } = require('./trailer');
const { ReceiveQueue } = require('./receive-queue');
const { FRAMED_TAG } = require('../structured-clone/format');
const { Pending } = require('../structured-clone/pending');

class Inbound {
  #codec;
  #adapter;
  #onMessage;
  #onMessageError;
  #queue = new ReceiveQueue((bytes, offset, size, buffers) => this.#receive(bytes, offset, size, buffers));
  #handlers = P.safeArray();

  /** The arguments are those of a Link. */
  constructor(codec, adapter, onMessage, onMessageError) {
    this.#codec = codec;
    this.#adapter = adapter;
    this.#onMessage = onMessage;
    this.#onMessageError = onMessageError;
  }

  /** @param {boolean} raw whether the handler gets packets */
  handle(kind, handler, raw) {
    this.#handlers[kind] = { __proto__: null, handler, raw };
  }

  receive(bytes, offset, size, buffers) {
    if (this.#queue.isWaiting) this.#queue.keep(bytes, offset, size, buffers);
    else this.#receive(bytes, offset, size, buffers);
  }

  #receive(bytes, offset, size, buffers) {
    if (bytes[offset] === FRAMED_TAG) {
      this.#receiveFramed(bytes, offset, size, buffers);
      return;
    }
    let value;
    try {
      const attachments = buffers === undefined ? undefined : { __proto__: null, buffers };
      value = this.#codec.decode(bytes, offset, size, attachments);
    } catch {
      this.#onMessageError();
      return;
    }
    this.#onMessage(value, undefined);
  }

  #receiveFramed(bytes, offset, size, buffers = P.safeArray()) {
    const trailer = readTrailer(bytes, offset, size);
    if (trailer === null) {
      this.#onMessageError();
      return;
    }
    const { kind, target, eventPortCount } = trailer;
    const handler = this.#handlers[kind];
    if (kind !== KINDS.MESSAGE && handler === undefined) return;
    let attachments;
    try {
      attachments = takeAttachments(this.#adapter, trailer, buffers);
    } catch {
      this.#onMessageError();
      return;
    }
    if (handler?.raw) {
      attachments.bytes = P.copyBytes(bytes, offset, trailer.size);
      attachments.eventPortCount = eventPortCount;
      handler.handler(target, attachments);
    } else {
      this.#open(trailer, bytes, offset, attachments);
    }
  }

  #open(trailer, bytes, offset, attachments) {
    const { kind, target, eventPortCount, size } = trailer;
    let value;
    try {
      value = this.#codec.decode(bytes, offset, size, attachments);
    } catch (error) {
      if (error instanceof Pending) {
        const copy = P.copyBytes(bytes, offset, size);
        this.#queue.waitFor(error, () => {
          attachments.settled = error.values;
          this.#open(trailer, copy, 0, attachments);
        });
      } else {
        this.#onMessageError();
      }
      return;
    }
    if (kind === KINDS.MESSAGE) this.#onMessage(value, eventPorts(attachments.ports, eventPortCount));
    else this.#handlers[kind].handler(target, value, attachments);
  }
}

module.exports = { Inbound };
