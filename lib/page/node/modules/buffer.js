'use strict';

/**
 * `buffer`: the package of that name, whose Buffers are the page's own Uint8Arrays. UTF-8 goes
 * through the engine's codecs, which are faster and decode broken text as Node does; base64url is added.
 */

const { loadPackage } = require('../packages');
const { invalidArgType, nodeError, outOfRange } = require('../errors');
const { withCodes } = require('./buffer-errors');
const { completeFrom } = require('../system');

const { TextDecoder, TextEncoder, TypeError, Uint8Array } = globalThis;
const buffer = loadPackage('buffer');
const { Buffer } = buffer;
const { prototype } = Buffer;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decoder16 = new TextDecoder('utf-16le', { ignoreBOM: true });

const original = {
  byteLength: Buffer.byteLength,
  from: Buffer.from,
  isEncoding: Buffer.isEncoding,
  fill: prototype.fill,
  toString: prototype.toString,
  write: prototype.write,
};

const isUtf8 = (encoding) =>
  encoding === undefined || encoding === null || encoding === '' || /^utf-?8$/i.test(encoding);
const isUtf16 = (encoding) => /^(utf-?16le|ucs-?2)$/i.test(encoding);
const isBase64Url = (encoding) => /^base64url$/i.test(encoding);

/** The package's decoder takes both alphabets. */
const known = (encoding) => (isBase64Url(encoding) ? 'base64' : encoding);

function asBuffer(bytes) {
  return Object.setPrototypeOf(bytes, prototype);
}

const BUFFER_SOURCES =
  'The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an ' +
  'Array-like Object.';

function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') {
    if (isUtf8(encodingOrOffset)) return asBuffer(encoder.encode(value));
    return original.from(value, known(encodingOrOffset));
  }
  try {
    return original.from(value, encodingOrOffset, length);
  } catch (error) {
    if (!(error instanceof TypeError) || error.code) throw error;
    const { message } = invalidArgType('x', 'x', value);
    const received = message.slice(message.indexOf('Received'));
    throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `${BUFFER_SOURCES} ${received}`);
  }
}

function toText(encoding, start = 0, end = this.length) {
  if (isBase64Url(encoding)) {
    const text = original.toString.call(this, 'base64', start, end);
    return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  }
  if (isUtf8(encoding)) return decoder.decode(this.subarray(clamp(start), clamp(end)));
  if (isUtf16(encoding) && isWhole(this, start, end)) return decoder16.decode(this);
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    throw nodeError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
  }
  return original.toString.call(this, encoding, start, end);
}

const clamp = (place) => Math.max(0, Math.trunc(place) || 0);

/** Lone surrogates are kept by Node and not by the engine's decoder: only well-formed text goes there. */
function isWhole(bytes, start, end) {
  if (start !== 0 || end !== bytes.length || bytes.length % 2 !== 0) return false;
  for (let i = 1; i < bytes.length; i += 2) if ((bytes[i] & 0xf8) === 0xd8) return false;
  return true;
}

function write(text, offset, length, encoding) {
  if (typeof offset === 'string') return original.write.call(this, text, known(offset));
  if (typeof length === 'string') return original.write.call(this, text, offset, known(length));
  return original.write.call(this, text, offset, length, known(encoding));
}

function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
    return original.byteLength(value, encoding);
  }
  if (isBase64Url(encoding)) return Math.floor((value.replace(/=+$/, '').length * 3) / 4);
  if (isUtf8(encoding)) return encoder.encode(value).length;
  return original.byteLength(value, encoding);
}

function copyBytesFrom(view, offset = 0, length = view.length - offset) {
  return from(view.slice(offset, offset + length).buffer);
}

function replace(target, methods) {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
  }
}

for (const name of Object.keys(prototype)) {
  if (/^(read|write|swap)[A-Z1-9]/.test(name)) prototype[name] = withCodes(prototype[name]);
}

const allocating = (allocate) => (size, fill, encoding) => {
  if (typeof size !== 'number') throw invalidArgType('size', 'number', size);
  if (!(size >= 0 && size <= buffer.kMaxLength)) {
    throw outOfRange('size', `>= 0 && <= ${buffer.kMaxLength}`, size);
  }
  return allocate(size, fill, known(encoding));
};

replace(Buffer, {
  alloc: allocating(Buffer.alloc),
  allocUnsafe: allocating(Buffer.allocUnsafe),
  allocUnsafeSlow: allocating(Buffer.allocUnsafeSlow),
  byteLength,
  copyBytesFrom,
  from,
  isEncoding: (encoding) => isBase64Url(encoding) || original.isEncoding(encoding),
});
replace(prototype, {
  equals(other) {
    if (!(other instanceof Uint8Array)) throw invalidArgType('otherBuffer', 'Buffer', other);
    return Buffer.compare(this, other) === 0;
  },
  fill(value, offset, end, encoding) {
    return original.fill.call(this, value, known(offset), known(end), known(encoding));
  },
  toString: toText,
  toLocaleString: toText,
  write,
});

const isWellFormed = (bytes) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

module.exports = Object.assign(buffer, {
  Blob: globalThis.Blob,
  File: globalThis.File,
  atob: (text) => globalThis.atob(text),
  btoa: (text) => globalThis.btoa(text),
  constants: { MAX_LENGTH: buffer.kMaxLength, MAX_STRING_LENGTH: 0x7fffffff },
  isAscii: (bytes) => new Uint8Array(bytes.buffer ?? bytes).every((byte) => byte < 128),
  isUtf8: isWellFormed,
  kStringMaxLength: 0x7fffffff,
});
completeFrom(module.exports, 'buffer', ['transcode', 'resolveObjectURL']);
