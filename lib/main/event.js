'use strict';

/** The first argument of Electron's events. */
class ElectronEvent {
  #prevented = false;

  /** @param {object} [properties] such as `sender` */
  constructor(properties) {
    Object.assign(this, properties);
  }

  preventDefault() {
    this.#prevented = true;
  }

  get defaultPrevented() {
    return this.#prevented;
  }
}

/**
 * Emits @name with an event of its own.
 * @returns {boolean} whether a listener prevented the default
 */
function emitEvent(emitter, name, ...args) {
  const event = new ElectronEvent({ sender: emitter });
  emitter.emit(name, event, ...args);
  return event.defaultPrevented;
}

/** Emits @name with an event that also carries @details, as Electron's newer events do.
 * @returns {boolean} whether a listener prevented the default */
function emitDetails(emitter, name, details, ...args) {
  const event = Object.assign(new ElectronEvent({ sender: emitter }), details);
  emitter.emit(name, event, ...args);
  return event.defaultPrevented;
}

module.exports = { ElectronEvent, emitEvent, emitDetails };
