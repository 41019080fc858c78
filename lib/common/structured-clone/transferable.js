'use strict';

/**
 * structured-clone/transferable - which ArrayBuffers can be detached, and which are Node's own pool
 *
 * Engines keep it to themselves whether a buffer can be detached, so they are asked in ways that
 * must fail, and fail otherwise for one that can't.
 */

const P = require('./primordials');
const { isDOMException } = require('./classify');

const { structuredClone } = globalThis;

/** No buffer is as long as that: 2^53 - 1. */
const IMPOSSIBLE_LENGTH = P.Number.MAX_SAFE_INTEGER;

/** WebAssembly's memory has a multiple of this many bytes. */
const WASM_PAGE = 64 * 1024;

const UNCLONEABLE = Symbol('a question about the transfer list');
const REFUSAL = `${P.symbolToString(UNCLONEABLE)} could not be cloned.`;

/**
 * Buffers that came beside a message. Node marks those over foreign memory as it marks its pool, but
 * these can be detached.
 */
const received = P.newSafeWeakMap();

/** @param {ArrayBuffer} buffer one that came beside a message */
function markReceived(buffer) {
  received.set(buffer, true);
}

/** JavaScriptCore looks at the buffer first, and only then finds that none is as long as this. */
function isDetachableInPage(buffer) {
  try {
    P.bufferTransfer(buffer, IMPOSSIBLE_LENGTH);
    return true;
  } catch (error) {
    return P.getPrototypeOf(error) === P.RangeErrorPrototype;
  }
}

/**
 * V8 would search its heap for such a length, and end a worker for lack of memory; structuredClone
 * looks at its list first, and only then refuses a symbol.
 */
function isDetachableInNode(buffer) {
  if (received.get(buffer) === true) return true;
  if (P.node.workerThreads.isMarkedAsUntransferable(buffer)) return false;
  if (P.bufferLength(buffer) % WASM_PAGE !== 0) return true;
  try {
    structuredClone(UNCLONEABLE, { __proto__: null, transfer: [buffer] });
    return true;
  } catch (error) {
    // Any other error says that a script has broken what Node's own needs: no answer.
    return !isDOMException(error) || P.node.errorMessage(error) === REFUSAL;
  }
}

/** Whether a view is a Buffer on Node's shared pool. */
function isPooled(view, buffer) {
  return P.getPrototypeOf(view) === P.node.Buffer.prototype && received.get(buffer) !== true &&
    P.node.workerThreads.isMarkedAsUntransferable(buffer);
}

module.exports = P.node === null ?
  { markReceived() {}, isDetachable: isDetachableInPage, isPooled: () => false } :
  { markReceived, isDetachable: isDetachableInNode, isPooled };
