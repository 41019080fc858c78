'use strict';

/**
 * Event handler attributes (`onmessage` and friends; HTML, 8.1.8.1) of an object of ours: the value is
 * kept as it is if it is an object, and takes its place among the listeners when it is set after null.
 */

const { apply } = Reflect;
const uncurry = (method) => Function.prototype.call.bind(method);
const listen = uncurry(EventTarget.prototype.addEventListener);
const unlisten = uncurry(EventTarget.prototype.removeEventListener);
const preventDefault = uncurry(Event.prototype.preventDefault);

class EventHandler {
  #target;
  #type;
  #value = null;

  constructor(target, type) {
    this.#target = target;
    this.#type = type;
  }

  get value() {
    return this.#value;
  }

  set value(given) {
    const isObject = typeof given === 'function' || (typeof given === 'object' && given !== null);
    const value = isObject ? given : null;
    const wasSet = this.#value !== null;
    this.#value = value;
    if (value !== null && !wasSet) listen(this.#target, this.#type, this.#listener);
    if (value === null && wasSet) unlisten(this.#target, this.#type, this.#listener);
  }

  #listener = (event) => {
    const handler = this.#value;
    if (typeof handler !== 'function') return;
    if (apply(handler, this.#target, [event]) === false) preventDefault(event);
  };
}

module.exports = { EventHandler };
