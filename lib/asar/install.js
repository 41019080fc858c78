'use strict';

/** Makes a Node thread read archives: a gate over each function that may be asked for one. */

const fs = require('node:fs');
const { Module, registerHooks, syncBuiltinESMExports } = require('node:module');
const {
  concerns,
  guard,
  hidden,
  NAME,
  ORIGINAL_FS,
  originalFs,
  replace,
  state,
} = require('./gate');

/** Functions with a path or a descriptor first, in all forms that there are. */
const NAMES = [
  ...['access', 'appendFile', 'close', 'copyFile', 'exists', 'fchmod', 'fchown'],
  ...['fdatasync', 'fstat', 'fsync', 'ftruncate', 'futimes'],
  ...['lstat', 'open', 'openAsBlob', 'opendir', 'read', 'readFile'],
  ...['readlink', 'readv', 'realpath', 'stat', 'write', 'writeFile', 'writev'],
];

const load = () => require('./routes');
const loadRemoval = () => require('./removal');
const loadListing = () => require('./listing');
const loadPromises = () => void fs.promises;

/** All that is below a folder may be in archives there. */
const mayList = ([given, options]) => options?.recursive === true || concerns(given);

function guardFs() {
  hidden.realpath = fs.realpath.native;
  hidden.realpathSync = fs.realpathSync.native;
  guard(hidden, 'realpath', load);
  guard(hidden, 'realpathSync', load);
  for (const name of NAMES) {
    guard(fs, name, load);
    guard(fs, `${name}Sync`, load);
  }
  for (const form of ['', 'Sync']) {
    guard(fs, `readdir${form}`, loadListing, mayList);
    guard(fs, `cp${form}`, load, null);
    guard(fs, `rm${form}`, loadRemoval, null);
    guard(fs, `glob${form}`, loadPromises, null); // it keeps what it finds there
  }
  fs.realpath.native = hidden.realpath;
  fs.realpathSync.native = hidden.realpathSync;
}

/** Node makes fs.promises when it is first asked for, which takes longer than all of the rest. */
function guardPromises() {
  const { get: original, ...how } = Object.getOwnPropertyDescriptor(fs, 'promises');
  let isGuarded = false;
  const { get } = {
    get() {
      const promises = original.call(fs);
      if (isGuarded) return promises;
      isGuarded = true;
      for (const name of NAMES) guard(promises, name, load);
      guard(promises, 'readdir', loadListing, mayList);
      guard(promises, 'cp', load, null);
      guard(promises, 'rm', loadRemoval, null);
      return promises;
    },
  };
  Object.defineProperty(fs, 'promises', { ...how, get });
}

/** Node warns that these two may change: this Node's are pinned, and a test holds them. */
function setQuietly(name, value) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    Module[name] = value;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function guardRequire() {
  hidden.stat = Module._stat;
  hidden.readPackage = Module._readPackage;
  hidden.resolveFilename = Module._resolveFilename;
  hidden.script = Module._extensions['.js'];
  guard(hidden, 'stat', load);
  guard(hidden, 'readPackage', load);
  guard(hidden, 'script', load, ([, file]) => NAME.test(file));
  guard(
    hidden,
    'resolveFilename',
    load,
    ([request, parent]) => ORIGINAL_FS.test(request) || NAME.test(parent?.filename ?? ''),
  );
  setQuietly('_stat', hidden.stat);
  setQuietly('_readPackage', hidden.readPackage);
  Module._resolveFilename = hidden.resolveFilename;
  Module._extensions['.js'] = hidden.script;
}

/** Modules of Node that are changed when they are first asked for. */
const ON_DEMAND = /^(?:node:)?(?:child_process|worker_threads|fs\/promises)$/;

function routeOnDemand(specifier) {
  if (specifier.endsWith('fs/promises')) loadPromises();
  else require('./children').routeOnDemand(specifier);
}

/** Where Node, or a hook, has led to. */
function led(result, conditions) {
  const url = result?.url;
  if (ORIGINAL_FS.test(url)) return originalFs();
  return NAME.test(url) ? require('./import').withFormat(result, conditions) : result;
}

function guardImport() {
  registerHooks({
    resolve(specifier, context, next) {
      if (ON_DEMAND.test(specifier)) routeOnDemand(specifier);
      const { parentURL } = context;
      const isOurs =
        NAME.test(specifier) ||
        ORIGINAL_FS.test(specifier) ||
        (parentURL !== undefined && NAME.test(parentURL));
      if (!isOurs) return led(next(specifier, context), context.conditions);
      return led(require('./import').resolve(specifier, context, next), context.conditions);
    },
  });
}

/** What is asked about modules, past all hooks. */
function guardModule() {
  hidden.getBuiltinModule = process.getBuiltinModule;
  replace(process, 'getBuiltinModule', (original) => (name) => {
    if (ON_DEMAND.test(name)) routeOnDemand(name);
    return ORIGINAL_FS.test(name) ? require('./original-fs') : original(name);
  });
  replace(Module, 'isBuiltin', (original) => (name) => ORIGINAL_FS.test(name) || original(name));
  replace(Module, 'registerHooks', (original) => ({ resolve, load: loadHook }) => {
    const mapped = (specifier, context, next) =>
      led(resolve(specifier, context, next), context.conditions);
    if (loadHook != null) state.hasLoadHooks = true;
    return original({ resolve: typeof resolve === 'function' ? mapped : resolve, load: loadHook });
  });
  guard(Module, 'register', () => require('./hooks-thread').routeRegister(Module), null);
  const loadFinder = () => require('./find-package').routeFindPackage();
  guard(Module, 'findPackageJSON', loadFinder, ([what, base]) => concerns(what) || concerns(base));
}

/** Scripts that are run before this may have set hooks that it has not seen. */
const RUNS_BEFORE = /(?:^|\s)(?:-r|--require|--import)\b/;

let isInstalled = false;

/**
 * @param {object} [how]
 * @param {boolean} [how.heedsEnvironment] ELECTRON_NO_ASAR turns it off: not in the main process
 * @param {boolean} [how.checks] what archives have hashes of is compared with them
 * @param {boolean} [how.loadsNativeModules] false: process.dlopen is another's, who asks realFileOf()
 */
function install({ heedsEnvironment = true, checks = true, loadsNativeModules = true } = {}) {
  if (isInstalled) return;
  isInstalled = true;
  Object.assign(state, { checks, loadsNativeModules });
  state.hasLoadHooks = RUNS_BEFORE.test(process.env.NODE_OPTIONS ?? '');
  state.isOff = heedsEnvironment && Boolean(process.env.ELECTRON_NO_ASAR);
  if (!('noAsar' in process)) process.noAsar = false;
  guardFs();
  guardPromises();
  if (loadsNativeModules) guard(process, 'dlopen', load, ([, file]) => concerns(file));
  guardRequire();
  guardImport();
  guardModule();
  syncBuiltinESMExports();
}

module.exports = { install };
