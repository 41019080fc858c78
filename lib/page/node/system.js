'use strict';

/** Node's own modules, as the agent has them (./agent.js): it is started when the first is asked for. */

/** @param {string} name of a built-in module, without `node:` */
exports.systemModule = (name) => require('./agent').getAgent().module(name);

/** What a module of ours lacks and Node's has, taken from there when it is read. */
exports.completeFrom = function completeFrom(target, moduleName, names) {
  const { lazyRest } = require('./lazy');
  return lazyRest(target, names, (name) => exports.systemModule(moduleName)[name]);
};
