'use strict';

/**
 * The platform's own types that a worker can post, beyond those of the language, and the classes among
 * them that Node does not have. Each is loaded when the first of its objects is met: threads start fast.
 */

const { TYPE, registerLazily } = require('../common/structured-clone/platform');
const { createStructuredClone } = require('./structured-clone');
const { lazy } = require('../common/lazy');

const GEOMETRY = {
  DOMPointReadOnly: TYPE.DOM_POINT_READ_ONLY,
  DOMPoint: TYPE.DOM_POINT,
  DOMRectReadOnly: TYPE.DOM_RECT_READ_ONLY,
  DOMRect: TYPE.DOM_RECT,
  DOMQuad: TYPE.DOM_QUAD,
  DOMMatrixReadOnly: TYPE.DOM_MATRIX_READ_ONLY,
  DOMMatrix: TYPE.DOM_MATRIX,
};

const STREAMS = {
  ReadableStream: TYPE.READABLE_STREAM,
  WritableStream: TYPE.WRITABLE_STREAM,
  TransformStream: TYPE.TRANSFORM_STREAM,
};

/** Modules with classes of ours, and the globals that each has. */
const MODULES = {
  './web/geometry': Object.keys(GEOMETRY),
  './web/file-list': ['FileList'],
  './web/image-data': ['ImageData'],
  './web/image-bitmap': ['ImageBitmap', 'createImageBitmap'],
};

let usesOwnClasses = false;

function load(module) {
  usesOwnClasses = true;
  return require(module);
}

/** Registers all of a module's types at once. */
function registerAll(types, register) {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    register();
  };
  for (const [name, id] of Object.entries(types)) registerLazily(id, name, once);
}

function registerClasses() {
  registerAll(GEOMETRY, () => {
    const { registerGeometryTypes } = require('../common/structured-clone/platform-geometry');
    registerGeometryTypes(load('./web/geometry'));
  });
  registerAll({ FileList: TYPE.FILE_LIST }, () => {
    const { registerFileList } = require('../common/structured-clone/platform-blob');
    const { FileList, makeFileList } = load('./web/file-list');
    registerFileList(FileList, makeFileList);
  });
  registerAll({ ImageData: TYPE.IMAGE_DATA }, () => {
    const { registerImageData } = require('../common/structured-clone/platform-image');
    registerImageData(load('./web/image-data').ImageData);
  });
  registerAll({ ImageBitmap: TYPE.IMAGE_BITMAP }, () => {
    const { registerImageBitmap } = require('../common/structured-clone/platform-image');
    const { ImageBitmap, makeBitmap, pixelsOf } = load('./web/image-bitmap');
    registerImageBitmap({ ImageBitmap, read: pixelsOf, make: makeBitmap });
  });
}

function registerNodeTypes() {
  registerAll({ DOMException: TYPE.DOM_EXCEPTION }, () => {
    require('../common/structured-clone/platform-exception').registerDOMException();
  });
  registerAll({ Blob: TYPE.BLOB, File: TYPE.FILE }, () => {
    require('../common/structured-clone/platform-blob').registerBlobTypes();
  });
  registerAll(STREAMS, () => require('./streams'));
  registerAll({ CryptoKey: TYPE.CRYPTO_KEY }, () => {
    const { registerCryptoKey } = require('../common/structured-clone/platform-crypto-key');
    registerCryptoKey(require('./crypto-keys'));
  });
}

function installPlatform() {
  registerNodeTypes();
  registerClasses();
  for (const [module, names] of Object.entries(MODULES)) {
    for (const name of names) lazy(globalThis, name, () => load(module)[name], false);
  }
  const { structuredClone } = createStructuredClone(() => usesOwnClasses);
  Object.defineProperty(globalThis, 'structuredClone', {
    value: structuredClone,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

module.exports = { installPlatform };
