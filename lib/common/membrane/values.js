'use strict';

/**
 * Objects that cross by value though they have a class, because both ends have that class (URL) or make one
 * that does the same (fs.Stats).
 *
 * @typedef {object} ValueType
 * @property {string} name the same at both ends
 * @property {object} prototype of the objects
 * @property {(object: object) => unknown} pack
 * @property {(record: any) => object} unpack
 */

const P = require('../structured-clone/primordials');

class ValueTypes {
  #byPrototype = P.newSafeMap();
  #byName = P.newSafeMap();

  constructor() {
    for (const name of ['URL', 'URLSearchParams']) {
      const constructor = globalThis[name];
      if (constructor === undefined) continue;
      const toText = P.uncurryThis(constructor.prototype.toString);
      this.add({
        name,
        prototype: constructor.prototype,
        pack: toText,
        unpack: (text) => new constructor(text),
      });
    }
  }

  /** @param {ValueType} type */
  add(type) {
    this.#byPrototype.set(type.prototype, type);
    this.#byName.set(type.name, type);
  }

  /** @returns {ValueType | undefined} */
  find(prototype) {
    return this.#byPrototype.get(prototype);
  }

  unpack(name, record) {
    const type = this.#byName.get(name);
    if (type === undefined) throw new P.TypeError(`there are no values of ${name} here`);
    return type.unpack(record);
  }
}

module.exports = { ValueTypes };
