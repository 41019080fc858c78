'use strict';

/**
 * The types of WebKit's own that a page can post to its workers, beyond those of the language:
 * registered for the codec when this is loaded.
 */

const P = require('../common/structured-clone/primordials');
const { packCurveKey, unpackCurveKey } = require('../common/structured-clone/curve-key');
const { LateBytes } = require('../common/structured-clone/pending');
const { registerBlobTypes, registerFileList } = require('../common/structured-clone/platform-blob');
const { registerCryptoKey } = require('../common/structured-clone/platform-crypto-key');
const { registerDOMException } = require('../common/structured-clone/platform-exception');
const { registerGeometryTypes } = require('../common/structured-clone/platform-geometry');
const { registerImageBitmap, registerImageData } = require('../common/structured-clone/platform-image');

const { CryptoKey, DataTransfer, FileList, ImageBitmap, ImageData, OffscreenCanvas, crypto } = globalThis;

const then = P.uncurryThis(Promise.prototype.then);

/** The only way to a FileList for script. */
function makeFileList(files) {
  const transfer = new DataTransfer();
  const items = itemsOf(transfer);
  for (let i = 0; i < files.length; i++) addItem(items, files[i]);
  return filesOf(transfer);
}

const itemsOf = P.uncurryGetter(DataTransfer.prototype, 'items');
const filesOf = P.uncurryGetter(DataTransfer.prototype, 'files');
const addItem = P.uncurryThis(DataTransferItemList.prototype.add);

/** A canvas keeps colours multiplied with alpha, as most bitmaps do: there and back nothing is lost of those. */
function bitmapTypes() {
  const context2D = OffscreenCanvasRenderingContext2D.prototype;
  const getContext = P.uncurryThis(OffscreenCanvas.prototype.getContext);
  const drawImage = P.uncurryThis(context2D.drawImage);
  const getImageData = P.uncurryThis(context2D.getImageData);
  const putImageData = P.uncurryThis(context2D.putImageData);
  const toBitmap = P.uncurryThis(OffscreenCanvas.prototype.transferToImageBitmap);
  const widthOf = P.uncurryGetter(ImageBitmap.prototype, 'width');
  const heightOf = P.uncurryGetter(ImageBitmap.prototype, 'height');
  const pixelsOf = P.uncurryGetter(ImageData.prototype, 'data');
  return {
    __proto__: null,
    ImageBitmap,
    read(bitmap) {
      const width = widthOf(bitmap);
      const height = heightOf(bitmap);
      const context = getContext(new OffscreenCanvas(width, height), '2d');
      drawImage(context, bitmap, 0, 0);
      try {
        return { __proto__: null, width, height, data: pixelsOf(getImageData(context, 0, 0, width, height)) };
      } catch {
        return null;
      }
    },
    make({ width, height, data }) {
      const canvas = new OffscreenCanvas(width, height);
      putImageData(getContext(canvas, '2d'), new ImageData(data, width, height), 0, 0);
      return toBitmap(canvas);
    },
  };
}

/** WebCrypto gives and takes keys in promises only, so messages with keys wait for them. */
function cryptoTypes() {
  const { subtle } = crypto;
  const { exportKey, importKey } = subtle;
  return {
    __proto__: null,
    CryptoKey,
    exportKey: (key, format) =>
      new LateBytes(() => {
        const exported = P.apply(exportKey, subtle, [format, key]);
        return format === 'jwk' ? then(exported, packCurveKey) : exported;
      }),
    importKey: (decoder, { format, bytes, algorithm, usages }) =>
      decoder.readLater(() => {
        const key = format === 'jwk' ? unpackCurveKey(bytes, algorithm.name) : bytes;
        return P.apply(importKey, subtle, [format, key, algorithm, true, usages]);
      }),
  };
}

registerDOMException();
registerBlobTypes();
registerFileList(FileList, makeFileList);
registerImageData(ImageData);
registerGeometryTypes(globalThis);
registerImageBitmap(bitmapTypes());
// Pages of an insecure origin have no WebCrypto.
if (CryptoKey !== undefined && crypto.subtle !== undefined) registerCryptoKey(cryptoTypes());
