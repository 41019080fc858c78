'use strict';

/** What a page asks of its agent by name (agent.call() of lib/page/node/agent.js). */

const { isBuiltin } = require('node:module');
const { addNative } = require('./lenders');
const resolver = require('./resolver');

/** @type {Record<string, (...given: any[]) => unknown>} */
const operations = {
  __proto__: null,
  resolve: resolver.resolve,
  read: resolver.read,

  /** Of the environment, which child processes inherit. @param {string} name @param {string | null} value */
  setVariable(name, value) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  },

  /** @param {string} name of a built-in module, or the file of a native one */
  module(name, end) {
    const isOfNode = isBuiltin(`node:${name}`);
    const exported = require(isOfNode ? `node:${name}` : name);
    if (isOfNode || name === 'original-fs') {
      if (typeof exported === 'object') end.marks.addStatic(exported);
      return exported;
    }
    addNative(exported);
    return exported;
  },
};

/** @param {import('../../common/membrane/end').End} end @param {string} name @param {unknown[]} given */
function run(end, name, given) {
  const operation = operations[name];
  if (operation === undefined) throw new TypeError(`weft: an agent has no operation '${name}'`);
  return operation(...given, end);
}

module.exports = { run };
