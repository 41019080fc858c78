'use strict';

const { pathToFileURL } = require('node:url');

/** The first place in a stack that is the app's: `(file:///a.js:1:2)`, `at /a.js:1:2`. */
const FRAME = /^\s+at (?:.*? \()?((?:[a-z][a-z0-9+.-]*:|\/).*?):(\d+):(\d+)\)?$/gim;
/** V8 puts the place of a syntax error first: `file:///a.js:3`, the line, and a ^ below its column. */
const SYNTAX_ERROR_PLACE = /^((?:[a-z][a-z0-9+.-]*:|\/).*?):(\d+)$/im;

/**
 * What an ErrorEvent says of a thrown value, in Chromium's words.
 *
 * @param {unknown} error
 * @returns {{message: string, filename: string, lineno: number, colno: number}}
 */
function describeError(error) {
  return { message: `Uncaught ${textOf(error)}`, ...placeOf(error) };
}

function textOf(error) {
  try {
    if (error instanceof Error || error instanceof DOMException) {
      return error.message ? `${error.name}: ${error.message}` : String(error.name);
    }
    return String(error);
  } catch {
    return Object.prototype.toString.call(error);
  }
}

function placeOf(error) {
  const nowhere = { filename: globalThis.location?.href ?? '', lineno: 0, colno: 0 };
  const stack = typeof error?.stack === 'string' ? error.stack : '';
  if (error instanceof SyntaxError) {
    const [first, , marker = ''] = stack.split('\n', 3);
    const place = SYNTAX_ERROR_PLACE.exec(first);
    if (place) {
      return { filename: toURL(place[1]), lineno: +place[2], colno: marker.indexOf('^') + 1 };
    }
  }
  for (const [, file, line, column] of stack.matchAll(FRAME)) {
    if (file.startsWith('node:') || file.startsWith(libFolder)) continue;
    return { filename: toURL(file), lineno: +line, colno: +column };
  }
  return nowhere;
}

const libFolder = require('node:path').join(__dirname, '..');

function toURL(file) {
  return file.startsWith('/') ? pathToFileURL(file).href : file;
}

module.exports = { describeError };
