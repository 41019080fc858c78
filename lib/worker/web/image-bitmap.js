'use strict';

/**
 * ImageBitmap and createImageBitmap (HTML, "Images") over plain pixels. There is no canvas to draw one on: a worker can
 * make one, crop and scale it, and post it to the page; and it can look at the pixels of one from the page, which is
 * ours: `bitmap[Symbol.for('weft.getImageData')]()`.
 */

const { defineInterface } = require('./interface');
const { ImageData } = require('./image-data');
const { crop, flip, scale, multiplyAlpha } = require('./pixels');

const NEW = Symbol('an ImageBitmap of ours');
const GET_IMAGE_DATA = Symbol.for('weft.getImageData');
const WHERE = "Failed to execute 'createImageBitmap' on 'WorkerGlobalScope'";

/** No bitmap may have more pixels than this; browsers' limits are of that size too. */
const PIXELS_MAX = 2 ** 28;

/** @type {(bitmap: ImageBitmap) => import('./pixels').Pixels | null} null when it is closed */
let pixelsOf;

class ImageBitmap {
  #pixels;

  static {
    pixelsOf = (bitmap) => bitmap.#pixels;
  }

  constructor(key, pixels) {
    if (key !== NEW) throw new TypeError('Illegal constructor');
    this.#pixels = pixels;
  }

  static isOne = (value) => typeof value === 'object' && value !== null && #pixels in value;

  get width() {
    return this.#pixels === null ? 0 : this.#pixels.width;
  }
  get height() {
    return this.#pixels === null ? 0 : this.#pixels.height;
  }

  close() {
    this.#pixels = null;
  }
}

const { isOne: isBitmap } = ImageBitmap;
delete ImageBitmap.isOne;

defineInterface(ImageBitmap);
Object.defineProperty(ImageBitmap.prototype, GET_IMAGE_DATA, {
  value: function getImageData() {
    const pixels = pixelsOf(this);
    if (pixels === null) throw new DOMException('The ImageBitmap is closed.', 'InvalidStateError');
    return new ImageData(pixels.data.slice(), pixels.width, pixels.height);
  },
  writable: true,
  configurable: true,
});

/** @param {import('./pixels').Pixels} pixels */
const makeBitmap = (pixels) => new ImageBitmap(NEW, pixels);

/** What an image source shows. @returns {import('./pixels').Pixels} */
function readSource(source) {
  if (isBitmap(source)) {
    const pixels = pixelsOf(source);
    if (pixels === null) throw new DOMException(`${WHERE}: The source image has been detached.`, 'InvalidStateError');
    return pixels;
  }
  if (source instanceof ImageData) {
    const { width, height, data, pixelFormat } = source;
    if (pixelFormat !== 'rgba-unorm8') {
      throw new DOMException(`${WHERE}: An ImageData of ${pixelFormat} is not supported.`, 'NotSupportedError');
    }
    if (data.length === 0) throw new DOMException(`${WHERE}: The source data has been detached.`, 'InvalidStateError');
    return { width, height, data };
  }
  if (source instanceof Blob) {
    throw new DOMException(
      `${WHERE}: a worker has no decoder for image files; make the ImageBitmap in the page and post it.`,
      'NotSupportedError',
    );
  }
  throw new TypeError(`${WHERE}: The provided value is not of type '(Blob or ImageBitmap or ImageData)'.`);
}

/** The rectangle [x, y, width, height] to cut out; a negative size goes the other way. */
function readRectangle([sx, sy, sw, sh]) {
  const [x, y, width, height] = [sx, sy, sw, sh].map((value) => Number(value) | 0);
  for (const [name, size] of [['width', width], ['height', height]]) {
    if (size === 0) throw new RangeError(`${WHERE}: The crop rect ${name} is 0.`);
  }
  return [Math.min(x, x + width), Math.min(y, y + height), Math.abs(width), Math.abs(height)];
}

function readChoice(options, name, values) {
  const value = options[name] === undefined ? values[0] : String(options[name]);
  if (values.includes(value)) return value;
  throw new TypeError(`${WHERE}: The provided value '${value}' is not a valid enum value of '${name}'.`);
}

function readOptions(options) {
  const given = options ?? {};
  const size = (name) => {
    if (given[name] === undefined) return undefined;
    const value = Number(given[name]) >>> 0;
    if (value > 0) return value;
    throw new DOMException(`${WHERE}: The ${name} is zero.`, 'InvalidStateError');
  };
  return {
    isFlipped: readChoice(given, 'imageOrientation', ['from-image', 'none', 'flipY']) === 'flipY',
    premultiply: readChoice(given, 'premultiplyAlpha', ['default', 'none', 'premultiply']) !== 'none',
    width: size('resizeWidth'),
    height: size('resizeHeight'),
    isSmooth: readChoice(given, 'resizeQuality', ['low', 'pixelated', 'medium', 'high']) !== 'pixelated',
  };
}

function render(source, rectangle, options) {
  const cut = rectangle ?? [0, 0, source.width, source.height];
  let { width, height } = options;
  width ??= height === undefined ? cut[2] : Math.ceil((cut[2] * height) / cut[3]);
  height ??= options.width === undefined ? cut[3] : Math.ceil((cut[3] * width) / cut[2]);
  if (Math.max(cut[2] * cut[3], width * height) > PIXELS_MAX) {
    throw new DOMException(`${WHERE}: The image is too large.`, 'InvalidStateError');
  }
  let pixels = crop(source, cut);
  if (width !== cut[2] || height !== cut[3]) pixels = scale(pixels, width, height, options.isSmooth);
  if (options.isFlipped) pixels = flip(pixels);
  return options.premultiply ? multiplyAlpha(pixels) : pixels;
}

async function createImageBitmap(image, ...rest) {
  if (arguments.length === 0) {
    throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
  }
  if (rest.length === 2 || rest.length === 3) throw new TypeError(`${WHERE}: Overload resolution failed.`);
  const rectangle = rest.length > 3 ? readRectangle(rest) : null;
  const options = readOptions(rest.length > 3 ? rest[4] : rest[0]);
  return makeBitmap(render(readSource(image), rectangle, options));
}

module.exports = { ImageBitmap, createImageBitmap, makeBitmap, pixelsOf };
