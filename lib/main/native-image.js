'use strict';

const fs = require('node:fs');
const { defineMissing } = require('./unsupported');
const names = require('./electron-names');
const native = require('./native');

/** Electron's NativeImage, over a PNG. */
class NativeImage {
  #png;
  #size;

  constructor(png, width, height) {
    this.#png = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
    this.#size = { width, height };
  }

  toPNG() {
    return Buffer.from(this.#png);
  }

  toDataURL() {
    return `data:image/png;base64,${this.#png.toString('base64')}`;
  }

  getSize() {
    return { ...this.#size };
  }

  getAspectRatio() {
    return this.#size.height === 0 ? 0 : this.#size.width / this.#size.height;
  }

  isEmpty() {
    return this.#png.length === 0;
  }
}

defineMissing(NativeImage.prototype, 'NativeImage', names.nativeImage, 'native-image');

const DATA_URL = /^data:image\/[a-z+.-]+;base64,/i;

const createEmpty = () => new NativeImage(new Uint8Array(0), 0, 0);

/** @param {Buffer} buffer PNG, JPEG or TIFF; of anything else the image is empty, as in Electron */
function createFromBuffer(buffer) {
  if (!Buffer.isBuffer(buffer)) throw new TypeError('buffer must be a node Buffer');
  const decoded = native.decodeImage(buffer);
  return decoded ? new NativeImage(...decoded) : createEmpty();
}

/** @param {string} path a file, or what lies in an archive; one that cannot be read is empty */
function createFromPath(path) {
  let bytes;
  try {
    bytes = fs.readFileSync(path);
  } catch {
    return createEmpty();
  }
  return createFromBuffer(bytes);
}

/** @param {string} dataURL */
function createFromDataURL(dataURL) {
  const [start = null] = DATA_URL.exec(dataURL) ?? [];
  return start ? createFromBuffer(Buffer.from(dataURL.slice(start.length), 'base64')) : createEmpty();
}

/** Electron's `nativeImage`. */
const nativeImage = { createEmpty, createFromBuffer, createFromDataURL, createFromPath };
defineMissing(nativeImage, 'nativeImage', names.nativeImageModule, 'native-image');

module.exports = { NativeImage, nativeImage };
