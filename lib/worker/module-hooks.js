'use strict';

/**
 * How `import` finds and reads modules in a worker. From files it is Node's way; modules of other
 * schemes are read by loader.js, at once. What they name relatively is relative to them, and packages
 * are those of the document that made the worker, or else of the app.
 */

const { isBuiltin, registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { isJavaScript, isJSON } = require('../common/mime-types');
const { headerOf, loadScriptSync } = require('./loader');

/** `electron` for `require`, and the module that gives its names to `import`. */
const electronURL = pathToFileURL(path.join(__dirname, 'electron.js')).href;
const electronModuleURL = pathToFileURL(path.join(__dirname, 'electron.mjs')).href;
const ELECTRON_NAMES = /^electron(\/(main|renderer|common|utility))?$/;

/** Addresses that Node's own loader knows. */
const OF_NODE = /^(file|node|data):/i;
const IS_URL = /^(blob:|[a-z][a-z0-9+.-]*:\/\/)/i;
const IS_PATH = /^\.{0,2}\//;

const isOurs = (url) => IS_URL.test(url) && !OF_NODE.test(url);

/** The worker's own script, if it is a module: read already. */
const main = { url: '', text: '' };

let isLoading = false;

/** From the first module on that Node cannot read: until then all is Node's, `require` above all. */
function startLoading() {
  if (isLoading) return;
  isLoading = true;
  registerHooks({ load });
}

/** @param {string} url @param {string} text */
function addMainModule(url, text) {
  main.url = url;
  main.text = text;
  startLoading();
}

function ours(url) {
  startLoading();
  return { url, shortCircuit: true };
}

/** @param {string} base the file: address from which packages are looked for */
function resolver(base) {
  return function resolve(specifier, context, next) {
    if (ELECTRON_NAMES.test(specifier)) return resolveElectron(context);
    if (isOurs(specifier)) return ours(new URL(specifier).href);
    const parent = context.parentURL ?? '';
    if (!isOurs(parent) && !parent.startsWith('data:')) return next(specifier, context);
    if (IS_PATH.test(specifier)) return resolvePath(specifier, context, next);
    if (isBuiltin(specifier) || URL.canParse(specifier)) return next(specifier, context);
    return next(specifier, { ...context, parentURL: base });
  };
}

function resolveElectron({ conditions }) {
  return conditions.includes('import')
    ? { url: electronModuleURL, format: 'module', shortCircuit: true }
    : { url: electronURL, format: 'commonjs', shortCircuit: true };
}

function resolvePath(specifier, context, next) {
  const { parentURL } = context;
  if (!URL.canParse(specifier, parentURL)) {
    throw new TypeError(
      `Failed to resolve module specifier "${specifier}": it is relative, and '${parentURL}' is no folder`,
    );
  }
  const url = new URL(specifier, parentURL).href;
  return isOurs(url) ? ours(url) : next(url, context);
}

function load(url, context, next) {
  if (url === main.url) return { format: 'module', source: main.text, shortCircuit: true };
  if (!isOurs(url)) return next(url, context);
  const resource = read(url);
  const format = formatOf(url, resource, context.importAttributes ?? {});
  return { format, source: resource.body, shortCircuit: true };
}

function read(url) {
  let why;
  try {
    const resource = loadScriptSync(url);
    if (resource.status >= 200 && resource.status <= 299) return resource;
    why = `the server answered ${resource.status}`;
  } catch (error) {
    why = error.message;
  }
  throw new TypeError(`Failed to load module script '${url}': ${why}`);
}

/** A module's type is what its MIME type says; a Blob may have none. */
function formatOf(url, resource, attributes) {
  const type = headerOf(resource, 'content-type');
  const wantsJSON = attributes.type === 'json';
  if (wantsJSON ? isJSON(type) : isJavaScript(type)) return wantsJSON ? 'json' : 'module';
  if (type === 'application/wasm') return 'wasm';
  if (type === '' && url.startsWith('blob:')) return wantsJSON ? 'json' : 'module';
  const expected = wantsJSON ? 'JSON' : 'JavaScript';
  throw new TypeError(
    `Failed to load module script '${url}': its MIME type ('${type}') is not that of ${expected}`,
  );
}

/** @param {string} filename in whose folder packages are looked for */
function installModuleHooks(filename) {
  registerHooks({ resolve: resolver(pathToFileURL(filename).href) });
}

module.exports = { addMainModule, installModuleHooks };
