'use strict';

/**
 * contextBridge between two worlds: what the isolated one can do to the other. Runs in the isolated
 * world; see realm.js for who may touch what.
 */

const { errorFor } = require('./errors');
const { Passage, invoke } = require('./passage');

/** @typedef {import('./errors').Realm} Realm */

/**
 * What a preload script exposes, as a frozen copy on the window of @to.
 * @param {Realm} from @param {Realm} to
 */
function expose(from, to, name, value) {
  if (to.has(name)) {
    throw from.newError('Cannot bind an API on top of an existing property on the window object');
  }
  try {
    to.expose(name, new Passage(from, to, true).pass(value));
  } catch (thrown) {
    throw errorFor(from, thrown, from);
  }
}

/** Runs a function of this world's in the other, from its source: it has nothing of this world then. */
function execute(from, to, source, given) {
  let fn;
  try {
    fn = to.evaluate(source);
  } catch (thrown) {
    throw errorFor(from, thrown, to);
  }
  const answer = { __proto__: null, error: undefined, value: undefined };
  invoke(fn, to, from, given, answer);
  if (answer.error !== undefined) throw answer.error;
  return answer.value;
}

/** What a script gives in another world. */
function evaluate(from, to, source) {
  try {
    return new Passage(to, from).pass(to.run(source));
  } catch (thrown) {
    throw errorFor(from, thrown, to);
  }
}

/** Lets two worlds pass nodes and clones. Before any page script runs. */
function connect(from, to, name) {
  to.carrier.join(name);
  from.carrier.open(name);
  from.carrier.listen();
}

module.exports = { connect, evaluate, execute, expose };
