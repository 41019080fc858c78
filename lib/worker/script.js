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
 */
function runScript(options, text) {
  if (options.type === 'module') {
    runModule(options, text);
    return;
  }
  const script = new vm.Script(text ?? readScript(options.url), {
    filename: options.url,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  script.runInThisContext({ displayErrors: false });
}

function runModule(options, text) {
  const url =
    text === undefined
      ? options.url
      : `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`;
  import(url).catch((error) => {
    // Out of the promise: an error of a module script is an uncaught error, not a rejection.
    queueMicrotask(() => {
      throw error;
    });
  });
}

/** @param {string} url */
function readScript(url) {
  const { protocol } = new URL(url);
  if (protocol !== 'file:') {
    throw new Error(`The worker's script '${url}' has a scheme that workers cannot load: use file: or blob:`);
  }
  try {
    return fs.readFileSync(fileURLToPath(url), 'utf8');
  } catch (error) {
    throw new ScriptLoadError(url, error);
  }
}

/** The script could not be read; the page gets a plain `error` event with this text. */
class ScriptLoadError extends Error {
  constructor(url, cause) {
    super(`The worker's script '${url}' cannot be loaded: ${cause.message}`);
    this.name = 'NetworkError';
  }
}

module.exports = { runScript, ScriptLoadError };
