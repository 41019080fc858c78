'use strict';

/** Streams of Node as the page's web streams, and the reverse. */

const { ReadableStream, Uint8Array, WritableStream } = globalThis;

const readableFromWeb = (Readable) => (stream, options) => {
  const reader = stream.getReader();
  return new Readable({
    ...options,
    async read() {
      try {
        const { done, value } = await reader.read();
        this.push(done ? null : value);
      } catch (error) {
        this.destroy(error);
      }
    },
    destroy(error, callback) {
      reader.cancel(error).then(
        () => callback(error),
        () => callback(error),
      );
    },
  });
};

function readableToWeb(readable) {
  const iterator = readable.iterator({ destroyOnReturn: true });
  const asBytes = (chunk) =>
    typeof chunk === 'object' && chunk instanceof Uint8Array ? new Uint8Array(chunk) : chunk;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(asBytes(value));
    },
    async cancel() {
      await iterator.return();
    },
  });
}

/** @param {(callback: (error?: Error | null) => void) => void} start */
const settled = (start) =>
  new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });

const writableFromWeb = (Writable) => (stream, options) => {
  const writer = stream.getWriter();
  const settle = (promise, callback) =>
    promise.then(
      () => callback(),
      (error) => callback(error),
    );
  return new Writable({
    ...options,
    write: (chunk, encoding, callback) => settle(writer.write(chunk), callback),
    final: (callback) => settle(writer.close(), callback),
    destroy: (error, callback) =>
      error ? settle(writer.abort(error), () => callback(error)) : callback(null),
  });
};

function writableToWeb(writable) {
  return new WritableStream({
    write: (chunk) => settled((callback) => writable.write(chunk, callback)),
    close: () => settled((callback) => writable.end(callback)),
    abort: (reason) => void writable.destroy(reason),
  });
}

const NAMES = `ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader
  ReadableStreamBYOBRequest ReadableByteStreamController ReadableStreamDefaultController TransformStream
  TransformStreamDefaultController WritableStream WritableStreamDefaultWriter
  WritableStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream
  TextDecoderStream CompressionStream DecompressionStream`.split(/\s+/);

/** `stream/web`: the page's own. */
const interfaces = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));

module.exports = { interfaces, readableFromWeb, readableToWeb, writableFromWeb, writableToWeb };
