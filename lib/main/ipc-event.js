'use strict';

const { sending } = require('./codec');
const { ElectronEvent } = require('./event');

/** What Electron answers for a listener or a handler that has gone without an answer. */
const NEVER_SENT = 'reply was never sent';

/**
 * Who sends messages to ipcMain: a document of a frame, or a worker of one.
 *
 * @typedef {object} Source
 * @property {object} contents
 * @property {import('./frame-tree').FramePlace} place the document
 * @property {object} [more] properties of its events
 * @property {import('./ipc-main').IpcMain[]} targets who hears, in this order
 * @property {(channel: string, args: any[]) => void} send
 */

/** The first argument of what ipcMain calls. */
class IpcEvent extends ElectronEvent {
  #source;

  /** @param {Source} source @param {any[]} [ports] */
  constructor(source, ports = []) {
    const { processId, frameId, frameTreeNodeId } = source.place;
    const ids = { processId, frameId, frameTreeNodeId };
    super({
      type: 'frame',
      sender: source.contents,
      ...ids,
      ports,
      ...source.more,
    });
    this.#source = source;
  }

  /** null once the frame has gone, or shows another document: that one has said nothing. */
  get senderFrame() {
    return this.#source.place.frame;
  }
}

/** Adds what a listener may answer with, later and as often as it likes. */
function addReply(event, source) {
  event.reply = (channel, ...args) => {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    sending(() => source.send(channel, args));
  };
}

/** Answers of sendSync() and invoke() that wait for somebody who can still give them. */
const forgotten = new FinalizationRegistry((answer) => answer());

/** One answer: the first counts. */
class Answer {
  #reply;

  /** @param {(...values: any[]) => void} reply @param {any[]} values for nobody's answer */
  constructor(reply, ...values) {
    const once = (...given) => {
      reply(...given); // throws for what cannot be cloned: it was no answer then
      reply = () => {};
    };
    this.#reply = once;
    forgotten.register(this, () => once(...values));
  }

  send(...values) {
    this.#reply(...values);
  }
}

/** Gives a sendSync() its `returnValue`. @param {(value: any) => void} reply */
function addReturnValue(event, reply) {
  const answer = new Answer(reply, { error: NEVER_SENT });
  Object.defineProperty(event, 'returnValue', {
    get: () => undefined,
    set: (value) => answer.send(value),
  });
}

module.exports = { IpcEvent, Answer, NEVER_SENT, addReply, addReturnValue };
