'use strict';

/**
 * structured-clone/platform - the platform's own types: what the codec must know of them
 *
 * Each scope registers its types at start (lib/page/platform.js, lib/worker/platform.js), under the
 * same ids at both ends of a channel. A type is serialisable, transferable, or both.
 *
 * @typedef {object} PlatformType
 * @property {number} id in the message
 * @property {string} name the interface's, for errors
 * @property {object[]} prototypes instances inherit from one of them ...
 * @property {(object: object) => boolean} accepts ... and pass this test, which runs no code of theirs
 * @property {(encoder: object, object: object) => void} [write] the record of a serialisable object
 * @property {(decoder: object) => object} [read] reads the record back
 * @property {number} [ports] of a transferable object: how many message ports stand for it
 * @property {(object: object, index: number) => string | null} [refuse] why an object at this index
 *   of the transfer list can't be transferred, as a sentence; null when it can
 * @property {(object: object) => object[]} [transfer] takes the object from its owner, and returns
 *   `ports` message ports that stand for it (none for a serialisable object, which is only ended)
 * @property {(ports: object[]) => object} [receive] makes the object of the ports that arrived
 */

const P = require('./primordials');

const { getPrototypeOf } = P;

/** The id of MessagePort's type: its ports are those of an event. */
const PORT_TYPE = 1;

const byPrototype = P.newSafeMap();
const byId = P.safeArray();

/** @param {PlatformType} type */
function registerPlatformType(type) {
  if (byId[type.id] !== undefined) throw new P.TypeError(`platform type ${type.id} exists already`);
  byId[type.id] = type;
  for (let i = 0; i < type.prototypes.length; i++) byPrototype.set(type.prototypes[i], type);
}

/** @param {object} object @returns {PlatformType | undefined} */
function findPlatformType(object) {
  if (byId.length === 0) return undefined;
  for (let p = getPrototypeOf(object); p !== null; p = getPrototypeOf(p)) {
    const type = byPrototype.get(p);
    if (type !== undefined && type.accepts(object)) return type;
  }
  return undefined;
}

/** @param {number} id @returns {PlatformType | undefined} */
function platformTypeOf(id) {
  return id < byId.length ? byId[id] : undefined;
}

module.exports = { PORT_TYPE, registerPlatformType, findPlatformType, platformTypeOf };
