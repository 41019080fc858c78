'use strict';

/**
 * Functions of this end that listen to objects of the other. Each keeps the other alive, across both heaps, where
 * no collector sees the circle: the function is given, and most listeners name what they listen to. It is
 * cut when the object has closed. From then on the function lives as long as what stands for the object here.
 */

const P = require('../structured-clone/primordials');

class Listeners {
  #given;
  /** What stands for an object -> functions that were given to it; null when it has closed. */
  #functions = P.newSafeWeakMap();

  /** The same of those that have closed. */
  #kept = P.newSafeWeakMap();

  /** @param {import('./given').Given} given */
  constructor(given) {
    this.#given = given;
  }

  /** @param {object} standIn @param {unknown[]} given arguments of a method of it, or of what made it */
  add(standIn, given) {
    let list = this.#functions.get(standIn);
    for (let i = 0; i < given.length; i++) {
      if (typeof given[i] !== 'function' || list === null) continue;
      if (list === undefined) this.#functions.set(standIn, (list = P.safeArray()));
      list[list.length] = given[i];
    }
  }

  /** It will emit nothing more, as far as one can know. */
  close(standIn) {
    const list = this.#functions.get(standIn);
    if (list === undefined || list === null) return;
    this.#kept.set(standIn, list);
    this.#functions.set(standIn, null);
    for (let i = 0; i < list.length; i++) this.#given.loosen(list[i]);
  }
}

module.exports = { Listeners };
