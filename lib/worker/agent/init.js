'use strict';

/**
 * The first code of an agent: the thread that has Node for one document. It runs no script of the app's but
 * native modules; the page calls what it needs through the membrane (lib/common/membrane.js).
 *
 * All that does not depend on the page is done before the supervisor says whose agent it is.
 */

const { types } = require('node:util');
const workerThreads = require('node:worker_threads');
const { version } = require('../../../package.json');
const { install } = require('../../asar/install');
const { End } = require('../../common/membrane');
const { installConsole } = require('../console');
const { installNativeModules } = require('../native-modules');
const { giveUpPermissions } = require('../permissions');
const supervisor = require('../supervisor-line');
require('../native-loads');
const { AgentChannel } = require('./channel');
const { watchClosed } = require('./closed');
const { makeValueTypes } = require('./values');

const { workerData } = workerThreads;

install({ checks: workerData.checksArchives, loadsNativeModules: false });

// They look at `fs`, which the line above has changed.
const { lends } = require('./lenders');
const { run } = require('./operations');

Object.defineProperty(process, 'type', { value: 'renderer', enumerable: true });
Object.defineProperty(process.versions, 'weft', { value: version, enumerable: true });

/** What native modules give, and proxies. */
const isOpaque = (object) => types.isExternal(object) || types.isProxy(object);

const channel = new AgentChannel();
const end = new End(
  {
    isBuffer: Buffer.isBuffer,
    isOpaque,
    toBuffer: ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
    lends,
    valueTypes: makeValueTypes(),
    run: (name, given) => run(end, name, given),
    report: (error) => console.error(error),
  },
  channel,
  true,
);
channel.connect(end);
installConsole(channel);
watchClosed(end);
installNativeModules();
giveUpPermissions();

/** Nobody reads of it here. The agent lives on, as a renderer does; unless the app has taken that over. */
function report(error, event) {
  if (process.listenerCount(event) === 1) end.tellError(error);
}
process.on('uncaughtException', (error) => report(error, 'uncaughtException'));
process.on('unhandledRejection', (error) => report(error, 'unhandledRejection'));

supervisor.on('start', ({ key }) => {
  workerThreads.parentPort = null;
  channel.open(key);
});
