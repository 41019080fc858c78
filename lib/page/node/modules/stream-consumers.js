'use strict';

/** `stream/consumers`. */

const { Buffer } = require('./buffer');

/** Streams of Node and web streams, which WebKit does not iterate over. */
async function* chunksOf(stream) {
  if (stream[Symbol.asyncIterator]) {
    yield* stream;
    return;
  }
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}

async function buffer(stream) {
  const chunks = [];
  for await (const chunk of chunksOf(stream)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function arrayBuffer(stream) {
  const { buffer: memory, byteOffset, byteLength } = await buffer(stream);
  return memory.slice(byteOffset, byteOffset + byteLength);
}

/** Text may come in pieces that are strings, or that end in the midst of a letter. */
async function text(stream) {
  const decoder = new TextDecoder();
  let result = '';
  for await (const chunk of chunksOf(stream)) {
    result += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  return result + decoder.decode();
}

module.exports = {
  arrayBuffer,
  blob: async (stream) => new Blob([await arrayBuffer(stream)]),
  buffer,
  bytes: async (stream) => new Uint8Array(await arrayBuffer(stream)),
  json: async (stream) => JSON.parse(await text(stream)),
  text,
};
