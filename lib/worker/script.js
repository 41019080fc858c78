'use strict';

/**
 * The worker's own script, and those of importScripts(): read by scheme (loader.js), checked as the
 * HTML standard has it, evaluated in the global scope.
 */

const vm = require('node:vm');
const { isJavaScript } = require('../common/mime-types');
const { headerOf, loadScript, loadScriptSync } = require('./loader');
const { addMainModule } = require('./module-hooks');
const { originOf } = require('./worker-location');

/** Scripts are UTF-8, whatever else is said of them; a byte order mark is no part of them. */
const utf8 = new TextDecoder();

/** The script could not be read: at the page this is a plain `error` event. */
class ScriptLoadError extends Error {
  constructor(url, why) {
    super(`The worker's script '${url}' cannot be loaded: ${why}`);
    this.name = 'NetworkError';
  }
}

/**
 * @typedef {object} Script
 * @property {string} url after redirects
 * @property {string} text
 */

/**
 * The worker's script. That of a file is there at once.
 * @param {import('./worker-options').WorkerOptions} options
 * @returns {Script | Promise<Script>}
 */
function readMainScript(options) {
  const { url } = options;
  if (url.startsWith('file:')) {
    return checkMain(
      options,
      attempt(url, () => loadScriptSync(url)),
    );
  }
  return loadScript(url).then(
    (resource) => checkMain(options, resource),
    (error) => {
      throw new ScriptLoadError(url, error.message);
    },
  );
}

function attempt(url, read) {
  try {
    return read();
  } catch (error) {
    throw new ScriptLoadError(url, error.message);
  }
}

/** @returns {Script} */
function checkMain({ url, type }, resource) {
  const { protocol } = new URL(url);
  const isHTTP = protocol === 'http:' || protocol === 'https:';
  if (isHTTP && originOf(resource.url) !== originOf(url)) {
    throw new ScriptLoadError(url, `it was redirected to another origin, ${resource.url}`);
  }
  const isAnyType = protocol === 'file:' || protocol === 'blob:';
  return checkScript(url, resource, isHTTP || (type === 'module' && !isAnyType));
}

/** @returns {Script} */
function checkScript(url, resource, needsType) {
  if (resource.status < 200 || resource.status > 299) {
    throw new ScriptLoadError(url, `the server answered ${resource.status}`);
  }
  const type = headerOf(resource, 'content-type');
  if (needsType && !isJavaScript(type)) {
    throw new ScriptLoadError(url, `its MIME type ('${type}') is not that of JavaScript`);
  }
  return { url: withHash(resource.url || url, url), text: utf8.decode(resource.body) };
}

/** The fragment of an address outlives a redirect, unless that has one of its own. */
function withHash(found, asked) {
  const at = asked.indexOf('#');
  return at < 0 || found.includes('#') ? found : found + asked.slice(at);
}

/**
 * Evaluates a worker's script; an error in it is an uncaught one. Stack traces name it by its address,
 * as browsers do.
 * @param {Script} script @param {'classic' | 'module'} type
 * @returns {Promise<unknown> | undefined} of a module: settled when it has been evaluated
 */
function runScript({ url, text }, type) {
  if (type === 'module') {
    addMainModule(url, text);
    return import(url);
  }
  evaluate(text, url);
  return undefined;
}

function evaluate(text, url) {
  const script = new vm.Script(text, {
    filename: url,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  script.runInThisContext({ displayErrors: false });
}

const WHERE = "Failed to execute 'importScripts' on 'WorkerGlobalScope'";

function resolve(given) {
  if (URL.canParse(given, globalThis.location.href)) {
    return new URL(given, globalThis.location.href).href;
  }
  throw new DOMException(`${WHERE}: The URL '${given}' is invalid.`, 'SyntaxError');
}

function readImported(url) {
  try {
    return checkScript(url, loadScriptSync(url), /^https?:/.test(url));
  } catch (error) {
    const text = `${WHERE}: The script at '${url}' failed to load.`;
    throw Object.assign(new DOMException(text, 'NetworkError'), { cause: error });
  }
}

/**
 * The global importScripts(): more classic scripts, in order, now.
 * @param {'classic' | 'module'} type of the worker
 * @param {unknown[]} given
 */
function importScripts(type, given) {
  if (type === 'module') {
    throw new TypeError(`${WHERE}: Module scripts don't support importScripts().`);
  }
  const urls = given.map((url) => resolve(`${url}`));
  for (const url of urls) {
    const script = readImported(url);
    evaluate(script.text, script.url);
  }
}

module.exports = { importScripts, readMainScript, runScript, ScriptLoadError };
