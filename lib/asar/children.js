'use strict';

/** Programs of archives, and processes and threads that read archives as their parent does. */

const { syncBuiltinESMExports } = require('node:module');
const path = require('node:path');
const { promisify } = require('node:util');
const { concerns, replace, state } = require('./gate');

/** Run first by each forked process and each thread: makes them read archives. */
const PRELOAD = path.join(__dirname, state.checks ? 'preload.js' : 'preload-unchecked.js');

/** A program that the kernel can see. Looked up late: most children are none of an archive's. */
const realFileOf = (file) => (concerns(file) ? require('./native-file').realFileOf(file) : file);

/** Weft's own threads need no archives. */
const OWN = path.dirname(__dirname) + path.sep;

/** @param {string[] | undefined} given options for Node */
function withPreload(given) {
  const options = given ?? process.execArgv;
  return options.includes(PRELOAD) ? options : [...options, '--require', PRELOAD];
}

/** promisify(execFile) is a function of its own, of Node's. */
function execFileWith(original) {
  const execFile = (file, ...rest) => original(realFileOf(file), ...rest);
  const promised = original[promisify.custom];
  execFile[promisify.custom] = (file, ...rest) => promised(realFileOf(file), ...rest);
  return execFile;
}

/** @param {typeof import('node:child_process')} childProcess */
function routeChildren(childProcess) {
  replace(
    childProcess,
    'execFileSync',
    (original) =>
      (file, ...rest) =>
        original(realFileOf(file), ...rest),
  );
  replace(childProcess, 'execFile', execFileWith);
  replace(childProcess, 'fork', (original) => (script, ...rest) => {
    const at = Array.isArray(rest[0]) || rest[0] == null ? 1 : 0;
    const options = rest[at] ?? {};
    const isNode =
      typeof options === 'object' && (options.execPath ?? process.execPath) === process.execPath;
    if (isNode) rest[at] = { ...options, execArgv: withPreload(options.execArgv) };
    return original(script, ...rest);
  });
}

/** @param {typeof import('node:worker_threads')} workerThreads */
function routeThreads(workerThreads) {
  if (workerThreads.isMainThread) require('./private-folders').removeAtExit();
  const Original = workerThreads.Worker;
  workerThreads.Worker = class Worker extends Original {
    constructor(script, options = {}) {
      const isOwn = typeof script === 'string' && script.startsWith(OWN);
      const isUsual = options !== null && typeof options === 'object' && !isOwn;
      const execArgv = isUsual ? { execArgv: withPreload(options.execArgv) } : {};
      super(script, isUsual ? { ...options, ...execArgv } : options);
    }
  };
}

const ROUTES = { child_process: routeChildren, worker_threads: routeThreads };

const routed = new Set();

/**
 * Modules of Node that start others are changed when they are first asked for: most threads never do.
 * @param {string} specifier
 */
function routeOnDemand(specifier) {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier;
  if (!Object.hasOwn(ROUTES, name) || routed.has(name)) return;
  routed.add(name);
  ROUTES[name](process.getBuiltinModule(name));
  syncBuiltinESMExports();
}

module.exports = { routeOnDemand };
