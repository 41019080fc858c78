'use strict';

/** require() with all of Node, for page scripts and preload scripts without sandbox. */

const { makeModule, makeRequire, Module } = require('./module');

/**
 * @param {{filename: string | null, paths?: string[]}} place of the script: relative requests start
 *   at its file, packages are looked for in the folders
 */
function createPageModule({ filename, paths }) {
  const module = makeModule(filename, paths);
  return { module, require: makeRequire(module) };
}

const createPageRequire = (place) => createPageModule(place).require;

const nodeModulePaths = (folder) => Module._nodeModulePaths(folder);

module.exports = { createPageModule, createPageRequire, nodeModulePaths };
