'use strict';

/**
 * Node for this document: a thread of the window's worker host, started when it is first used. What it
 * has appears here through the membrane (lib/common/membrane.js).
 *
 * @typedef {object} Agent
 * @property {(name: string) => any} module what require(name) gives there: a built-in module, or a
 *   native module by its file
 * @property {(operation: string, ...given: unknown[]) => any} call runs an operation of
 *   lib/worker/agent/operations.js
 * @property {() => any} process Node's own `process` there
 * @property {() => object} counts of what the membrane keeps, for tests
 */

require('./dispose'); // before the membrane, which knows the language's symbols from then on
const { End } = require('../../common/membrane');
const { OP } = require('../../common/membrane/words');
const P = require('../../common/structured-clone/primordials');
const { AgentChannel } = require('./agent-channel');
const { throwInPage } = require('./throw-in-page');
const { runTicks } = require('./ticks');
const { makeValueTypes } = require('./values');

const { Event, EventTarget } = globalThis;
const listen = P.uncurryThis(EventTarget.prototype.addEventListener);
const dispatch = P.uncurryThis(EventTarget.prototype.dispatchEvent);
const { getPrototypeOf } = Object;

/** @type {Agent | null} */
let agent = null;
/** @type {End | null} */
let end = null;

/** An error that a callback has thrown is an uncaught one of the page. */
function report(error) {
  const target = new EventTarget();
  listen(target, 'report', () => throwInPage(error));
  dispatch(target, new Event('report'));
}

function start() {
  const { Buffer } = require('./modules/buffer');
  const { prototype, from } = Buffer;
  const channel = new AgentChannel();
  end = new End(
    {
      isOpaque: () => false,
      isBuffer: (view) => getPrototypeOf(view) === prototype,
      toBuffer: ({ buffer, byteOffset, byteLength }) => from(buffer, byteOffset, byteLength),
      lends: () => false,
      valueTypes: makeValueTypes(),
      run: () => runTicks(),
      report,
      raise: throwInPage,
    },
    channel,
    false,
  );
  channel.connect(end);
  const call = (operation, ...given) => end.ask(OP.RUN, operation, given);
  return {
    call,
    module: (name) => call('module', name),
    process: () => call('module', 'process'),
    counts: () => end.counts,
  };
}

/** @returns {Agent} */
exports.getAgent = function getAgent() {
  agent ??= start();
  return agent;
};

/** Whether @value is an object or a function of the agent's. @param {unknown} value */
exports.isRemote = (value) => end !== null && end.isStandIn(value);
