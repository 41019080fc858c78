'use strict';

/**
 * The membrane between a page and its Node thread, the agent: what one end has, the other can use as if it
 * were its own. It is the same code at both ends (lib/page/node/agent.js, lib/worker/agent/init.js).
 *
 * Values. Primitives, plain data, dates, buffers, errors... cross as copies (encoder.js). Functions, class
 * instances, promises and symbols cross as ids; what stands for one at the other end (stand-ins.js) is the same
 * each time, and what it stands for again when it is given back. An id lives until the stand-in is collected
 * (given.js, received.js).
 *
 * Calls. Each is a message and its answer, and who calls waits. While the page waits it serves those calls of
 * the agent's that are part of its own, and no others: those wait until it is back in its loop, as events do in
 * Node. While the agent waits it serves all calls, for the page may be in one that the answer has to wait for.
 */

const { End } = require('./membrane/end');
const { addIntrinsic } = require('./membrane/intrinsics');
const { ValueTypes } = require('./membrane/values');

module.exports = { End, ValueTypes, addIntrinsic };
