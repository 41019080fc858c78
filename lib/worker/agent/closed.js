'use strict';

/**
 * Tells the page which emitters have closed (lib/common/membrane/listeners.js). A listener for that would be
 * seen in their counts.
 */

const { EventEmitter } = require('node:events');

const { setImmediate } = globalThis;
const { emit: original } = EventEmitter.prototype;
const { apply } = Reflect;

/** @param {import('../../common/membrane/end').End} end */
function watchClosed(end) {
  EventEmitter.prototype.emit = function emit(type) {
    const result = apply(original, this, arguments);
    // Behind all that its listeners do.
    if (type === 'close' && end.given.has(this)) setImmediate(() => end.tellClosed(this));
    return result;
  };
}

module.exports = { watchClosed };
