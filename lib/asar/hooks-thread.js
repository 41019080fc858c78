'use strict';

/**
 * Runs in the thread that Node has for the hooks of module.register(): it reads what they load, and
 * so it reads archives. The first of its hooks, asked last, says where packed modules are.
 */

const { pathToFileURL } = require('node:url');
const { replace, state } = require('./gate');

/** @param {{ checks: boolean }} how the thread that starts it has it */
function initialize({ checks }) {
  state.isHooksThread = true;
  require('./install').install({ checks });
}

const resolve = (...args) => require('./import').resolve(...args);

/** In the thread that registers hooks, before its first ones. */
function routeRegister(Module) {
  replace(Module, 'register', (original) => {
    if (state.isHooksThread) return original;
    require('./import'); // before all that is resolved passes it
    original(pathToFileURL(__filename).href, { data: { checks: state.checks } });
    state.hasHooksThread = true;
    return original;
  });
}

module.exports = { initialize, resolve, routeRegister };
