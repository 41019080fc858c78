'use strict';

/**
 * One end of a stream that goes over a message port: `chunk`, `close` and `error` go one way, `pull` and
 * `error` the other.
 */

const P = require('./structured-clone/primordials');

const { DOMException, Promise, ReadableStream, WritableStream } = globalThis;
const then = P.uncurryThis(Promise.prototype.then);
const listen = P.uncurryThis(EventTarget.prototype.addEventListener);
const enqueue = P.uncurryThis(ReadableStreamDefaultController.prototype.enqueue);
const closeReadable = P.uncurryThis(ReadableStreamDefaultController.prototype.close);
const errorReadable = P.uncurryThis(ReadableStreamDefaultController.prototype.error);
const errorWritable = P.uncurryThis(WritableStreamDefaultController.prototype.error);

/** The port of a stream, and what is done with its messages. */
class StreamPort {
  #scope;
  #port;
  #isOpen = true;

  /**
   * @param {import('./transferable-streams').Scope} scope
   * @param {object} port
   * @param {(type: string, value: unknown) => void} onMessage
   * @param {(error: DOMException) => void} onFailed the stream can't go on
   */
  constructor(scope, port, onMessage, onFailed) {
    this.#scope = scope;
    this.#port = port;
    const fail = (error) => {
      if (this.#isOpen) onFailed(error);
    };
    listen(port, 'message', ({ data }) => {
      const isOne = this.#isOpen && typeof data === 'object' && data !== null;
      if (isOne) onMessage(data.type, data.value);
    });
    listen(port, 'messageerror', () => {
      const error = new DOMException('A chunk of the stream could not be cloned.', 'DataCloneError');
      this.sendError(error);
      fail(error);
      this.close();
    });
    listen(port, 'close', () => {
      fail(new DOMException("The stream's other end is gone.", 'AbortError'));
    });
    scope.start(port);
  }

  send(type, value) {
    this.#scope.post(this.#port, { __proto__: null, type, value });
  }

  /** An error that can't be cloned is told by the error of that. */
  sendError(reason) {
    try {
      this.send('error', reason);
    } catch (error) {
      this.send('error', error);
    }
  }

  close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#scope.close(this.#port);
  }
}

/** @param {import('./transferable-streams').Scope} scope @returns {ReadableStream} of what comes */
function readFrom(scope, port) {
  let controller;
  const fail = (error) => errorReadable(controller, error);
  const received = (type, value) => {
    if (type === 'chunk') {
      enqueue(controller, value);
      return;
    }
    if (type === 'close') closeReadable(controller);
    else if (type === 'error') fail(value);
    else return;
    line.close();
  };
  const source = {
    __proto__: null,
    start(given) {
      controller = given;
    },
    pull() {
      line.send('pull', undefined);
    },
    cancel(reason) {
      line.sendError(reason);
      line.close();
    },
  };
  // `pull` is called in a later turn at the earliest.
  const stream = new ReadableStream(source, { __proto__: null, highWaterMark: 0 });
  const line = new StreamPort(scope, port, received, fail);
  return stream;
}

/** @param {import('./transferable-streams').Scope} scope @returns {WritableStream} whose chunks go there */
function writeTo(scope, port) {
  let controller;
  let release;
  let ready;
  const block = () => (ready = new Promise((done) => (release = done)));
  block();
  const fail = (error) => {
    errorWritable(controller, error);
    release();
  };
  const received = (type, value) => {
    if (type === 'pull') release();
    else if (type === 'error') fail(value);
  };
  const write = (chunk) => {
    block();
    try {
      line.send('chunk', chunk);
    } catch (error) {
      line.sendError(error);
      line.close();
      throw error;
    }
  };
  const sink = {
    __proto__: null,
    start(given) {
      controller = given;
    },
    write: (chunk) => then(ready, () => write(chunk)),
    close() {
      line.send('close', undefined);
      line.close();
    },
    abort(reason) {
      line.sendError(reason);
      line.close();
    },
  };
  const stream = new WritableStream(sink);
  const line = new StreamPort(scope, port, received, fail);
  return stream;
}

module.exports = { readFrom, writeTo };
