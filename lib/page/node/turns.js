'use strict';

/**
 * A turn of the page: its task, with all that is queued in microtasks, from the first call of Node's on.
 * Node's loop stands still for so long (lib/worker/agent/channel.js). So script may start something
 * and then listen for its events, as in Node.
 */

const P = require('../../common/structured-clone/primordials');

const { MessageChannel, MessagePort } = globalThis;
const postMessage = P.uncurryThis(MessagePort.prototype.postMessage);
const setOnMessage = P.uncurryThis(
  P.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage').set,
);

class Turns {
  #isOpen = false;
  #port;

  /** @param {() => void} ended */
  constructor(ended) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    setOnMessage(port1, () => {
      this.#isOpen = false;
      ended();
    });
  }

  /** At each call. */
  begin() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    postMessage(this.#port, null);
  }
}

module.exports = { Turns };
