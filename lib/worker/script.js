'use strict';

const fs = require('node:fs');
const vm = require('node:vm');
const { fileURLToPath } = require('node:url');

/**
 * Evaluates the worker's script in the global scope, as a classic script; an error in it is an
 * uncaught one. Stack traces name the script by its address, as browsers do.
 *
 * @param {import('./worker-options').WorkerOptions} options
 * @param {string} [text] the script, where the page had to read it
 * @returns {Promise<unknown> | undefined} of a module: settled when it has been evaluated
 */
function runScript(options, text) {
  if (options.type === 'module') return runModule(options, text);
  evaluate(text ?? readScript(options.url), options.url);
  return undefined;
}

function evaluate(text, url) {
  const script = new vm.Script(text, {
    filename: url,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  script.runInThisContext({ displayErrors: false });
}

function runModule(options, text) {
  return import(
    text === undefined
      ? options.url
      : `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`
  );
}

/** @param {string} url */
function readScript(url) {
  const { protocol } = new URL(url);
  if (protocol !== 'file:') {
    throw new ScriptLoadError(url, new Error(`workers can't load ${protocol} scripts, only file: and blob:`));
  }
  try {
    return fs.readFileSync(fileURLToPath(url), 'utf8');
  } catch (error) {
    throw new ScriptLoadError(url, error);
  }
}

/** The global importScripts(): more classic scripts, in order, now. */
function importScripts(...urls) {
  for (const given of urls) {
    const url = new URL(given, globalThis.location.href).href;
    let text;
    try {
      text = readScript(url);
    } catch (error) {
      throw new DOMException(
        `Failed to execute 'importScripts' on 'WorkerGlobalScope': ${error.message}`,
        'NetworkError',
      );
    }
    evaluate(text, url);
  }
}

/** The script could not be read; the page gets a plain `error` event with this text. */
class ScriptLoadError extends Error {
  constructor(url, cause) {
    super(`The worker's script '${url}' cannot be loaded: ${cause.message}`);
    this.name = 'NetworkError';
  }
}

module.exports = { importScripts, runScript, ScriptLoadError };
