'use strict';

/**
 * `app` in a worker: what can be read of it. Each answer is asked of the main process when it is wanted
 * (lib/main/worker-app.js), since the app may change it at any time.
 */

const { APP_CHANNEL, APP_METHODS, APP_PROPERTIES } = require('../common/worker-app');
const { getMainLine } = require('./main-line');

/** Names that others look for in any object. */
const IGNORED = new Set(['then', 'toJSON', 'constructor', 'default', '__esModule']);

/** @param {string} name @param {unknown[]} args */
function ask(name, args) {
  const { value, error } = getMainLine().sendSync(APP_CHANNEL, [name, ...args]);
  if (error !== undefined) throw new Error(error);
  return value;
}

const readable = {};
for (const name of APP_METHODS) {
  Object.defineProperty(readable, name, { value: (...args) => ask(name, args), enumerable: true });
}
for (const name of APP_PROPERTIES) {
  Object.defineProperty(readable, name, { get: () => ask(name, []), enumerable: true });
}

const app = new Proxy(Object.freeze(readable), {
  get(target, name, receiver) {
    const isForeign = typeof name === 'string' && !(name in target) && !IGNORED.has(name);
    if (!isForeign) return Reflect.get(target, name, receiver);
    throw new Error(
      `electron.app.${name} is not available in a worker: use it in the main process, ` +
        'and ask for it with ipcRenderer.invoke() (docs/api/worker.md)',
    );
  },
});

module.exports = { app };
