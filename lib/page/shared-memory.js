'use strict';

/**
 * SharedArrayBuffer in a page whose workers have Node: memory that they have, too.
 *
 * To JavaScriptCore such a buffer is an ArrayBuffer (src/page/shared-buffer.c) that can't be detached; it
 * has SharedArrayBuffer's prototype, whose methods know it. Where that can't be had (too many, too
 * large, growable, an engine that forbids foreign memory) the engine's own is made, which works in the
 * page and can't be posted.
 */

const P = require('../common/structured-clone/primordials');
const { markShared } = require('../common/structured-clone/shared-buffers');
const { follow, shareWaiters, install: installAtomics } = require('./atomics');
const { install: installClone } = require('./shared-clone');
const { showDescriptorAsNative } = require('./native-text');
const { records, toInteger, wrap } = require('./wrapped');

const { DOMException, Proxy, SharedArrayBuffer: Native, TypeError } = globalThis;
const { construct } = Reflect;
const { setPrototypeOf } = Object;
const { max, min } = Math;
const { species } = Symbol;

const UNSHAREABLE =
  '#<SharedArrayBuffer> could not be cloned: only memory of `new SharedArrayBuffer(length)` can be ' +
  'shared with a worker; not that of WebAssembly.Memory, growable memory, or more than 4 GiB; and at ' +
  'most 4096 buffers at a time, fewer where the limit of open files is low.';

const nativePrototype = Native?.prototype;

/** What the window has under that name. */
let SharedArrayBuffer = null;

/** Makes it a SharedArrayBuffer to script and to the codec. */
function adopt(buffer, sameMemory) {
  setPrototypeOf(buffer, nativePrototype);
  markShared(buffer);
  follow(buffer, sameMemory);
  return buffer;
}

/** new SharedArrayBuffer(length, options) */
function make(given, newTarget) {
  const length = toInteger(given.length > 0 ? given[0] : undefined);
  const options = given.length > 1 ? given[1] : undefined;
  const isObject = (typeof options === 'object' && options !== null) || typeof options === 'function';
  const maximum = isObject ? options.maxByteLength : undefined;
  const buffer = maximum === undefined && length >= 0 ? binding.createShared(length) : null;
  if (buffer === null) {
    const values = maximum === undefined ? [length] : [length, { __proto__: null, maxByteLength: maximum }];
    return construct(Native, values, newTarget === SharedArrayBuffer ? Native : newTarget);
  }
  adopt(buffer, undefined);
  const prototype = newTarget === SharedArrayBuffer ? undefined : newTarget.prototype;
  if (typeof prototype === 'object' && prototype !== null) setPrototypeOf(buffer, prototype);
  return buffer;
}

/** The constructor for the result of slice(). */
function speciesOf(buffer) {
  const { constructor } = buffer;
  if (constructor === undefined) return SharedArrayBuffer;
  if (typeof constructor !== 'function') throw new TypeError('|this|.constructor is not an object');
  return constructor[species] ?? SharedArrayBuffer;
}

/** A place that slice() is given, counted from the start. */
function position(given, missing, length) {
  if (given === undefined) return missing;
  const at = toInteger(given);
  return at < 0 ? max(length + at, 0) : min(at, length);
}

function slice(buffer, start, end) {
  const length = P.bufferLength(buffer);
  const first = position(start, 0, length);
  const size = max(position(end, length, length) - first, 0);
  const result = new (speciesOf(buffer))(size);
  if (result === buffer || !(result.byteLength >= size)) {
    throw new TypeError('Species construction does not return a valid SharedArrayBuffer');
  }
  P.typedArraySet(new P.Uint8Array(result), new P.Uint8Array(buffer, first, size), 0);
  return result;
}

const getters = {
  __proto__: null,
  byteLength: (buffer) => P.bufferLength(buffer),
  maxByteLength: (buffer) => P.bufferLength(buffer),
  growable: () => false,
};

const methods = {
  __proto__: null,
  slice,
  grow() {
    throw new TypeError('SharedArrayBuffer is not growable');
  },
};

function patchPrototype() {
  for (const name in getters) {
    const descriptor = P.getOwnPropertyDescriptor(nativePrototype, name);
    if (descriptor === undefined) continue;
    P.defineProperty(nativePrototype, name, { ...descriptor, get: wrap(descriptor.get, getters[name]) });
  }
  for (const name in methods) {
    const descriptor = P.getOwnPropertyDescriptor(nativePrototype, name);
    if (descriptor === undefined) continue;
    const value = wrap(descriptor.value, methods[name]);
    P.defineProperty(nativePrototype, name, { ...descriptor, value });
  }
}

function install() {
  if (typeof Native !== 'function') return;
  SharedArrayBuffer = new Proxy(Native, {
    __proto__: null,
    construct: (target, given, newTarget) => make(given, newTarget),
  });
  showDescriptorAsNative({ value: SharedArrayBuffer });
  patchPrototype();
  const hidden = { writable: true, enumerable: false, configurable: true };
  P.defineProperty(nativePrototype, 'constructor', { ...hidden, value: SharedArrayBuffer });
  P.defineProperty(window, 'SharedArrayBuffer', { ...hidden, value: SharedArrayBuffer });
  installAtomics();
  installClone((buffer) => adopt(binding.aliasShared(buffer), buffer));
}

/**
 * Shares the memory for the next message of a channel.
 * @param {object | null} native the channel (src/page/port.c); null where the worker has ended
 * @param {ArrayBuffer} buffer
 * @returns {number} its number in the message
 * @throws {DOMException} DataCloneError for memory that is the engine's own
 */
function carryShared(native, buffer) {
  if (records.get(buffer) === undefined) throw new DOMException(UNSHAREABLE, 'DataCloneError');
  if (native === null) return 0;
  const id = native.share(buffer);
  shareWaiters(buffer, native.host);
  return id;
}

/** The memory of that number in the message that is being read. */
function takeShared(native, id) {
  const buffer = native.takeShared(id);
  if (buffer === null) throw new TypeError('weft: shared memory has not come');
  adopt(buffer, undefined);
  shareWaiters(buffer, native.host);
  return buffer;
}

module.exports = { carryShared, takeShared, install };
