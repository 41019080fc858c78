'use strict';

const { Event, MessageEvent } = globalThis;
const { defineProperty, freeze, setPrototypeOf } = Object;

const NO_PORTS = freeze([]);

/**
 * The event for each message, in a page and in a worker. A MessageEvent of the engine's own is made
 * from a dictionary, which costs several times what the rest of a message does; this one looks the
 * same to script.
 */
class QuickMessageEvent extends Event {
  #data;

  constructor(type, data) {
    super(type);
    this.#data = data;
  }

  get data() {
    return this.#data;
  }

  get origin() {
    return '';
  }

  get lastEventId() {
    return '';
  }

  get source() {
    return null;
  }

  get ports() {
    return NO_PORTS;
  }
}

// `event instanceof MessageEvent` holds, and the class is not to be seen.
setPrototypeOf(QuickMessageEvent.prototype, MessageEvent.prototype);
defineProperty(QuickMessageEvent.prototype, 'constructor', {
  value: MessageEvent,
  writable: true,
  configurable: true,
});

module.exports = { QuickMessageEvent };
