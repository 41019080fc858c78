'use strict';

/**
 * The first script of the main process. `weft` runs `node lib/main/init.js <app> [arguments]`.
 *
 * Order: the app's folder is checked, the environment prepared, the sandbox tried, the display
 * opened, GLib's loop joined to Node's; then the app's main script runs, and `ready` follows.
 */

const { findPackageJSON, Module } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Takes WEFT_* out of the environment, before anything can see them.
const { noAsarIntegrity } = require('./start-options');
require('../asar/install').install({ heedsEnvironment: false, checks: !noAsarIntegrity });
const { candidate } = require('../asar/locate');
const { typeOf } = require('../asar/packages');
const { openApp } = require('./app-folder');
const { StartError } = require('./start-error');

/** As Electron has it: the program, the app, the app's arguments. */
function setArguments() {
  process.argv.splice(1, 1);
}

function defineProcess() {
  const { version } = require('../../package.json');
  const define = (target, name, value) =>
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true });
  define(process, 'type', 'browser');
  define(process, 'defaultApp', true);
  define(process, 'resourcesPath', require('./paths').root);
  // No versions.electron: loaders of native modules would look for Electron's builds.
  define(process.versions, 'weft', version);
}

function openNative(description) {
  const native = require('./native');
  const environment = require('./environment');
  environment.prepare(native);
  environment.checkSandbox(native);
  environment.openDisplay(native, String(description.name ?? 'weft'));
  native.startLoop();
}

/** Electron prints an unhandled rejection of the main process and goes on. */
function warnOfRejections() {
  process.on('unhandledRejection', (reason) => {
    if (process.listenerCount('unhandledRejection') > 1) return;
    const text = reason instanceof Error ? reason.stack : String(reason);
    process.stderr.write(`(weft) UnhandledPromiseRejectionWarning: ${text}\n`);
    process.exitCode = 1;
  });
}

function fail(error) {
  process.stderr.write(`weft: ${error.message}\n`);
  process.exit(1);
}

/** Whether the name or the package of a script says that it is a module. */
function isModule(main) {
  const extension = path.extname(main);
  if (extension !== '.js') return extension === '.mjs';
  if (candidate(main) !== '') return typeOf(main) === 'module';
  const packageFile = findPackageJSON(pathToFileURL(main));
  return packageFile !== undefined && require(packageFile).type === 'module';
}

/** Runs the app's main script as Node would, whether it is CommonJS or a module. */
async function runMain(main) {
  if (isModule(main)) {
    await import(pathToFileURL(main));
    return;
  }
  try {
    Module._load(main, null, true);
  } catch (error) {
    // A module that says so only by its syntax, and awaits at its top level.
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    await import(pathToFileURL(main));
  }
}

function failInMain(main, error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`weft: ${main} threw while it started:\n${text}\n`);
  process.exit(1);
}

async function start() {
  setArguments();
  const app = openApp(process.argv[1]);
  defineProcess();
  openNative(app.description);
  require('./hooks').install();
  warnOfRejections();

  const { app: electronApp } = require('./app');
  electronApp.describe(app);
  const { lifetime } = electronApp;
  // A module that awaits whenReady() at its top level would otherwise wait for itself.
  lifetime.onWhenReady = () => setImmediate(() => lifetime.start());
  try {
    await runMain(app.main);
  } catch (error) {
    failInMain(app.main, error);
  }
  setImmediate(() => lifetime.start());
}

start().catch((error) => {
  if (error instanceof StartError) fail(error);
  throw error;
});
