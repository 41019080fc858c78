'use strict';

/** Programs of archives, and processes and threads that read archives as their parent does. */

const { syncBuiltinESMExports } = require('node:module');
const path = require('node:path');
const { promisify } = require('node:util');
const { concerns, NAME, replace, state } = require('./gate');

/** Run first by each forked process and each thread: makes them read archives. */
const PRELOAD = path.join(__dirname, state.checks ? 'preload.js' : 'preload-unchecked.js');

/** A program that the kernel can see. Looked up late: most children are none of an archive's. */
const realFileOf = (file) => (concerns(file) ? require('./native-file').realFileOf(file) : file);

/** Weft's own threads need no archives. */
const OWN = path.dirname(__dirname) + path.sep;

/** First of all: other scripts that Node is to run before may lie in archives. */
const FIRST = ['--require', PRELOAD];

/** @param {string[] | undefined} given options for Node */
function withPreload(given) {
  const options = given ?? process.execArgv;
  return options.includes(PRELOAD) ? options : [...FIRST, ...options];
}

/** Node reads NODE_OPTIONS before its arguments. @param {object} options of a process or thread */
function withEnvironment(options) {
  const { env = process.env } = options;
  if (!NAME.test(env?.NODE_OPTIONS ?? '')) return options;
  const quoted = `"${PRELOAD.replaceAll(/["\\]/g, '\\$&')}"`;
  return {
    ...options,
    env: { ...env, NODE_OPTIONS: `--require ${quoted} ${env.NODE_OPTIONS}` },
  };
}

/**
 * What comes after the file, where it is started as a program: Node reads archives, as Electron does
 * with ELECTRON_RUN_AS_NODE.
 * @param {unknown} file @param {any[]} rest
 */
function argumentsOf(file, rest) {
  if (file !== process.execPath) return rest;
  const hasArguments = Array.isArray(rest[0]);
  const [given, ...after] = hasArguments ? rest : [[], ...(rest[0] == null ? rest.slice(1) : rest)];
  const hasOptions = typeof after[0] === 'object' && after[0] !== null;
  if (!hasOptions && after[0] != null && typeof after[0] !== 'function') return rest; // an error
  const options = hasOptions ? after[0] : {};
  // A shell takes words; and who narrows what Node may read, knows of no file of ours.
  if (options.shell || given.includes('--permission') || given.includes(PRELOAD)) return rest;
  return [[...FIRST, ...given], withEnvironment(options), ...(hasOptions ? after.slice(1) : after)];
}

const starting =
  (original) =>
  (file, ...rest) =>
    original(realFileOf(file), ...argumentsOf(file, rest));

/** promisify(execFile) is a function of its own, of Node's. */
function execFileWith(original) {
  const execFile = starting(original);
  execFile[promisify.custom] = starting(original[promisify.custom]);
  return execFile;
}

/** spawn() takes no programs out of archives, as in Electron. */
const spawning =
  (original) =>
  (file, ...rest) =>
    original(file, ...argumentsOf(file, rest));

/** @param {typeof import('node:child_process')} childProcess */
function routeChildren(childProcess) {
  replace(childProcess, 'execFileSync', starting);
  replace(childProcess, 'execFile', execFileWith);
  replace(childProcess, 'spawn', spawning);
  replace(childProcess, 'spawnSync', spawning);
  replace(childProcess, 'fork', (original) => (script, ...rest) => {
    const at = Array.isArray(rest[0]) || rest[0] == null ? 1 : 0;
    const options = rest[at] ?? {};
    const isNode =
      typeof options === 'object' && (options.execPath ?? process.execPath) === process.execPath;
    if (isNode) rest[at] = { ...withEnvironment(options), execArgv: withPreload(options.execArgv) };
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
      super(script, isUsual ? { ...withEnvironment(options), ...execArgv } : options);
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
