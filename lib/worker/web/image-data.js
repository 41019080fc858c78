'use strict';

/** ImageData (HTML, "The ImageData interface"), with Chromium's words where it refuses. */

const { defineInterface } = require('./interface');

const WHERE = "Failed to construct 'ImageData'";

const COLOR_SPACES = ['srgb', 'srgb-linear', 'display-p3', 'display-p3-linear'];
const VIEWS = { 'rgba-unorm8': Uint8ClampedArray, 'rgba-float16': Float16Array };

/** The longest array that a Uint8ClampedArray can have in browsers too. */
const BYTES_MAX = 2 ** 32 - 4;

/** Any other first argument is a width, as WebIDL has it. */
const isPixels = (value) => value instanceof Uint8ClampedArray || value instanceof Float16Array;

function refuse(why, name) {
  throw new DOMException(`${WHERE}: ${why}`, name);
}

function pick(settings, name, values) {
  const value = settings[name];
  if (value === undefined) return values[0];
  if (values.includes(String(value))) return String(value);
  throw new TypeError(
    `${WHERE}: Failed to read the '${name}' property from 'ImageDataSettings': ` +
      `The provided value '${value}' is not a valid enum value of type ${name}.`,
  );
}

function readSettings(settings) {
  const given = settings ?? {};
  if (typeof given !== 'object' && typeof given !== 'function') {
    throw new TypeError(`${WHERE}: The provided value is not of type 'ImageDataSettings'.`);
  }
  return {
    colorSpace: pick(given, 'colorSpace', COLOR_SPACES),
    pixelFormat: pick(given, 'pixelFormat', Object.keys(VIEWS)),
  };
}

/** An unsigned long that must not be 0. */
function toSize(value, name) {
  const size = Number(value) >>> 0;
  if (size === 0) refuse(`The source ${name} is zero or not a number.`, 'IndexSizeError');
  return size;
}

function newPixels(width, height, View) {
  if (width * height * 4 > BYTES_MAX) {
    throw new RangeError(`${WHERE}: Out of memory at ImageData creation.`);
  }
  return new View(width * height * 4);
}

/** @returns {number} the height of these pixels */
function checkPixels(data, width, height) {
  if (data.length === 0) refuse('The input data has zero elements.', 'InvalidStateError');
  if (data.length % 4 !== 0) refuse('The input data length is not a multiple of 4.', 'InvalidStateError');
  if ((data.length / 4) % width !== 0) {
    refuse('The input data length is not a multiple of (4 * width).', 'IndexSizeError');
  }
  const rows = data.length / 4 / width;
  if (height !== undefined && height !== rows) {
    refuse('The input data length is not equal to (4 * width * height).', 'IndexSizeError');
  }
  return rows;
}

class ImageData {
  #width;
  #height;
  #data;
  #settings;

  constructor(first, second, third = undefined, fourth = undefined) {
    if (arguments.length < 2) {
      throw new TypeError(`${WHERE}: 2 arguments required, but only ${arguments.length} present.`);
    }
    if (isPixels(first)) this.#wrap(first, second, third, fourth);
    else this.#allocate(first, second, third);
  }

  #allocate(width, height, settings) {
    this.#settings = readSettings(settings);
    this.#width = toSize(width, 'width');
    this.#height = toSize(height, 'height');
    this.#data = newPixels(this.#width, this.#height, VIEWS[this.#settings.pixelFormat]);
  }

  #wrap(data, width, height, settings) {
    const isSettings = typeof height === 'object' && settings === undefined;
    this.#settings = readSettings(isSettings ? height : settings);
    const View = VIEWS[this.#settings.pixelFormat];
    if (!(data instanceof View)) {
      refuse('The type of the data does not match the pixelFormat.', 'InvalidStateError');
    }
    this.#width = toSize(width, 'width');
    const rows = isSettings || height === undefined ? undefined : toSize(height, 'height');
    this.#height = checkPixels(data, this.#width, rows);
    this.#data = data;
  }

  get width() {
    return this.#width;
  }
  get height() {
    return this.#height;
  }
  get colorSpace() {
    return this.#settings.colorSpace;
  }
  get pixelFormat() {
    return this.#settings.pixelFormat;
  }
  get data() {
    return this.#data;
  }
}

defineInterface(ImageData);
module.exports = { ImageData };
