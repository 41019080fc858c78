'use strict';

/**
 * What this end has given to the other: each object under an id that it keeps while the other end has it.
 * The other end counts how often an id has come and releases as many; so a release and a further message
 * with the same id may cross.
 */

const P = require('../structured-clone/primordials');

const { WeakRef } = globalThis;
const deref = P.uncurryThis(WeakRef.prototype.deref);

/**
 * @typedef {object} Entry
 * @property {object | symbol | null} value
 * @property {WeakRef<object> | null} weak in its place
 * @property {number} count how often the other end has it more than it has released
 * @property {number} uses how often it was given
 * @property {number} loose how many of these were to listen to what has closed since
 */

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
      const entry = { __proto__: null, value, weak: null, count: 0, uses: 0, loose: 0 };
      this.#entries.set(id, entry);
    }
    const entry = this.#entries.get(id);
    entry.value = value;
    entry.weak = null;
    entry.uses++;
    entry.count += isPinned ? Infinity : 1;
    return id;
  }

  /** The id of what was given, or 0. */
  idOf(value) {
    return this.#ids.get(value) ?? 0;
  }

  has(value) {
    return this.#ids.get(value) !== undefined;
  }

  /** @param {number} id @returns {object | symbol | undefined} */
  get(id) {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    return entry.weak === null ? entry.value : deref(entry.weak);
  }

  /**
   * A function was given to listen to something that has closed: once that is so for all that it was given to,
   * the other end does not keep it any more, for it hardly calls it.
   */
  loosen(fn) {
    const entry = this.#entries.get(this.#ids.get(fn));
    if (entry === undefined || ++entry.loose < entry.uses) return;
    entry.weak = new WeakRef(fn);
    entry.value = null;
  }

  /** @param {number} id @param {number} count how often it had come to the other end */
  release(id, count) {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.count -= count;
    if (entry.count > 0) return;
    this.#entries.delete(id);
    const value = entry.weak === null ? entry.value : deref(entry.weak);
    const ids = typeof value === 'symbol' ? this.#symbolIds : this.#ids;
    if (value !== undefined) ids.delete(value);
  }
}

module.exports = { Given };
