'use strict';

/**
 * What the other end has given to this one: for each id what stands for it here, for as long as that lives.
 *
 * @typedef {object} Received
 * @property {number} id
 * @property {number} count how often it has come
 * @property {WeakRef<object> | null} reference
 * @property {object | symbol | null} pinned what is never released
 */

const P = require('../structured-clone/primordials');

const { FinalizationRegistry, WeakRef } = globalThis;
const deref = P.uncurryThis(WeakRef.prototype.deref);
const register = P.uncurryThis(FinalizationRegistry.prototype.register);

class ReceivedTable {
  #records = P.newSafeMap();
  #ofObjects = P.newSafeWeakMap();
  #ofSymbols = P.newSafeMap();
  #registry;

  /** @param {(id: number, count: number) => void} release */
  constructor(release) {
    this.#registry = new FinalizationRegistry((record) => {
      if (this.#records.get(record.id) === record) this.#records.delete(record.id);
      release(record.id, record.count);
    });
  }

  get size() {
    return this.#records.size;
  }

  /** An id has come: what stands for it here, or undefined where nothing does. */
  take(id) {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    const value = record.pinned ?? deref(record.reference);
    if (value !== undefined) record.count++;
    return value;
  }

  /** As take(), for an id that has not come now. */
  peek(id) {
    const record = this.#records.get(id);
    return record === undefined ? undefined : (record.pinned ?? deref(record.reference));
  }

  /** It has come for the first time, or again after what stood for it was collected. */
  add(id, value, isPinned = false) {
    const record = {
      __proto__: null,
      id,
      count: 1,
      reference: null,
      pinned: null,
    };
    if (isPinned) record.pinned = value;
    else record.reference = new WeakRef(value);
    this.#records.set(id, record);
    if (typeof value === 'symbol') this.#ofSymbols.set(value, record);
    else this.#ofObjects.set(value, record);
    if (!isPinned) register(this.#registry, value, record);
    return value;
  }

  /** @param {object | symbol} value @returns {number} the id of what it stands for, or 0 */
  idOf(value) {
    const table = typeof value === 'symbol' ? this.#ofSymbols : this.#ofObjects;
    const record = table.get(value);
    return record === undefined ? 0 : record.id;
  }
}

module.exports = { ReceivedTable };
