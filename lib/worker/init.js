'use strict';

/**
 * The first code of every worker thread. All that does not depend on the script is done while the
 * thread is a warm spare; then one message from the supervisor says what to run.
 *
 * Order (as in Electron): Node and the globals are ready -> the script is evaluated -> messages that
 * the page posted meanwhile are delivered.
 */

const workerThreads = require('node:worker_threads');
const { Port } = require('./port');
const { installConsole } = require('./console');
const { installErrorEvents } = require('./errors');
const { installGlobalScope } = require('./global-scope');
const { installModuleGlobals } = require('./module-globals');
const { installTimers } = require('./timers');
const { runScript } = require('./script');

const { parentPort, workerData } = workerThreads;

Object.defineProperty(process, 'type', { value: 'worker', enumerable: true });
installTimers();
const scope = installGlobalScope();
const port = new Port(scope);
installErrorEvents(port);
installConsole(port);

parentPort.once('message', ({ key, options }) => {
  // The port to the supervisor is Weft's; a script that finds one would think that it runs in
  // Node's own kind of worker.
  workerThreads.parentPort = null;
  scope.begin(options, port);
  installModuleGlobals(options, workerData.appPath);
  port.open(key, options.inlineScript ? (text) => runScript(options, text) : null);
  if (!options.inlineScript) runScript(options);
  port.start();
});
