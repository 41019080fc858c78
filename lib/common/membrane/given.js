'use strict';

/**
 * What this end has given to the other: each object under an id that it keeps while the other end has it.
 * The other end counts how often an id has come and releases as many; so a release and a further message
 * with the same id may cross.
 */

const P = require('../structured-clone/primordials');

class Given {
  #entries = P.newSafeMap();
  #ids = P.newSafeWeakMap();
  #symbolIds = P.newSafeMap(); // not all of them can be keys of a WeakMap
  #last = 0;

  /** How many objects the other end has. */
  get size() {
    return this.#entries.size;
  }

  /** @param {object | symbol} value @param {boolean} [isPinned] it is never released @returns {number} its id */
  give(value, isPinned = false) {
    const ids = typeof value === 'symbol' ? this.#symbolIds : this.#ids;
    let id = ids.get(value);
    if (id === undefined) {
      id = ++this.#last;
      ids.set(value, id);
      this.#entries.set(id, { __proto__: null, value, count: 0 });
    }
    this.#entries.get(id).count += isPinned ? Infinity : 1;
    return id;
  }

  has(value) {
    return this.#ids.get(value) !== undefined;
  }

  /** @param {number} id @returns {object | symbol | undefined} */
  get(id) {
    return this.#entries.get(id)?.value;
  }

  /** @param {number} id @param {number} count how often it had come to the other end */
  release(id, count) {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.count -= count;
    if (entry.count > 0) return;
    this.#entries.delete(id);
    const ids = typeof entry.value === 'symbol' ? this.#symbolIds : this.#ids;
    ids.delete(entry.value);
  }
}

module.exports = { Given };
