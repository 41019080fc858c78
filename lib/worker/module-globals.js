'use strict';

/**
 * `require`, `module`, `__filename` and `__dirname` as Electron gives them to a worker. There is no
 * global `exports`.
 */

const { Module, createRequire } = require('node:module');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { installModuleHooks } = require('./module-hooks');

/**
 * A script of a file: is its own module. Others have no place on disk: they resolve from the document
 * that made the worker, or else from the app.
 */
function scriptPath(options, appPath) {
  for (const url of [options.url, options.documentURL]) {
    if (url.startsWith('file:')) return fileURLToPath(url);
  }
  return path.join(appPath || process.cwd(), 'worker.js');
}

/**
 * @param {import('./worker-options').WorkerOptions} options
 * @param {string} appPath
 */
function installModuleGlobals(options, appPath) {
  const filename = scriptPath(options, appPath);
  const module = new Module(filename, null);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(path.dirname(filename));

  const globals = {
    module,
    require: createRequire(filename),
    __filename: filename,
    __dirname: path.dirname(filename),
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  installModuleHooks(filename);
}

module.exports = { installModuleGlobals };
