'use strict';

/**
 * structured-clone/platform-blob - Blob, File and FileList
 *
 * The bytes come beside the message: an ArrayBuffer, or a Blob where the way has those.
 */

const P = require('./primordials');
const { accepts } = require('./classify');
const { TYPE, registerPlatformType } = require('./platform');

const { Blob, File } = globalThis;
const sizeOf = P.uncurryGetter(Blob.prototype, 'size');
const typeOf = P.uncurryGetter(Blob.prototype, 'type');
const nameOf = P.uncurryGetter(File.prototype, 'name');
const lastModifiedOf = P.uncurryGetter(File.prototype, 'lastModified');

const isFile = accepts(nameOf);
const isBlob = accepts(sizeOf);

/** More files than anybody chooses, and few enough to be read one by one. */
const FILES_MAX = 1 << 20;

function registerBlobTypes() {
  registerPlatformType({
    __proto__: null,
    id: TYPE.FILE,
    name: 'File',
    prototypes: [File.prototype],
    accepts: isFile,
    write(encoder, file) {
      encoder.writeString(typeOf(file));
      encoder.reserve(0);
      encoder.writeString(nameOf(file));
      encoder.reserve(0);
      encoder.writeDouble(lastModifiedOf(file));
      encoder.writeBlob(file);
    },
    read(decoder) {
      const type = decoder.readString();
      const name = decoder.readString();
      const lastModified = decoder.readDouble();
      return new File([decoder.readBlob()], name, { __proto__: null, type, lastModified });
    },
  });
  registerPlatformType({
    __proto__: null,
    id: TYPE.BLOB,
    name: 'Blob',
    prototypes: [Blob.prototype],
    accepts: isBlob,
    write(encoder, blob) {
      encoder.writeString(typeOf(blob));
      encoder.writeBlob(blob);
    },
    read(decoder) {
      const type = decoder.readString();
      return new Blob([decoder.readBlob()], { __proto__: null, type });
    },
  });
}

/**
 * @param {Function} FileList the scope's
 * @param {(files: File[]) => object} makeFileList
 */
function registerFileList(FileList, makeFileList) {
  const lengthOf = P.uncurryGetter(FileList.prototype, 'length');
  const itemOf = P.uncurryThis(FileList.prototype.item);
  registerPlatformType({
    __proto__: null,
    id: TYPE.FILE_LIST,
    name: 'FileList',
    prototypes: [FileList.prototype],
    accepts: accepts(lengthOf),
    write(encoder, list) {
      const length = lengthOf(list);
      encoder.writeVarint(length);
      for (let i = 0; i < length; i++) encoder.writeValue(itemOf(list, i));
    },
    read(decoder) {
      const length = decoder.readVarint();
      if (length > FILES_MAX) decoder.fail('a FileList is too long');
      const files = P.safeArray();
      for (let i = 0; i < length; i++) {
        files[i] = decoder.readValue();
        if (!isFile(files[i])) decoder.fail('a FileList holds something else');
      }
      return makeFileList(files);
    },
  });
}

module.exports = { registerBlobTypes, registerFileList };
