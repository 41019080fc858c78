'use strict';

/**
 * Runs in the thread that Node has for the hooks of module.register(): it reads what they load, and
 * so it reads archives. The first of its hooks, asked last, says where packed modules are.
 */

const { pathToFileURL } = require('node:url');
const { isInternalThread } = require('node:worker_threads');
const { replace, state } = require('./gate');

/** In the thread of the hooks: these are among them. */
const ready = Promise.withResolvers();

/** @param {{ checks: boolean }} how the thread that starts it has it */
function initialize({ checks }) {
  require('./install').install({ checks });
  ready.resolve();
}

const resolve = (...args) => require('./import').resolve(...args);

/** In the thread that registers hooks, before its first ones. */
function routeRegister(Module) {
  replace(Module, 'register', (original) => {
    require('./import'); // before all that is resolved passes it
    original(pathToFileURL(__filename).href, { data: { checks: state.checks } });
    // The thread of hooks runs what is given by --require too, and there, registering does not wait.
    if (isInternalThread) return (...args) => void ready.promise.then(() => original(...args));
    state.hasHooksThread = true;
    return original;
  });
}

module.exports = { initialize, resolve, routeRegister };
