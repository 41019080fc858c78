'use strict';

/** FileList (File API, 5): what a page's file input gives, after it was posted. */

const { defineInterface } = require('./interface');

const NEW = Symbol('a FileList of ours');

class FileList {
  #files;

  /** For this process alone; a script has no way to make one. */
  constructor(key, files) {
    if (key !== NEW) throw new TypeError('Illegal constructor');
    this.#files = files;
    files.forEach((file, index) => {
      Object.defineProperty(this, index, { value: file, enumerable: true, configurable: true });
    });
  }

  get length() {
    return this.#files.length;
  }

  item(index) {
    if (arguments.length === 0) {
      throw new TypeError(
        "Failed to execute 'item' on 'FileList': 1 argument required, but only 0 present.",
      );
    }
    return this.#files[Number(index) >>> 0] ?? null;
  }
}

defineInterface(FileList);
Object.defineProperty(FileList.prototype, Symbol.iterator, {
  value: Array.prototype.values,
  writable: true,
  configurable: true,
});

/** @param {ArrayLike<File>} files */
const makeFileList = (files) => new FileList(NEW, Array.from(files));

module.exports = { FileList, makeFileList };
