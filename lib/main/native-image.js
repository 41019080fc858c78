'use strict';

const { defineMissing } = require('./unsupported');
const names = require('./electron-names');

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

defineMissing(NativeImage.prototype, 'NativeImage', names.nativeImage, 'web-contents');

/** The module: only what capturePage() gives is there yet. */
const nativeImage = { createEmpty: () => new NativeImage(new Uint8Array(0), 0, 0) };
defineMissing(nativeImage, 'nativeImage', names.nativeImageModule, 'web-contents');

module.exports = { NativeImage, nativeImage };
