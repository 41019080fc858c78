'use strict';

/**
 * structuredClone() in a page, of values with memory that is shared with workers: the engine would
 * copy that.
 */

const P = require('../common/structured-clone/primordials');
const { createCodec } = require('../common/structured-clone');
const { openPacket, toPacket } = require('../common/link/packet');
const { toTransferList } = require('../common/transfer-list');
const { hasRecords, records, replaceCall } = require('./wrapped');

const { structuredClone: native } = globalThis;
const { ownKeys } = Reflect;
const WHERE = "Failed to execute 'structuredClone' on 'Window'";

/** Whether an object is memory of ours, or a view on it. */
function isOurs(object) {
  if (records.get(object) !== undefined) return true;
  if (!P.isView(object)) return false;
  const buffer = P.typedArrayName(object) === undefined ? P.dataViewBuffer(object) : P.typedArrayBuffer(object);
  return records.get(buffer) !== undefined;
}

/** What an object holds: own properties, but for accessors, which must not run twice; entries. */
function contentOf(object) {
  const content = P.safeArray();
  const add = (value) => (content[content.length] = value);
  const keys = P.isView(object) ? P.safeArray() : ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const descriptor = P.getOwnPropertyDescriptor(object, keys[i]);
    if (typeof descriptor?.value === 'object') add(descriptor.value);
  }
  try {
    P.mapForEach(object, (value, key) => (add(value), add(key)));
  } catch {} // no Map
  try {
    P.setForEach(object, add);
  } catch {} // no Set
  return content;
}

/** Whether a value is or holds memory that is shared with workers. */
function holdsShared(value) {
  const seen = P.newSafeMap();
  const stack = P.safeArray();
  stack[0] = value;
  for (let length = 1; length > 0; ) {
    const object = stack[--length];
    if (typeof object !== 'object' || object === null || seen.has(object)) continue;
    if (isOurs(object)) return true;
    seen.set(object, true);
    const content = contentOf(object);
    for (let i = 0; i < content.length; i++) stack[length++] = content[i];
  }
  return false;
}

/** @param {(buffer: ArrayBuffer) => ArrayBuffer} alias another SharedArrayBuffer over the same memory */
function install(alias) {
  const codec = createCodec();
  const value = replaceCall(native, (target, self, given) => {
    if (!hasRecords() || given.length === 0 || !holdsShared(given[0])) return P.apply(target, self, given);
    const packet = toPacket(codec, given[0], toTransferList(given[1], WHERE), WHERE);
    for (let i = 0; i < packet.shared.length; i++) packet.shared[i] = alias(packet.shared[i]);
    return openPacket(codec, packet);
  });
  P.defineProperty(window, 'structuredClone', P.dataDescriptor(value, true));
}

module.exports = { install };
