'use strict';

/** A list that things are put behind and taken from in front, however long it is. */
class Fifo {
  #items = [];
  #first = 0;

  get length() {
    return this.#items.length - this.#first;
  }

  push(item) {
    this.#items.push(item);
  }

  /** The first one, which there must be. */
  shift() {
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) this.takeAll();
    return item;
  }

  takeAll() {
    const items = this.#items.slice(this.#first);
    this.#items = [];
    this.#first = 0;
    return items;
  }
}

module.exports = { Fifo };
