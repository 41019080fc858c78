'use strict';

/**
 * SharedArrayBuffer in a worker: V8's own kind, over memory that the page can have, too
 * (src/node/shared-buffer.c). Where that can't be had (too many, too large, growable) it is over
 * V8's memory, which goes to other threads of Node's but not to the page.
 */

const binding = require('./binding');

const Native = globalThis.SharedArrayBuffer;

const UNSHAREABLE =
  '#<SharedArrayBuffer> could not be cloned: only memory of `new SharedArrayBuffer(length)` in a page or ' +
  'a worker of it can be shared between them; not that of WebAssembly.Memory or of another thread of ' +
  'node:worker_threads, growable memory, or more than 4 GiB; and at most 4096 buffers at a time, fewer ' +
  'where the limit of open files is low.';

/** ToIntegerOrInfinity; runs the script's valueOf() once. */
const toInteger = (value) => Math.trunc(+value) || 0;

/** new SharedArrayBuffer(length, options) */
function make(given, newTarget, ours) {
  const length = toInteger(given[0]);
  const options = given[1];
  const isObject = (typeof options === 'object' && options !== null) || typeof options === 'function';
  const maximum = isObject ? options.maxByteLength : undefined;
  const buffer = maximum === undefined && length >= 0 ? binding.createShared(length) : undefined;
  if (buffer === undefined) {
    const values = maximum === undefined ? [length] : [length, { maxByteLength: maximum }];
    return Reflect.construct(Native, values, newTarget === ours ? Native : newTarget);
  }
  const prototype = newTarget === ours ? null : newTarget.prototype;
  if (typeof prototype === 'object' && prototype !== null) Object.setPrototypeOf(buffer, prototype);
  return buffer;
}

function install() {
  const ours = new Proxy(Native, {
    construct: (target, given, newTarget) => make(given, newTarget, ours),
  });
  const hidden = { value: ours, writable: true, enumerable: false, configurable: true };
  Object.defineProperty(Native.prototype, 'constructor', hidden);
  Object.defineProperty(globalThis, 'SharedArrayBuffer', hidden);
}

/**
 * Shares the memory for the next message of a channel.
 * @param {object} native the channel (src/node/port.h)
 * @param {SharedArrayBuffer} buffer
 * @returns {number} its number in the message
 * @throws {DOMException} DataCloneError for memory that is V8's own
 */
function carryShared(native, buffer) {
  const id = native.share(buffer);
  if (id === 0) throw new DOMException(UNSHAREABLE, 'DataCloneError');
  return id;
}

/** The memory of that number in the message that is being read. */
const takeShared = (native, id) => native.takeShared(id);

module.exports = { carryShared, takeShared, install };
