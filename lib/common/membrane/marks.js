'use strict';

/** Which objects of this end are told of once, with all their properties: modules and prototypes. */

const P = require('../structured-clone/primordials');
const { intrinsicName } = require('./intrinsics');

const { getOwnPropertyDescriptor, ownKeys } = P;
const { has } = Reflect;

class Marks {
  #received;
  #statics = P.newSafeWeakMap();
  #prototypes = P.newSafeWeakMap();
  /** What ownMethods() has found. */
  #ownMethods = P.newSafeWeakMap();

  /** @param {import('./received').ReceivedTable} received */
  constructor(received) {
    this.#received = received;
  }

  /** A module, or an object of functions of one. */
  isStatic(object) {
    return this.#statics.get(object) === true;
  }

  addStatic(object) {
    this.#statics.set(object, true);
  }

  isPrototype(object) {
    return this.#prototypes.get(object) === true;
  }

  /** Those that both ends have, and those of the other end, are known otherwise. */
  addPrototype(object) {
    if (typeof object !== 'object' || intrinsicName(object) !== undefined) return;
    if (this.#received.idOf(object) === 0) this.#prototypes.set(object, true);
  }

  /**
   * The methods that an object has in place of its class's, which the other end would call instead. Looked
   * for once: later ones are few, and a look at each crossing is not.
   * @returns {(string | symbol)[] | undefined}
   */
  ownMethods(object, prototype) {
    if (prototype === null) return undefined;
    let found = this.#ownMethods.get(object);
    if (found === undefined) this.#ownMethods.set(object, (found = findOwnMethods(object, prototype)));
    return found.length === 0 ? undefined : found;
  }
}

function findOwnMethods(object, prototype) {
  const found = [];
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const descriptor = getOwnPropertyDescriptor(object, keys[i]);
    const isMethod = typeof descriptor?.value === 'function' && has(prototype, keys[i]);
    if (isMethod) P.createDataProperty(found, found.length, keys[i]);
  }
  return found;
}

module.exports = { Marks };
