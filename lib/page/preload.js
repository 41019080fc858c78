'use strict';

/**
 * Runs the window's preload script, before any script of the page: in the isolated world, or without
 * contextIsolation in the page's own. A sandboxed one has Electron's short list of modules, another all
 * of Node.
 *
 * In its own world it has Node's globals for good. In the page's world they are its parameters, so that
 * it keeps them when the page has none: what it wants the page to have it leaves on `window`, in
 * `process.once('loaded')` for the names that are taken away then.
 */

const { compile } = require('./compile');
const { addNodeGlobals } = require('./node/globals');
const { lazy } = require('../common/lazy');

const { apply } = Reflect;
const { getOwnPropertyDescriptor } = Object;
const { error: logError } = console;

/** Of console messages. */
const LEVEL_ERROR = 3;

const GLOBALS = ['global', 'process', 'Buffer', 'setImmediate', 'clearImmediate'];
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** @returns {{module: {exports: object}, require: Function}} */
function makeModule(filename) {
  if (options.nodeInPreload) return require('./node/require').createPageModule({ filename });
  const { createSandboxedRequire } = require('./sandboxed-require');
  const { getElectron } = require('./electron');
  const module = { exports: {}, filename, loaded: false };
  return { module, require: createSandboxedRequire(getElectron()) };
}

function addGlobals(target) {
  lazy(target, 'global', () => target);
  Object.defineProperty(target, 'global', { enumerable: false });
  addNodeGlobals(target);
}

/** `process`, if anybody has asked for it: making it costs a page its events module. */
function usedProcess(holder) {
  return getOwnPropertyDescriptor(holder, 'process')?.value ?? null;
}

/** As Electron: the page without nodeIntegration loses them when the preload script has run. */
function removeWhenLoaded() {
  addGlobals(window);
  window.process.once('loaded', () => {
    for (const name of GLOBALS) delete window[name];
  });
}

function evaluate({ path, source }, globals) {
  const { module, require } = makeModule(path);
  const names = [...PARAMETERS, ...globals.names];
  const text = `(function (${names.join(', ')}) {${source}\n})`;
  const body = compile(text, `file://${path}`, path);
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const given = [module.exports, require, module, path, folder];
  for (const name of globals.names) given.push(globals.holder[name]);
  apply(body, module.exports, given);
  module.loaded = true;
}

/** Where the script finds its globals, and the names of those that are its parameters. */
function prepareGlobals() {
  if (options.contextIsolation) {
    addGlobals(window);
    return { holder: window, names: [] };
  }
  if (options.nodeInPage) return { holder: window, names: [] };
  const holder = {};
  if (options.nodeInPreload) removeWhenLoaded();
  addGlobals(holder);
  holder.global = window;
  return { holder, names: GLOBALS };
}

/** Anything can be thrown. */
function show(value) {
  try {
    return `${value}`;
  } catch {
    return 'a value that has no text';
  }
}

function reportFailure(path, error) {
  for (const said of [`Unable to load preload script: ${path}`, error]) {
    logError(said);
    binding.consoleMessage(LEVEL_ERROR, show(said), 0, path); // what this file logs, main leaves out
  }
  const text = (name) => show(error?.[name] ?? '');
  binding.preloadFailed(path, text('name'), text('message') || show(error), text('stack'));
}

/** An error of the script's own does not stop the page. */
exports.run = function run() {
  const globals = prepareGlobals();
  const { path } = options.preload;
  try {
    evaluate(options.preload, globals);
  } catch (error) {
    reportFailure(path, error);
  }
  const process = usedProcess(globals.holder);
  if (process === null) return;
  process.emit('loaded');
  process.emit('document-start');
  document.addEventListener('DOMContentLoaded', () => process.emit('document-end'), { once: true });
};
