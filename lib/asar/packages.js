'use strict';

/** package.json files in archives, and what their "exports" and "imports" say. */

const path = require('node:path');
const { KIND, lookUp } = require('./locate');
const { readText } = require('./read');

/** @typedef {{ folder: string, file: string, data: Record<string, any> }} Package */

/** What has been read: an archive does not change. @type {Map<string, Package | null>} */
const packages = new Map();

function parse(file, text) {
  try {
    const data = JSON.parse(text.replace(/^\ufeff/, ''));
    return data !== null && typeof data === 'object' ? data : {};
  } catch (error) {
    const wrong = new Error(`Invalid package config ${file}.`, {
      cause: error,
    });
    throw Object.assign(wrong, { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  }
}

/** @param {string} folder absolute, in an archive @returns {Package | null} */
function readPackage(folder) {
  let found = packages.get(folder);
  if (found !== undefined) return found;
  const file = path.join(folder, 'package.json');
  const place = lookUp(file, true);
  const isFile = place !== null && typeof place !== 'number' && place.kind === KIND.FILE;
  found = isFile ? { folder, file, data: parse(file, textOf(place)) } : null;
  packages.set(folder, found);
  return found;
}

function textOf(place) {
  return place.isUnpacked
    ? require('node:fs').readFileSync(place.unpackedPath, 'utf8')
    : readText(place);
}

/** Folders from a file upwards, as far as the archive reaches. @type {Map<string, Package | null>} */
const scopes = new Map();

/** @param {string} file in an archive @returns {Package | null} the package that it belongs to */
function packageOf(file) {
  const folder = path.dirname(file);
  let found = scopes.get(folder);
  if (found !== undefined) return found;
  const isTop = path.basename(folder) === 'node_modules' || lookUp(folder, true) === null;
  found = isTop ? null : (readPackage(folder) ?? packageOf(folder));
  scopes.set(folder, found);
  return found;
}

/** @param {string} file @returns {'commonjs' | 'module' | undefined} what its package says */
function typeOf(file) {
  const type = packageOf(file)?.data.type;
  return type === 'module' || type === 'commonjs' ? type : undefined;
}

module.exports = { packageOf, readPackage, typeOf };
