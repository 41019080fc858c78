'use strict';

/** A list that things are put behind and taken from in front, however long it is. */

const P = require('./structured-clone/primordials');

class Fifo {
  #items = P.safeArray();
  #first = 0;

  get length() {
    return this.#items.length - this.#first;
  }

  /** The first one, which stays; undefined when there is none. */
  get first() {
    return this.#items[this.#first];
  }

  push(item) {
    this.#items[this.#items.length] = item;
  }

  /** Takes the first one, which there must be. */
  shift() {
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) this.clear();
    return item;
  }

  clear() {
    this.#items = P.safeArray();
    this.#first = 0;
  }

  /** @returns {unknown[]} what it held */
  takeAll() {
    const items = [];
    for (let i = this.#first; i < this.#items.length; i++) P.createDataProperty(items, items.length, this.#items[i]);
    this.clear();
    return items;
  }
}

module.exports = { Fifo };
