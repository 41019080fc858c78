'use strict';

/** Which file is meant by what process.dlopen is given. */

const fs = require('node:fs');
const { concerns } = require('../../asar/gate');

/**
 * @typedef {object} ModuleFile
 * @property {string} path real and absolute, as the app knows it: it may lead into an archive
 * @property {string} file what the loader is given: the same, but for what is in an archive
 * @property {string} id of the file and its state: one that npm has replaced is another one
 * @property {number} size in bytes
 */

/** The loader can't look into archives. @param {string} path */
function realFileOf(path) {
  return concerns(path) ? require('../../asar/native-file').realFileOf(path) : path;
}

/**
 * @param {string} name
 * @returns {ModuleFile | null} null where there is no such file: a library that the loader looks for,
 * or nothing
 */
function findFile(name) {
  let path;
  try {
    path = fs.realpathSync(name);
  } catch {
    realFileOf(name); // in an archive it can only be a file
    return null;
  }
  const file = realFileOf(path);
  const { dev, ino, size, mtimeNs } = fs.statSync(file, { bigint: true });
  return { path, file, id: `${dev}:${ino}:${size}:${mtimeNs}`, size: Number(size) };
}

module.exports = { findFile };
