'use strict';

/** require() with all of Node: for modules (./module.js), page scripts and preload scripts without sandbox. */

const { checkString, nodeError } = require('./errors');
const { Module } = require('./module');

/** @param {Module} module whose script it is for */
function makeRequire(module) {
  const require = (request) => module.require(request);
  require.resolve = (request, given) => {
    checkString('request', request);
    return Module._resolveFilename(request, module, false, given);
  };
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  require.main = undefined;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

/**
 * For a script that is not read from a file.
 *
 * @param {{filename: string | null, paths?: string[]}} place of the script: relative requests start
 *   at its file, packages are looked for in the folders
 */
function createPageModule({ filename, paths }) {
  const module = new Module(filename ?? '.');
  module.filename = filename;
  module.paths = paths ?? Module._nodeModulePaths(module.path);
  return { module, require: makeRequire(module) };
}

/** module.createRequire(). @param {string | URL} file */
function createRequire(file) {
  const isURL = typeof file === 'object' || file.startsWith('file:');
  const filename = isURL ? require('./modules/url').fileURLToPath(file) : file;
  if (!filename.startsWith('/')) {
    const message =
      "The argument 'filename' must be a file URL object, file URL string, or absolute path string. " +
      `Received '${file}'`;
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
  }
  const isFolder = filename.endsWith('/');
  return createPageModule({ filename: isFolder ? `${filename}noop.js` : filename }).require;
}

const nodeModulePaths = (folder) => Module._nodeModulePaths(folder);

module.exports = { createPageModule, createRequire, makeRequire, nodeModulePaths };
