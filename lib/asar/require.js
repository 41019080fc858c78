'use strict';

/**
 * require() of what is in archives. Node's own resolution does it, once it is told what is there
 * (Module._stat) and what package.json says (Module._readPackage); the rest of it asks Node's C++,
 * which knows of files alone, so that is done here: "imports", a package's own name, and its type.
 */

const { Module } = require('node:module');
const path = require('node:path');
const { resolveExports, resolveImports } = require('./exports');
const { correctionOf } = require('./formats');
const { hidden, ORIGINAL_FS, replace } = require('./gate');
const { candidate, KIND, lookUp, lookUpModule } = require('./locate');
const { packageOf, readPackage } = require('./packages');
const { provideSourceMaps } = require('./source-maps');

const CONDITIONS = new Set(['require', 'node', 'node-addons', 'module-sync']);

/** 0 for a file, 1 for a folder, negative for nothing: as Node's own. */
function statWith(original) {
  return (file) => {
    const found = lookUpModule(file, true);
    if (found === null) return original(file);
    if (typeof found === 'number') return found;
    return found.kind === KIND.FOLDER ? 1 : 0;
  };
}

const FIELDS = ['name', 'main', 'type', 'exports', 'imports'];

function readPackageWith(original) {
  return (folder) => {
    if (candidate(folder) === '' || lookUp(folder, true) === null) return original(folder);
    const pkgPath = path.join(path.resolve(folder), 'package.json');
    const pkg = readPackage(path.resolve(folder));
    if (pkg === null)
      return {
        __proto__: null,
        type: 'none',
        exists: false,
        pjsonPath: pkgPath,
      };
    const result = {
      __proto__: null,
      type: 'none',
      exists: true,
      pjsonPath: pkgPath,
    };
    for (const field of FIELDS) if (pkg.data[field] != null) result[field] = pkg.data[field];
    if (typeof result.main !== 'string') delete result.main;
    return result;
  };
}

/** A package's own name, or '#x', in a package of an archive. @returns {string | null} */
function resolveOwn(request, parent, conditions) {
  const from = parent?.filename;
  if (!from || /^[./]/.test(request) || candidate(from) === '') return null;
  const pkg = packageOf(from);
  if (pkg === null) return null;
  if (request.startsWith('#') && pkg.data.imports != null) {
    const { file, specifier } = resolveImports(pkg, request, conditions);
    return file ?? Module._resolveFilename(specifier, parent, false);
  }
  const { name } = pkg.data;
  if (pkg.data.exports == null || typeof name !== 'string') return null;
  if (request !== name && !request.startsWith(`${name}/`)) return null;
  return resolveExports(pkg, `.${request.slice(name.length)}`, conditions);
}

function notFound(request, file) {
  const error = new Error(`Cannot find module '${request}'`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND', path: file });
}

function resolveFilenameWith(original) {
  return function resolveFilename(request, parent, isMain, options) {
    if (ORIGINAL_FS.test(request)) return path.join(__dirname, 'original-fs.js');
    const own = resolveOwn(request, parent, options?.conditions ?? CONDITIONS);
    if (own === null) return original.call(this, request, parent, isMain, options);
    if (path.isAbsolute(own) && Module._stat(own) !== 0) throw notFound(request, own);
    return path.isAbsolute(own) ? require('node:fs').realpathSync(own) : own;
  };
}

/** Scripts are compiled as what they are, by their own package and not by one around the archive. */
function scriptWith(original) {
  return (module, file) => {
    const place = lookUp(file, true);
    if (place === null || typeof place === 'number') return original(module, file);
    provideSourceMaps();
    const correct = correctionOf(file, place.archivePath);
    if (correct === null) return original(module, file);
    const before = Object.getOwnPropertyDescriptor(module, '_compile');
    const compile = module._compile;
    const restore = () => {
      delete module._compile;
      if (before !== undefined) Object.defineProperty(module, '_compile', before);
    };
    // Node and hooks read the source; this is between them and what compiles it.
    module._compile = (source, name, format) => {
      restore();
      return compile.call(module, source, name, correct(format));
    };
    try {
      return original(module, file);
    } finally {
      restore();
    }
  };
}

function routeRequire() {
  replace(hidden, 'stat', statWith);
  replace(hidden, 'readPackage', readPackageWith);
  replace(hidden, 'resolveFilename', resolveFilenameWith);
  replace(hidden, 'script', scriptWith);
}

module.exports = { routeRequire };
