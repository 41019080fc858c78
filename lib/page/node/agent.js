'use strict';

/**
 * Node for this document: a thread of the window's worker host, started when it is first used. What it
 * has appears here through the membrane (lib/common/membrane.js).
 *
 * @typedef {object} Agent
 * @property {(name: string) => any} module what require(name) gives there: a built-in module, or a
 *   native module by its file
 * @property {(operation: string, ...args: unknown[]) => any} call runs an operation of
 *   lib/worker/agent/operations.js
 * @property {() => any} process Node's own `process` there
 */

/** @returns {Agent} */
exports.getAgent = function getAgent() {
  throw new Error('Node in the page is not there yet');
};

/** Whether @value is an object or a function of the agent's. @param {unknown} value */
exports.isRemote = function isRemote(value) {
  return value === undefined;
};
