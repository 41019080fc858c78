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

/** Emits @name of a contents with what Electron tells of its main frame behind @args. */
function emitMainFrame(contents, name, ...args) {
  const { processId, routingId } = contents.mainFrame;
  emitEvent(contents, name, ...args, true, processId, routingId);
}

module.exports = { ElectronEvent, emitEvent, emitDetails, emitMainFrame };
