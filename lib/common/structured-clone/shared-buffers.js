'use strict';

/**
 * structured-clone/shared-buffers - which objects are SharedArrayBuffers
 *
 * In a page, memory shared with a worker is an ArrayBuffer to the engine that only looks like a
 * SharedArrayBuffer to script, so whoever makes one says so here.
 */

const P = require('./primordials');

const marked = P.newSafeWeakMap();

/** @param {ArrayBuffer} buffer one over memory that other processes see */
function markShared(buffer) {
  marked.set(buffer, true);
}

/** @param {object} object */
function isSharedBuffer(object) {
  if (marked.get(object) === true) return true;
  if (P.sharedBufferLength === null) return false;
  try {
    P.sharedBufferLength(object);
    return true;
  } catch {
    return false;
  }
}

module.exports = { isSharedBuffer, markShared };
