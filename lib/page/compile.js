'use strict';

/** Compiles the app's own files: preload scripts, and what a page requires. */

const { SyntaxError } = globalThis;
const { defineProperty } = Object;

/**
 * Not by eval(), which a page's policy may forbid. Where a file has a mistake, WebKit's error has no place in its
 * stack; like Node's, it begins with it.
 *
 * @param {string} source an expression @param {string} address for stacks @param {string} file for people
 */
exports.compile = function compile(source, address, file) {
  try {
    return binding.evaluate(source, address);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const value = `${file}:${error.line}\n${error.name}: ${error.message}\n${error.stack}`;
      defineProperty(error, 'stack', { __proto__: null, value, writable: true, configurable: true });
    }
    throw error;
  }
};
