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
  /** In a task whose end we see. */
  #isInTask = false;
  #port;
  #ended;

  /** @param {() => void} ended */
  constructor(ended) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port2;
    this.#ended = ended;
    setOnMessage(port1, () => this.#end());
  }

  /** At each call. */
  begin() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    if (!this.#isInTask) postMessage(this.#port, null); // what comes next is another task
  }

  /** @param {() => void} task with its microtasks: ends the turn */
  run(task) {
    this.#isInTask = true;
    try {
      task();
    } finally {
      this.#isInTask = false;
      this.#end();
    }
  }

  #end() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended();
  }
}

module.exports = { Turns };
