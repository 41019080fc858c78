'use strict';

/**
 * structured-clone/platform-image - ImageData, and ImageBitmap by its pixels
 *
 * @typedef {object} Pixels straight alpha, four bytes each, row after row
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} data
 */

const P = require('./primordials');
const { accepts } = require('./classify');
const { TYPE, registerPlatformType } = require('./platform');

const DEFAULT_SPACE = 'srgb';
const DEFAULT_FORMAT = 'rgba-unorm8';

const getterOr = (prototype, name, value) => (name in prototype ? P.uncurryGetter(prototype, name) : () => value);

/** @param {Function} ImageData the scope's */
function registerImageData(ImageData) {
  const { prototype } = ImageData;
  const widthOf = P.uncurryGetter(prototype, 'width');
  const heightOf = P.uncurryGetter(prototype, 'height');
  const dataOf = P.uncurryGetter(prototype, 'data');
  // WebKitGTK has neither of these, only the first value of each.
  const colorSpaceOf = getterOr(prototype, 'colorSpace', DEFAULT_SPACE);
  const formatOf = getterOr(prototype, 'pixelFormat', DEFAULT_FORMAT);
  const pixelsOf = (encoder, image) => {
    try {
      return dataOf(image);
    } catch {
      return encoder.fail('An ArrayBuffer is detached and could not be cloned.'); // WebKit throws a TypeError
    }
  };
  registerPlatformType({
    __proto__: null,
    id: TYPE.IMAGE_DATA,
    name: 'ImageData',
    prototypes: [prototype],
    accepts: accepts(widthOf),
    write(encoder, image) {
      const data = pixelsOf(encoder, image);
      encoder.writeVarint(widthOf(image));
      encoder.writeVarint(heightOf(image));
      encoder.writeString(colorSpaceOf(image));
      encoder.reserve(0);
      encoder.writeString(formatOf(image));
      encoder.writeValue(data);
    },
    read(decoder) {
      const width = decoder.readVarint();
      const height = decoder.readVarint();
      const colorSpace = decoder.readString();
      const pixelFormat = decoder.readString();
      const data = decoder.readValue();
      if (!P.isView(data)) decoder.fail('an ImageData has no pixels');
      if (!('colorSpace' in prototype) && colorSpace !== DEFAULT_SPACE) decoder.fail('an ImageData is not sRGB');
      if (!('pixelFormat' in prototype) && pixelFormat !== DEFAULT_FORMAT) decoder.fail('an ImageData has no bytes');
      return new ImageData(data, width, height, { __proto__: null, colorSpace, pixelFormat });
    },
  });
}

/**
 * @param {object} scope
 * @param {Function} scope.ImageBitmap
 * @param {(bitmap: object) => Pixels | null} scope.read null for one whose pixels a page may not see
 * @param {(pixels: Pixels) => object} scope.make
 */
function registerImageBitmap({ ImageBitmap, read, make }) {
  const widthOf = P.uncurryGetter(ImageBitmap.prototype, 'width');
  const close = P.uncurryThis(ImageBitmap.prototype.close);
  registerPlatformType({
    __proto__: null,
    id: TYPE.IMAGE_BITMAP,
    name: 'ImageBitmap',
    prototypes: [ImageBitmap.prototype],
    accepts: accepts(widthOf),
    ports: 0,
    refuse: (bitmap, index) => (widthOf(bitmap) === 0 ? `ImageBitmap at index ${index} is already detached.` : null),
    transfer(bitmap) {
      close(bitmap);
      return P.safeArray();
    },
    write(encoder, bitmap) {
      if (widthOf(bitmap) === 0) encoder.fail('An ImageBitmap is detached and could not be cloned.');
      const pixels = read(bitmap);
      if (pixels === null) encoder.fail('An ImageBitmap with data of another origin could not be cloned.');
      encoder.writeVarint(pixels.width);
      encoder.writeVarint(pixels.height);
      encoder.writeValue(pixels.data);
    },
    read(decoder) {
      const width = decoder.readVarint();
      const height = decoder.readVarint();
      const data = decoder.readValue();
      const isRight = P.isView(data) && P.typedArrayName(data) === 'Uint8ClampedArray' && width > 0 && height > 0;
      if (!isRight || P.typedArrayLength(data) !== width * height * 4)
        decoder.fail('an ImageBitmap has other pixels than its size says');
      return make({ __proto__: null, width, height, data });
    },
  });
}

module.exports = { registerImageData, registerImageBitmap };
