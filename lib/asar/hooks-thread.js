'use strict';

/**
 * Runs in the thread that Node has for the hooks of module.register(): it reads what they load, and
 * so it reads archives. The first of its hooks, asked last, says where packed modules are.
 */

const { pathToFileURL } = require('node:url');
const { hidden, NAME, ORIGINAL_FS, replace, state } = require('./gate');

// Asked of Node itself: who requires it means to start threads (children.js).
const { isInternalThread } = (hidden.getBuiltinModule ?? process.getBuiltinModule)(
  'node:worker_threads',
);

/** In the thread of the hooks: these are among them. */
const ready = Promise.withResolvers();

/** @param {{ checks: boolean }} how the thread that starts it has it */
function initialize({ checks }) {
  require('./install').install({ checks });
  ready.resolve();
}

function resolve(specifier, context, next) {
  const isOurs =
    NAME.test(specifier) || ORIGINAL_FS.test(specifier) || NAME.test(context.parentURL);
  return isOurs ? require('./import').resolve(specifier, context, next) : next(specifier, context);
}

/** In the thread that registers hooks, before its first ones. */
function routeRegister(Module) {
  replace(Module, 'register', (original) => {
    original(pathToFileURL(__filename).href, { data: { checks: state.checks } });
    // The thread of hooks runs what is given by --require too, and there, registering does not wait.
    if (isInternalThread) return (...args) => void ready.promise.then(() => original(...args));
    state.hasHooksThread = true;
    return original;
  });
}

module.exports = { initialize, resolve, routeRegister };
