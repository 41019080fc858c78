'use strict';

const { codec } = require('./codec');
const { LinePorts } = require('./line-ports');
const { packMessage } = require('./message-port-main');
const native = require('./native');
const { KINDS, IPC_ARGUMENTS_MAX } = require('../common/link/kinds');
const { ChannelEnd } = require('../node/channel-end');

/**
 * What comes over a line, in the order in which it was sent.
 *
 * @typedef {object} LineCallbacks
 * @property {(channel: string, args: any[]) => void} send
 * @property {(channel: string, args: any[], reply: (value: any) => void) => void} sync the sender waits
 * @property {(channel: string, args: any[], reply: (ok: boolean, value: any) => void) => void} invoke
 * @property {(channel: string, message: any, ports: import('./message-port-main').MessagePortMain[]) => void} post
 * @property {(channel: string, args: any[]) => void} [toHost]
 * @property {() => void} closed the other end has gone; once, and not after close()
 */

const refuse = () => {
  throw new DOMException('#<SharedArrayBuffer> could not be cloned.', 'DataCloneError');
};

/** A listener's mistake is the app's uncaught exception, and not the next message's end. */
function guarded(listener, ...args) {
  try {
    listener(...args);
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

const isCall = (value) =>
  Array.isArray(value) &&
  typeof value[0] === 'string' &&
  Array.isArray(value[1]) &&
  value[1].length <= IPC_ARGUMENTS_MAX;

/**
 * Our end of the channel between this process and one document or worker, whose end is
 * lib/common/ipc-client.js. A page may send anything; what is none of these messages is dropped.
 */
class IpcLine {
  #callbacks;
  #end;
  #ports;

  /** @param {number} key of the channel (src/node/handoff.h) @param {LineCallbacks} callbacks */
  constructor(key, callbacks) {
    this.#callbacks = callbacks;
    const events = {
      message: (value, ports) => this.#posted(value, ports),
      messageError() {},
      broken: (text) => this.#broken(text),
      closed: () => this.#closed(),
    };
    this.#end = new ChannelEnd(codec, events, {
      carryPort: (port) => this.#ports.carry(port),
      takePort: (id) => this.#ports.take(id),
      carryShared: refuse,
      takeShared: refuse,
    });
    this.#ports = new LinePorts(this.#end.link);
    this.#handleCalls();
    this.#end.open((functions) => native.openPort(key, functions), { copies: true });
    this.#end.native.unref();
    this.#end.start();
  }

  #handleCalls() {
    const { link } = this.#end;
    const { send, sync, invoke, toHost } = this.#callbacks;
    const handle = (kind, listener) =>
      link.handle(kind, (id, value) => {
        if (isCall(value)) guarded(listener, value[0], value[1], id);
      });
    const answer = (id, ok, value) => link.send(KINDS.IPC_REPLY, id, [ok, value]);
    handle(KINDS.IPC_SEND, (channel, args) => send(channel, args));
    handle(KINDS.IPC_TO_HOST, (channel, args) => toHost?.(channel, args));
    handle(KINDS.IPC_SYNC, (channel, args, id) => sync(channel, args, (value) => answer(id, true, value)));
    handle(KINDS.IPC_INVOKE, (channel, args, id) =>
      invoke(channel, args, (ok, value) => answer(id, ok, value)),
    );
  }

  /** @throws {DOMException} DataCloneError @param {string} channel @param {any[]} args */
  send(channel, args) {
    this.#end.link.send(KINDS.IPC_SEND, 0, [channel, args]);
  }

  /** @param {string} channel @param {any} message @param {any[]} transfer */
  post(channel, message, transfer) {
    this.forward(KINDS.MESSAGE, packMessage([channel, message], transfer));
  }

  /** Sends or posts what was packed before. @param {number} kind @param {import('../common/link/packet').Packet} packet */
  forward(kind, packet) {
    this.#end.link.forward(kind, 0, packet);
  }

  /** Delivers what has come, unless this is done in the midst of that. */
  drain() {
    this.#end.drain();
  }

  /** Nothing is sent or delivered any more; ports with an end there are closed. */
  close() {
    this.#end.close();
    this.#ports.close();
  }

  #posted(value, ports = []) {
    if (Array.isArray(value) && typeof value[0] === 'string') {
      guarded(this.#callbacks.post, value[0], value[1], ports);
    } else {
      for (const port of ports) port.close();
    }
  }

  #broken(text) {
    process.stderr.write(`weft: warning: a page's messages end here: ${text}\n`);
    this.#closed();
  }

  #closed() {
    if (!this.#end.native) return;
    this.close();
    guarded(this.#callbacks.closed);
  }
}

/** @param {number} key @param {LineCallbacks} callbacks @returns {IpcLine} */
function openLine(key, callbacks) {
  return new IpcLine(key, callbacks);
}

module.exports = { IpcLine, openLine };
