'use strict';

/** Which file is meant by what process.dlopen is given. */

const fs = require('node:fs');

/**
 * @typedef {object} ModuleFile
 * @property {string} path real and absolute
 * @property {string} id of the file and its state: one that npm has replaced is another one
 * @property {number} size in bytes
 */

/** The loader can't look into archives; packagers put native modules beside them. @param {string} name */
function besideArchive(name) {
  for (let at = 0; (at = name.indexOf('.asar/', at) + 5) > 4;) {
    const archive = name.slice(0, at);
    if (!fs.statSync(archive, { throwIfNoEntry: false })?.isFile()) continue;
    const unpacked = `${archive}.unpacked${name.slice(at)}`;
    if (fs.existsSync(unpacked)) return unpacked;
  }
  return name;
}

/**
 * @param {string} name
 * @returns {ModuleFile | null} null where there is no such file: a library that the loader looks for,
 * or nothing
 */
function findFile(name) {
  let path;
  try {
    path = fs.realpathSync(name.includes('.asar/') ? besideArchive(name) : name);
  } catch {
    return null;
  }
  const { dev, ino, size, mtimeNs } = fs.statSync(path, { bigint: true });
  return { path, id: `${dev}:${ino}:${size}:${mtimeNs}`, size: Number(size) };
}

module.exports = { findFile };
