'use strict';

const { Event, MessageEvent } = globalThis;
const { defineProperty, freeze, setPrototypeOf } = Object;
const uncurry = (method) => Function.prototype.call.bind(method);
const initEvent = uncurry(Event.prototype.initEvent);
const eventPhase = uncurry(Object.getOwnPropertyDescriptor(Event.prototype, 'eventPhase').get);

/** The rest of a message that came through no port of its own. */
const NO_PORTS = freeze([]);
const PLAIN = { __proto__: null, origin: '', lastEventId: '', source: null, ports: NO_PORTS };

/**
 * The event for each message, in a page and in a worker. A MessageEvent of the engine's own is made
 * from a dictionary, which costs several times what the rest of a message does; this one looks the
 * same to script.
 */
class QuickMessageEvent extends Event {
  #data;
  #rest;

  /** @param {string} type @param {unknown} data @param {object[]} [ports] that came with it */
  constructor(type, data, ports) {
    super(type);
    this.#data = data;
    this.#rest = ports === undefined ? PLAIN : { ...PLAIN, ports: freeze(ports) };
  }

  get data() {
    return this.#data;
  }

  get origin() {
    return this.#rest.origin;
  }

  get lastEventId() {
    return this.#rest.lastEventId;
  }

  get source() {
    return this.#rest.source;
  }

  get ports() {
    return this.#rest.ports;
  }

  initMessageEvent(
    type,
    bubbles = false,
    cancelable = false,
    data = null,
    origin = '',
    lastEventId = '',
    source = null,
    ports = NO_PORTS,
  ) {
    const rest = { origin: `${origin}`, lastEventId: `${lastEventId}`, source, ports: freeze([...ports]) };
    if (eventPhase(this) !== 0) return; // while it is dispatched it stays as it is
    initEvent(this, type, bubbles, cancelable);
    this.#data = data;
    this.#rest = rest;
  }
}

for (const name of ['data', 'origin', 'lastEventId', 'source', 'ports', 'initMessageEvent']) {
  defineProperty(QuickMessageEvent.prototype, name, { enumerable: true });
}
// `event instanceof MessageEvent` holds, and the class is not to be seen.
setPrototypeOf(QuickMessageEvent.prototype, MessageEvent.prototype);
defineProperty(QuickMessageEvent.prototype, 'constructor', {
  value: MessageEvent,
  writable: true,
  configurable: true,
});

module.exports = { QuickMessageEvent };
