'use strict';

/**
 * Finds and reads modules for a page (lib/page/node/module.js): the rules are Node's own, archives
 * included; the page evaluates what is read.
 */

const fs = require('node:fs');
const { Module, stripTypeScriptTypes } = require('node:module');
const path = require('node:path');

/** Of a package's `exports`. Not `module-sync`: a page can't require() ES modules. */
const CONDITIONS = new Set(['node', 'require', 'node-addons']);

/**
 * @param {string} request
 * @param {{filename: string | null, paths: string[], from: string[] | null}} parent the module that asks;
 *   `from` are folders of require.resolve's option `paths`
 * @returns {string}
 */
function resolve(request, { filename, paths, from }) {
  const parent = new Module(filename ?? '.', null);
  parent.filename = filename;
  parent.paths = paths;
  const options = { conditions: CONDITIONS };
  if (from !== null) options.paths = from;
  return Module._resolveFilename(request, parent, false, options);
}

/** Without a byte order mark. @param {string} file */
const textOf = (file) => fs.readFileSync(file, 'utf8').replace(/^\ufeff/, '');

/** What .js files of a folder are, by the nearest package.json. @type {Map<string, string>} */
const formats = new Map();

/** Read with `fs`, which knows archives, as Node's own search for it does not. */
function formatIn(folder) {
  if (!formats.has(folder)) formats.set(folder, findFormat(folder));
  return formats.get(folder);
}

function findFormat(folder) {
  try {
    const { type } = JSON.parse(textOf(path.join(folder, 'package.json')));
    return type === 'module' ? 'module' : 'commonjs';
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
  }
  const above = path.dirname(folder);
  const isTop = above === folder || path.basename(folder) === 'node_modules';
  return isTop ? 'commonjs' : formatIn(above);
}

const formatOf = (file) => formatIn(path.dirname(file));

/**
 * @param {string} file
 * @returns {{source: string, format: 'commonjs' | 'module' | 'json'}}
 */
function read(file) {
  const source = textOf(file);
  switch (path.extname(file)) {
    case '.json':
      return { source, format: 'json' };
    case '.mjs':
    case '.mts':
      return { source, format: 'module' };
    case '.cts':
      return { source: stripTypeScriptTypes(source), format: 'commonjs' };
    case '.ts':
      return { source: stripTypeScriptTypes(source), format: formatOf(file) };
    case '.js':
      return { source, format: formatOf(file) };
    default:
      return { source, format: 'commonjs' };
  }
}

module.exports = { read, resolve };
