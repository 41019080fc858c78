'use strict';

/** The page's end of the channel to its agent: what the membrane says and hears. */

const { Fifo } = require('../../common/fifo');
const { KINDS } = require('../../common/link/kinds');
const { createCodec } = require('../../common/structured-clone');
const { ChannelPort } = require('../channel-port');
const { runTask } = require('../task');
const { holdTicks, leaveTicksToNode, releaseTicks, runTicks } = require('./ticks');
const { Turns } = require('./turns');

const { Error } = globalThis;
const { stringify } = JSON;

/** The window's worker host. */
const SHARED_HOST = 0;

class AgentChannel {
  #port;
  #end;
  /** Replies to calls that are waited for. */
  #replies = new Fifo();
  #reports = createCodec();
  #turns = new Turns(() => this.#port.link.send(KINDS.MEMBRANE_TURN, 0, null));

  /** @param {import('../../common/membrane/end').End} end */
  connect(end) {
    this.#end = end;
    const events = {
      __proto__: null,
      message() {},
      messageError: () => {
        this.#fail('A message of it could not be read');
        this.#port.terminate();
      },
      report: (kind, bytes, offset, size) => this.#report(kind, bytes, offset, size),
      exited: (why) => this.#fail(why),
    };
    this.#port = new ChannelPort(end.codec, events);
    const { link } = this.#port;
    link.handle(KINDS.MEMBRANE_REPLY, (target, value) =>
      this.#replies.push({
        __proto__: null,
        kind: KINDS.MEMBRANE_REPLY,
        target,
        value,
        lent: end.takeLent(),
      }),
    );
    for (const kind of [KINDS.MEMBRANE_CALL, KINDS.MEMBRANE_NOTE]) {
      link.handle(kind, (target, value) => {
        const message = { __proto__: null, kind, target, value, lent: end.takeLent() };
        holdTicks();
        this.#turns.run(() => runTask(() => end.handle(message)));
        releaseTicks();
      });
    }
    const json = stringify({ agent: true, documentURL: document.URL });
    this.#port.open((callbacks) => binding.spawn(json, SHARED_HOST, callbacks));
    if (!this.#port.isOpen) this.#fail('its document has ended');
  }

  send(kind, target, value) {
    if (kind === KINDS.MEMBRANE_CALL) this.#turns.begin();
    else if (leaveTicksToNode()) this.#port.link.send(KINDS.MEMBRANE_TICKS, 0, null);
    this.#port.link.send(kind, target, value);
  }

  /** @param {number} call @returns {import('../../common/membrane/end').Message} */
  next(call) {
    const hasCome = this.#port.waitUntil(
      (kind, target) =>
        kind === KINDS.MEMBRANE_REPLY && target === call && this.#replies.length === 0,
      () => this.#replies.length !== 0,
    );
    if (hasCome) return this.#replies.shift();
    this.#fail('');
    throw this.#end.failure;
  }

  /** console.* of Node's own code, and warnings. */
  #report(kind, bytes, offset, size) {
    if (kind !== binding.CONSOLE) return;
    const { level, text } = this.#reports.decode(bytes, offset, size);
    const print = console[level === 'warning' ? 'warn' : level] ?? console.log;
    print(text);
  }

  #fail(why) {
    runTicks(); // nobody else lets them run any more
    this.#end.fail(new Error(`Node in this page has ended${why === '' ? '' : `: ${why}`}`));
  }
}

module.exports = { AgentChannel };
