'use strict';

/**
 * require() of what is in archives. Node's own resolution does it, once it is told what is there
 * (Module._stat) and what package.json says (Module._readPackage); the rest of it asks Node's C++,
 * which knows of files alone, so that is done here: "imports", a package's own name, and its type.
 */

const fs = require('node:fs');
const { isBuiltin, Module } = require('node:module');
const path = require('node:path');
const { resolveExports, resolveImports } = require('./exports');
const { correctionOf, packageFormatOf } = require('./formats');
const { hidden, isGuarded, ORIGINAL_FS, replace, state } = require('./gate');
const { candidate, KIND, lookUp, lookUpModule } = require('./locate');
const { packageOf, readPackage } = require('./packages');
const { readText } = require('./read');
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
    const { file, specifier } = resolveImports(pkg, request, conditions, from);
    return file ?? Module._resolveFilename(specifier, parent, false);
  }
  const { name } = pkg.data;
  if (pkg.data.exports == null || typeof name !== 'string') return null;
  if (request !== name && !request.startsWith(`${name}/`)) return null;
  return resolveExports(pkg, `.${request.slice(name.length)}`, conditions, from);
}

/**
 * As Node finds it in the end; before, it would look for a package around the archive, which is not the
 * one of a script that has its own.
 * @returns {string | false}
 */
function find(request, parent, isMain, options) {
  if (isBuiltin(request) || options?.paths !== undefined || !parent?.filename) return false;
  if (candidate(parent.filename) === '' || packageOf(parent.filename) === null) return false;
  const paths = Module._resolveLookupPaths(request, parent);
  return Module._findPath(request, paths, isMain, options?.conditions);
}

/** Of a package's own target, which Node names with the package.json that says so. */
function notFound(file, parent) {
  const error = new Error(`Cannot find module '${file}'`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND', path: packageOf(parent.filename).file });
}

function resolveFilenameWith(original) {
  return function resolveFilename(request, parent, isMain, options) {
    if (ORIGINAL_FS.test(request)) return path.join(__dirname, 'original-fs.js');
    const own = resolveOwn(request, parent, options?.conditions ?? CONDITIONS);
    if (own === null) {
      const found = find(request, parent, isMain, options);
      return found || original.call(this, request, parent, isMain, options);
    }
    if (path.isAbsolute(own) && Module._stat(own) !== 0) throw notFound(own, parent);
    return path.isAbsolute(own) ? fs.realpathSync(own) : own;
  };
}

/** Which scripts may be compiled at once, and from where. */
const READ_HERE = /\.c?js$/;

/** Whether nothing that the app has asked for is between a packed script's bytes and its compiler. */
function isReadHere(file, place) {
  if (place.isUnpacked || !READ_HERE.test(file)) return false;
  return !state.hasLoadHooks && !process.sourceMapsEnabled && isGuarded(fs, 'readFileSync');
}

/** Scripts are compiled as what they are, by their own package and not by one around the archive. */
function scriptWith(original) {
  return (module, file) => {
    const place = lookUp(file, true);
    if (place === null || typeof place === 'number') return original(module, file);
    provideSourceMaps();
    if (isReadHere(file, place)) {
      const format = file.endsWith('.cjs') ? 'commonjs' : packageFormatOf(file);
      if (format !== 'module') return module._compile(readText(place), file, format);
    }
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
