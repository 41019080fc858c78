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

const { End } = require('../../common/membrane');
const { OP } = require('../../common/membrane/words');
const { AgentChannel } = require('./agent-channel');
const { runTicks } = require('./ticks');
const { makeValueTypes } = require('./values');

const { ErrorEvent, console } = globalThis;
const dispatch = EventTarget.prototype.dispatchEvent.bind(window);
const logError = console.error.bind(console);
const { getPrototypeOf } = Object;

/** @type {Agent | null} */
let agent = null;
/** @type {End | null} */
let end = null;

/** An error that a callback has thrown: reportError() would tell of it as one of a foreign script. */
function report(error) {
  const message = `Uncaught ${error}`;
  const event = new ErrorEvent('error', { error, message, cancelable: true });
  if (dispatch(event)) logError(error);
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
