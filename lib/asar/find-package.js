'use strict';

/** module.findPackageJSON() for what is in archives. */

const { Module } = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { replace } = require('./gate');
const { lookUp } = require('./locate');
const { packageOf } = require('./packages');

/** @param {unknown} given a path or an address @returns {URL | null} */
function urlOf(given, base) {
  const text = String(given);
  if (path.isAbsolute(text)) return pathToFileURL(text);
  return URL.canParse(text, base) ? new URL(text, base) : null;
}

/** The package.json of a package by its name. @returns {string | null} */
function byName(specifier, from) {
  const [, name] = /^((?:@[^/]+\/)?[^/]+)/.exec(specifier) ?? [];
  if (name === undefined || lookUp(from, true) === null) return null;
  const own = packageOf(from);
  if (own?.data.name === name && own.data.exports != null) return own.file;
  for (const folder of Module._nodeModulePaths(path.dirname(from))) {
    const found = path.join(folder, name);
    if (Module._stat(found) === 1) return path.join(found, 'package.json');
  }
  return null;
}

/** The one that a file belongs to. @returns {string | null} */
function byFile(target, original) {
  if (target?.protocol !== 'file:') return null;
  const file = fileURLToPath(target);
  const place = lookUp(file, true);
  if (!(place instanceof Object)) return null;
  const real = require('node:fs').realpathSync(file);
  const pkg = packageOf(file.endsWith('/') ? path.join(real, 'any') : real);
  // None in the archive: the one around it.
  return pkg?.file ?? original('./', `${pathToFileURL(path.dirname(place.archivePath))}/`);
}

function routeFindPackage() {
  replace(Module, 'findPackageJSON', (original) => (...args) => {
    const [given, base = 'data:'] = args;
    const specifier = String(given);
    const parent = urlOf(base);
    const isBare = specifier !== '' && !/^[./]/.test(specifier) && !URL.canParse(specifier);
    const found =
      isBare && parent?.protocol === 'file:'
        ? byName(specifier, fileURLToPath(parent))
        : byFile(urlOf(specifier, parent?.href), original);
    return found ?? original(...args);
  });
}

module.exports = { routeFindPackage };
