'use strict';

/** Errors of native modules that can't be loaded: they name the file that the app knows. */

const prefixOf = (file) => `Cannot load native module '${file}': `;

/** @param {string} file @param {string} why a clause @param {string} [code] */
function loadError(file, why, code = 'ERR_DLOPEN_FAILED') {
  return Object.assign(new Error(prefixOf(file) + why), { code });
}

/**
 * Lets an error of Node's speak of the file, and not of the copy that Node was given.
 * @param {any} error @param {string} file @param {string} copy
 */
function reword(error, file, copy) {
  if (error?.code !== 'ERR_DLOPEN_FAILED') return error; // what the module's own code has thrown
  const { message, stack } = error;
  const named = message.replaceAll(copy, file);
  error.message = named.includes(file) ? named : prefixOf(file) + named;
  error.stack = stack.replace(message, () => error.message);
  return error;
}

/** Whether the loader has no room left for a module's thread-local variables. */
const lacksStaticTLS = (error) => /static TLS block/.test(error?.message);

module.exports = { loadError, reword, lacksStaticTLS };
