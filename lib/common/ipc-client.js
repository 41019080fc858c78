'use strict';

/**
 * The asking end of a line to the main process, in a page or a worker; the other end is
 * lib/main/ipc-line.js. In: calls of ipcRenderer. Out: messages, in the order of the calls, whatever
 * their kinds.
 */

const P = require('./structured-clone/primordials');
const { Fifo } = require('./fifo');
const { KINDS, IPC_ARGUMENTS_MAX } = require('./link/kinds');

const { RangeError } = globalThis;
const queueMicrotask = globalThis.queueMicrotask.bind(globalThis);

/** Opens no message: Electron's own words are ipcRenderer's to say. */
const WHERE = '';

/** Of what main would drop. @throws {RangeError} */
function callOf(channel, args) {
  if (args.length <= IPC_ARGUMENTS_MAX) return [channel, args];
  throw new RangeError(`A message to the main process has at most ${IPC_ARGUMENTS_MAX} arguments`);
}

class IpcClient {
  #link;
  #waitFor;
  #lastId = 0;
  /** What to do with an answer, by the question's number. */
  #pending = P.newSafeMap();
  #listener = null;
  /** What came before there was a listener; null when it is not kept (any more). */
  #early = null;

  /**
   * @param {import('./link').Link} link whose messages go to received()
   * @param {(kind: number, target: number) => boolean} waitFor blocks until such a message has been handled
   */
  constructor(link, waitFor) {
    this.#link = link;
    this.#waitFor = waitFor;
    link.handle(KINDS.IPC_REPLY, (id, [ok, value]) => this.#answered(id, ok, value));
    link.handle(KINDS.IPC_SEND, (target, [channel, args]) => this.#deliver(channel, args, []));
  }

  /** From now on messages wait for a listener: the script that has one has not run yet. */
  keepEarly() {
    this.#early = new Fifo();
  }

  /** Nobody will listen to what has come. */
  dropEarly() {
    this.#early = null;
  }

  /** What main posts: not a question of this end's. @param {any} value @param {object[]} [ports] */
  received(value, ports = []) {
    this.#deliver(value[0], [value[1]], ports);
  }

  /** @param {(channel: string, args: unknown[], ports: object[]) => void} listener */
  onMessage(listener) {
    this.#listener = listener;
    if (this.#early !== null) queueMicrotask(() => this.#deliverEarly()); // it has listeners by then
  }

  #deliver(channel, args, ports) {
    if (this.#early !== null) this.#early.push({ __proto__: null, channel, args, ports });
    else this.#listener?.(channel, args, ports);
  }

  #deliverEarly() {
    const early = this.#early;
    this.#early = null;
    while (early !== null && early.length > 0) {
      const { channel, args, ports } = early.shift();
      this.#listener(channel, args, ports);
    }
  }

  /** @throws {DOMException} DataCloneError, as all that sends @param {string} channel @param {unknown[]} args */
  send(channel, args) {
    this.#link.send(KINDS.IPC_SEND, 0, callOf(channel, args), undefined, WHERE);
  }

  sendToHost(channel, args) {
    this.#link.send(KINDS.IPC_TO_HOST, 0, callOf(channel, args), undefined, WHERE);
  }

  /** @param {string} channel @param {unknown} message @param {object[]} transfer */
  post(channel, message, transfer) {
    this.#link.post([channel, message], transfer, WHERE);
  }

  /** @param {(ok: boolean, value: any) => void} settle is called once, if main answers */
  invoke(channel, args, settle) {
    this.#ask(KINDS.IPC_INVOKE, channel, args, settle);
  }

  /** Blocks until main has answered. @returns {any} undefined when it can't any more */
  sendSync(channel, args) {
    let answer;
    const id = this.#ask(KINDS.IPC_SYNC, channel, args, (ok, value) => {
      answer = value;
    });
    if (!this.#waitFor(KINDS.IPC_REPLY, id)) this.#pending.delete(id);
    return answer;
  }

  #ask(kind, channel, args, settle) {
    const id = (this.#lastId + 1) >>> 0;
    this.#link.send(kind, id, callOf(channel, args), undefined, WHERE);
    this.#lastId = id;
    this.#pending.set(id, settle);
    return id;
  }

  #answered(id, ok, value) {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(ok, value);
  }
}

module.exports = { IpcClient };
