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

/** The ids. That of a MessagePort is special: its ports are those of an event. */
const PORT_TYPE = 1;
const TYPE = {
  __proto__: null,
  DOM_EXCEPTION: 2,
  BLOB: 3,
  FILE: 4,
  FILE_LIST: 5,
  IMAGE_DATA: 6,
  IMAGE_BITMAP: 7,
  DOM_POINT_READ_ONLY: 8,
  DOM_POINT: 9,
  DOM_RECT_READ_ONLY: 10,
  DOM_RECT: 11,
  DOM_QUAD: 12,
  DOM_MATRIX_READ_ONLY: 13,
  DOM_MATRIX: 14,
  CRYPTO_KEY: 15,
  READABLE_STREAM: 20,
  WRITABLE_STREAM: 21,
  TRANSFORM_STREAM: 22,
};

const byPrototype = P.newSafeMap();
const byName = P.newSafeMap();
const byId = P.safeArray();
const loaders = P.safeArray();
const lazyNames = P.newSafeMap();

/** @param {PlatformType} type */
function registerPlatformType(type) {
  if (byId[type.id] !== undefined) throw new P.TypeError(`platform type ${type.id} exists already`);
  byId[type.id] = type;
  byName.set(type.name, type);
  for (let i = 0; i < type.prototypes.length; i++) byPrototype.set(type.prototypes[i], type);
}

/**
 * Registers a type when the first of its objects is met.
 * @param {number} id @param {string} name the interface's @param {() => void} load registers it
 */
function registerLazily(id, name, load) {
  loaders[id] = load;
  lazyNames.set(name, id);
}

/** @param {object} object @returns {PlatformType | undefined} */
function findPlatformType(object) {
  if (byId.length === 0 && loaders.length === 0) return undefined;
  for (let p = getPrototypeOf(object); p !== null; p = getPrototypeOf(p)) {
    const type = byPrototype.get(p) ?? typeByTag(p);
    if (type !== undefined && type.accepts(object)) return type;
  }
  return undefined;
}

/** The type whose prototype this may be in another frame, or before it is registered; no code of anybody's runs. */
function typeByTag(prototype) {
  const tag = P.getOwnPropertyDescriptor(prototype, P.toStringTag);
  if (tag === undefined || typeof tag.value !== 'string') return undefined;
  const lazyId = lazyNames.get(tag.value);
  return lazyId === undefined ? byName.get(tag.value) : platformTypeOf(lazyId);
}

/** @param {number} id @returns {PlatformType | undefined} */
function platformTypeOf(id) {
  if (byId[id] === undefined && loaders[id] !== undefined) loaders[id]();
  return byId[id];
}

module.exports = {
  PORT_TYPE, TYPE, registerPlatformType, registerLazily, findPlatformType, platformTypeOf,
};
