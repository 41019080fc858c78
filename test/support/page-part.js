// @ts-check
'use strict';

/*
 * The part of a page of docs/ that a program writes: what is between `<!-- NAME:begin -->` and
 * `<!-- NAME:end -->`.
 */

const fs = require('node:fs');

/** @param {string} file @param {string} name @returns {[string, string, string]} before, part, after */
function split(file, name) {
  const text = fs.readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) {
    throw new Error(`${file} has no lines ${begin.trim()} and ${end} for its table; put them back`);
  }
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

/** @param {string} file @param {string} name */
const readPart = (file, name) => split(file, name)[1].trimEnd();

/** @param {string} file @param {string} name @param {string} part */
function writePart(file, name, part) {
  const [before, , after] = split(file, name);
  fs.writeFileSync(file, `${before}${part}\n${after}`);
}

module.exports = { readPart, writePart };
