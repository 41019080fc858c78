'use strict';

/**
 * `module`: the app's CommonJS files, evaluated in this world. Node itself finds and reads them, on the
 * agent (lib/worker/agent/resolver.js), so archives, `exports` and symbolic links are as there; what
 * they give is the page's own.
 */

const { compile } = require('../compile');
const { checkString, nodeError } = require('./errors');
const { builtinModules, builtinName, loadBuiltin } = require('./builtin');
const { completeFrom } = require('./system');
const { throwInPage } = require('./throw-in-page');

const ELECTRON = /^electron(\/(common|renderer))?$/;
const PARAMETERS = 'exports, require, module, __filename, __dirname';

const ask = (operation, ...given) =>
  require('./agent')
    .getAgent()
    .call(operation, ...given);
const folderOf = (file) => require('./modules/path').dirname(file);

function Module(id = '', parent = undefined) {
  this.id = id;
  this.path = folderOf(id);
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  this.parent = parent;
  parent?.children?.push(this);
}

Module.Module = Module;
Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module.builtinModules = builtinModules;
Module.globalPaths = [];
Module.wrapper = [`(function (${PARAMETERS}) { `, '\n});'];
Module.wrap = (source) => Module.wrapper[0] + source + Module.wrapper[1];
Module.isBuiltin = (name) => builtinName(`${name}`) !== null;

/** `/a/b` -> `/a/b/node_modules`, `/a/node_modules`, `/node_modules` */
Module._nodeModulePaths = function (folder) {
  const parts = folder.split('/').filter((part) => part !== '');
  const paths = [];
  for (let count = parts.length; count >= 0; count--) {
    if (parts[count - 1] === 'node_modules') continue;
    paths.push(['', ...parts.slice(0, count), 'node_modules'].join('/'));
  }
  return paths;
};

/** @param {string} request @param {Module} [parent] @returns {string} a file, or a built-in's name */
Module._resolveFilename = function (request, parent, isMain, given) {
  if (builtinName(request) !== null || ELECTRON.test(request)) return request;
  if (request.startsWith('node:')) {
    throw nodeError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${request}`);
  }
  const { filename = null, paths = [] } = parent ?? {};
  return ask('resolve', request, { filename, paths, from: given?.paths ?? null });
};

Module._resolveLookupPaths = function (request, parent) {
  if (builtinName(request) !== null) return null;
  return /^\.{1,2}(\/|$)/.test(request) ? [parent?.path ?? '.'] : [...(parent?.paths ?? [])];
};

/** Where a request led from a folder, for as long as that module is in the cache. */
const resolved = new Map();

Module._load = function (request, parent, isMain) {
  const builtin = builtinName(request);
  if (builtin !== null) return loadBuiltin(builtin);
  if (ELECTRON.test(request)) return require('../electron').getElectron();
  const key = `${parent?.path}\0${request}`;
  const known = Module._cache[resolved.get(key)];
  if (known !== undefined) return known.exports;
  const filename = Module._resolveFilename(request, parent, isMain);
  resolved.set(key, filename);
  return (Module._cache[filename] ?? loadFile(filename, parent)).exports;
};

/** A file that throws is as if it had not been required. */
function loadFile(filename, parent) {
  const module = new Module(filename, parent);
  Module._cache[filename] = module;
  try {
    module.load(filename);
  } catch (error) {
    delete Module._cache[filename];
    throwInPage(error);
  }
  return module;
}

Module.prototype.load = function (filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(folderOf(filename));
  const [extension] = /\.[^./]+$/.exec(filename) ?? ['.js'];
  (Module._extensions[extension] ?? Module._extensions['.js'])(this, filename);
  this.loaded = true;
};

Module.prototype.require = function (request) {
  checkString('id', request);
  if (request === '') {
    const message = "The argument 'id' must be a non-empty string. Received ''";
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
  }
  return Module._load(request, this, false);
};

Module.prototype._compile = function (source, filename) {
  const text = source.startsWith('#!') ? `//${source}` : source;
  const address = require('./modules/url').pathToFileURL(filename).href;
  const body = compile(`(function (${PARAMETERS}) {${text}\n})`, address, filename);
  const requireHere = require('./require').makeRequire(this);
  const given = [this.exports, requireHere, this, filename, folderOf(filename)];
  return Reflect.apply(body, this.exports, given);
};

/** @returns {string} */
function readSource(filename) {
  const { source, format } = ask('read', filename);
  if (format !== 'module') return source;
  throw nodeError(
    Error,
    'ERR_REQUIRE_ESM',
    `require() of ES Module ${filename} is not supported in a page: import() it instead`,
  );
}

Module._extensions = {
  __proto__: null,
  '.js': (module, filename) => module._compile(readSource(filename), filename),
  '.json'(module, filename) {
    const { source } = ask('read', filename);
    try {
      module.exports = JSON.parse(source.replace(/^\ufeff/, ''));
    } catch (error) {
      error.message = `${filename}: ${error.message}`;
      throw error;
    }
  },
  '.node'(module, filename) {
    module.exports = require('./agent').getAgent().module(filename);
  },
};

Module.createRequire = (file) => require('./require').createRequire(file);

completeFrom(Module, 'module', [
  ...['stripTypeScriptTypes', 'findPackageJSON', 'constants', 'enableCompileCache'],
  ...['getCompileCacheDir', 'flushCompileCache', 'SourceMap', 'findSourceMap'],
  ...['getSourceMapsSupport', 'setSourceMapsSupport'],
]);
for (const name of ['_findPath', '_preloadModules', 'register', 'registerHooks', 'runMain']) {
  Module[name] = () => {
    throw new Error(`module.${name} is not supported in a page (see docs/api/node-in-page.md)`);
  };
}
Module._initPaths = Module.syncBuiltinESMExports = () => {};

module.exports = { Module };
