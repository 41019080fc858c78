'use strict';

/**
 * require() of a sandboxed preload script: Electron's short list, and nothing of the system. The modules
 * are evaluated in the preload's own world.
 */

const NAMES = {
  __proto__: null,
  events: () => require('./node/modules/events'),
  timers: () => require('./node/modules/timers'),
  url: () => require('./node/modules/url'),
};

const ELECTRON = /^electron(\/(common|renderer))?$/;

/** @param {object} electron what `require('electron')` gives */
exports.createSandboxedRequire = function createSandboxedRequire(electron) {
  return function require(name) {
    if (ELECTRON.test(name)) return electron;
    const load = NAMES[`${name}`.replace(/^node:/, '')];
    if (load) return load();
    const error = new Error(`module not found: ${name}`);
    error.code = 'MODULE_NOT_FOUND';
    throw error;
  };
};
