'use strict';

/** A load event that never comes, as after window.stop(), is not waited for any longer. */
const LOAD_EVENT_TIMEOUT_MS = 3000;

/** The page's own load event: WebKit may be done with a load before it is dispatched. */
class LoadEvent {
  #hasScript;
  #done;
  #isDispatched = false;
  #timer = null; // runs while somebody waits

  /**
   * @param {boolean} hasScript a page without script can't tell of its event, and is not waited for
   * @param {() => void} done ends a wait
   */
  constructor(hasScript, done) {
    this.#hasScript = hasScript;
    this.#done = done;
  }

  /** A new document is there. */
  expect() {
    this.#isDispatched = !this.#hasScript;
  }

  dispatched() {
    this.#isDispatched = true;
    if (this.#timer) this.#end();
  }

  /** Calls `done` when the event has been dispatched, which may be now. */
  wait() {
    if (this.#isDispatched) this.#end();
    else this.#timer = setTimeout(() => this.#end(), LOAD_EVENT_TIMEOUT_MS);
  }

  /** Nobody waits any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #end() {
    this.stop();
    this.#done();
  }
}

module.exports = { LoadEvent };
