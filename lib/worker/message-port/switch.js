'use strict';

/**
 * A channel between two workers on its way from the page's route to one of their own. Each end has
 * sent its last message through the page, with a mark behind it, and asks the supervisor for an end of
 * a native channel. Until that has come, new messages wait; what comes over it waits for the other
 * end's mark, since older messages may still be on their way through the page.
 */

const supervisor = require('../supervisor-line');
const { ThreadRoute } = require('./thread');

class SwitchRoute {
  #end;
  #onDone;
  #outbox = [];
  /** @type {ThreadRoute | null} */
  #direct = null;
  #isClosed = false;
  #hasEnded = false;

  /**
   * @param {import('./end').PortEnd} end
   * @param {string} key both ends have it
   * @param {() => void} onDone nothing more comes from the page
   */
  constructor(end, key, onDone) {
    this.#end = end;
    this.#onDone = onDone;
    supervisor.meet(key, (native) => this.#arrived(native));
  }

  attach() {}

  start() {}

  send(packet) {
    if (this.#direct) this.#direct.send(packet);
    else this.#outbox.push(packet);
  }

  close() {
    this.#isClosed = true;
    this.#onDone();
    this.#direct?.close();
  }

  /** The other end's last message has come through the page. */
  ended() {
    this.#hasEnded = true;
    this.#finish();
  }

  #arrived(native) {
    if (native === null) {
      this.#onDone();
      this.#end.over();
      return;
    }
    this.#direct = new ThreadRoute(native);
    for (const packet of this.#outbox) this.#direct.send(packet);
    if (this.#isClosed) this.#direct.close();
    else this.#finish();
  }

  #finish() {
    if (this.#isClosed || !this.#direct || !this.#hasEnded) return;
    this.#onDone();
    this.#end.reroute(this.#direct);
  }
}

module.exports = { SwitchRoute };
