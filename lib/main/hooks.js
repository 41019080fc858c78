'use strict';

const { registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/** The module for `require`, and the one that gives its names to `import`. */
const forRequire = pathToFileURL(path.join(__dirname, 'electron.js')).href;
const forImport = pathToFileURL(path.join(__dirname, 'electron.mjs')).href;

const NAMES = new Set(['electron', 'electron/main', 'electron/common']);

/** Makes `electron` a module of the app, over anything of that name in node_modules. */
function install() {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!NAMES.has(specifier)) return nextResolve(specifier, context);
      const isImport = context.conditions.includes('import');
      return isImport
        ? { url: forImport, format: 'module', shortCircuit: true }
        : { url: forRequire, format: 'commonjs', shortCircuit: true };
    },
  });
}

module.exports = { install };
