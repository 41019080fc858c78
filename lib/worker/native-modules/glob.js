'use strict';

/**
 * Globs of paths: `*` and `?` within a name, `**` for any folders, `{a,b}` for either. All else, brackets
 * too, stands for itself.
 *
 * Node's path.matchesGlob would take 4 ms in each worker, to load its parser; and its `**` leaves out names
 * that begin with a dot, so a rule that forbids something would not hold in pnpm's `.pnpm`.
 */

const path = require('node:path');

const SPECIAL = /\*\*\/|\*\*|\*|\?|[{},]|[^*?{},]+/g;

const hasGlob = (text) => /[*?]|\{.*\}/.test(text);

/** Without braces in each other, which nobody needs. */
const hasBraces = (glob) => /^[^{}]*(\{[^{}]*\}[^{}]*)*$/.test(glob);

/** @param {string} glob @returns {RegExp} */
function globToRegExp(glob) {
  const mayChoose = hasBraces(glob);
  let isInside = false;
  const translate = (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (mayChoose && (token === '{' || token === '}')) {
      isInside = token === '{';
      return isInside ? '(?:' : ')';
    }
    return isInside && token === ',' ? '|' : RegExp.escape(token);
  };
  const source = path.normalize(glob).replace(SPECIAL, translate);
  return new RegExp(`^/?${source}$`);
}

module.exports = { hasGlob, globToRegExp };
