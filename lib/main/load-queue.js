'use strict';

/**
 * The loads that a view's WebKit is asked for, one at a time: of two that are asked for before the
 * first has begun, WebKit may lose the second.
 */
class LoadQueue {
  #load;
  #isAsked = false; // and not begun
  #next = null;

  /** @param {(url: string) => void} load starts a load in WebKit */
  constructor(load) {
    this.#load = load;
  }

  /** @param {string} url loaded now, or as soon as the load that it replaces has begun */
  ask(url) {
    if (this.#isAsked) {
      this.#next = url;
      return;
    }
    this.#isAsked = true;
    this.#load(url);
  }

  /** WebKit has begun a load. @returns {boolean} whether another was asked for in its place */
  begun() {
    this.#isAsked = false;
    const next = this.#next;
    this.#next = null;
    if (next !== null) this.ask(next);
    return next !== null;
  }

  clear() {
    this.#isAsked = false;
    this.#next = null;
  }
}

module.exports = { LoadQueue };
