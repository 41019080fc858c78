'use strict';

/** Which objects of this end are told of once, with all their properties: modules and prototypes. */

const P = require('../structured-clone/primordials');
const { intrinsicName } = require('./intrinsics');

class Marks {
  #received;
  #statics = P.newSafeWeakMap();
  #prototypes = P.newSafeWeakMap();

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
}

module.exports = { Marks };
