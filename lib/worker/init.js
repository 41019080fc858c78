'use strict';

/**
 * The first code of every worker thread. All that does not depend on the script is done while the
 * thread is a warm spare; then one message from the supervisor says what to run.
 *
 * Order (as in Electron): Node and the globals are ready -> the script is evaluated -> messages that
 * the page posted meanwhile are delivered.
 */

const workerThreads = require('node:worker_threads');
const { version } = require('../../package.json');
const { install } = require('../asar/install');
const { KINDS } = require('../common/link/kinds');
const { setPageLoader, setPageOrigin } = require('./loader');
const { PageLoader } = require('./loader/page');
const { Port } = require('./port');
const { installBroadcastChannel } = require('./broadcast-channel');
const { installConsole } = require('./console');
const { describeError } = require('./error-report');
const { parseEnvironment } = require('./environment');
const { installErrorEvents } = require('./errors');
const { installGlobalScope } = require('./global-scope');
const { installModuleGlobals } = require('./module-globals');
const { FamilyChannel } = require('./family-channel');
const { installNativeModules } = require('./native-modules');
const { installNestedWorkers, setOwnOptions } = require('./nested-worker');
const { giveUpPermissions } = require('./permissions');
const { installPlatform } = require('./platform');
const { install: installSharedMemory } = require('./shared-memory');
const { installTimers } = require('./timers');
const { originOf } = require('./worker-location');
const { silenceOwnWarning } = require('./warnings');
const { readMainScript, runScript, ScriptLoadError } = require('./script');
const supervisor = require('./supervisor-line');
require('./native-loads');
const { warmUp } = require('./warm-up');

const { workerData } = workerThreads;
const { setImmediate } = globalThis;

install({ checks: workerData.checksArchives, loadsNativeModules: false });

Object.defineProperty(process, 'type', { value: 'worker', enumerable: true });
Object.defineProperty(process.versions, 'weft', { value: version, enumerable: true });
// pdf.js holds anything that says "[object process]" here for Node without a page, and does not start.
Object.defineProperty(process, 'toString', {
  value: () => '[object WorkerProcess]',
  writable: true,
  configurable: true,
});
installTimers();
silenceOwnWarning();
installSharedMemory();
const scope = installGlobalScope();
installPlatform();
const port = new Port(scope);
setPageLoader(new PageLoader(port));
port.link.handle(KINDS.ENVIRONMENT, (target, value) =>
  scope.environmentChanged(parseEnvironment(value)),
);
const reportError = installErrorEvents(port);
installConsole(port);
installBroadcastChannel(port.link);
installNestedWorkers(port);
installNativeModules();
warmUp();
giveUpPermissions();

supervisor.on('start', ({ key, options, parent }) => {
  // The port to the supervisor is Weft's; a script that finds one would think that it runs in
  // Node's own kind of worker.
  workerThreads.parentPort = null;
  scope.begin(options, port);
  setOwnOptions(options);
  setPageOrigin(originOf(options.documentURL));
  installModuleGlobals(options, workerData.appPath);
  const isInline = options.inlineScript;
  const startInline = (text) => start({ url: options.url, text }, options);
  port.open(key, isInline && !parent ? startInline : null);
  if (parent) port.setParent(connect(parent, startInline));
  port.start();
  if (!isInline) readAndStart(options);
});

/** @param {import('node:worker_threads').MessagePort} native to the worker that made this one */
function connect(native, script) {
  const message = (value, ports) => scope.onMessage(value, ports);
  return new FamilyChannel(native, { message, messageError: () => scope.onMessageError(), script });
}

function readAndStart(options) {
  try {
    const script = readMainScript(options);
    if (!(script instanceof Promise)) start(script, options);
    // In a task of its own, not in a microtask.
    else script.then((read) => setImmediate(start, read, options), failed);
  } catch (error) {
    failed(error);
  }
}

/** @param {import('./script').Script} script */
function start(script, { type }) {
  scope.moveTo(script.url);
  let evaluated;
  try {
    evaluated = runScript(script, type);
  } catch (error) {
    failed(error);
  }
  const ready = () => port.deliverMessages();
  // In a task of its own: within a microtask, none would run between two messages.
  if (evaluated) untilReady(evaluated).finally(() => setImmediate(ready));
  else ready();
}

/**
 * A module is ready for messages when it has been evaluated; or when it listens, for then it may
 * await one at its top level.
 * @param {Promise<unknown>} evaluated
 */
function untilReady(evaluated) {
  return Promise.race([evaluated.catch(failed), scope.listening]);
}

/** A script that can't be loaded is the end of its worker; one that throws is not. */
function failed(error) {
  if (error instanceof ScriptLoadError) {
    port.sendError({ ...describeError(error), message: error.message, isLoadError: true });
    scope.close();
  } else {
    reportError(error);
  }
}
