'use strict';

/**
 * ipcRenderer: an EventEmitter whose events are messages of the main process. What it sends goes over
 * the document's line (main-line.js); the other end is lib/main/ipc-dispatch.js.
 */

const { EventEmitter } = require('./node/modules/events');
const { openMainLine } = require('./main-line');
const { isPort } = require('./message-port/natives');
const { isArrayBuffer } = require('../common/structured-clone/classify');

const { DOMException, Error, Promise, reportError, TypeError } = globalThis;
const { apply } = Reflect;

class IpcRenderer extends EventEmitter {
  #line;

  constructor(line) {
    super();
    this.#line = line;
    this.on('error', () => {}); // a channel may be called so; it must not throw
  }

  send(channel, ...args) {
    checkChannel(channel);
    cloning(() => this.#line.send(channel, args));
  }

  /** Blocks until main has answered; what comes meanwhile is delivered afterwards. */
  sendSync(channel, ...args) {
    checkChannel(channel);
    return cloning(() => this.#line.sendSync(channel, args));
  }

  /** @returns {Promise<unknown>} */
  async invoke(channel, ...args) {
    checkChannel(channel);
    const { ok, value } = await new Promise((resolve, reject) => {
      try {
        const answered = (isValue, answer) =>
          resolve({ __proto__: null, ok: isValue, value: answer });
        cloning(() => this.#line.invoke(channel, args, answered));
      } catch (error) {
        reject(error);
      }
    });
    if (!ok) throw new Error(`Error invoking remote method '${channel}': ${value}`);
    return value;
  }

  postMessage(channel, message, transfer = []) {
    if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
    checkChannel(channel);
    this.#line.post(channel, message, checkTransfer(transfer));
  }

  sendToHost(channel, ...args) {
    checkChannel(channel);
    cloning(() => this.#line.sendToHost(channel, args));
  }
}

exports.createIpcRenderer = function createIpcRenderer() {
  const line = openMainLine();
  const ipcRenderer = new IpcRenderer(line);
  line.onMessage((channel, args, ports) => dispatch(ipcRenderer, channel, args, ports ?? []));
  return ipcRenderer;
};

/** Each listener gets it, whatever those before it threw. */
function dispatch(ipcRenderer, channel, args, ports) {
  const event = { sender: ipcRenderer, ports };
  const listeners = ipcRenderer.rawListeners(channel);
  for (let i = 0; i < listeners.length; i++) {
    try {
      apply(listeners[i], ipcRenderer, [event, ...args]);
    } catch (error) {
      reportError(error);
    }
  }
}

function checkChannel(channel) {
  if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
}

/** Runs @send; what cannot be cloned is Electron's error, which apps know by its text. */
function cloning(send) {
  try {
    return send();
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause; // of a getter
    throw new Error('An object could not be cloned.', { cause });
  }
}

/** Electron takes ports only. */
function checkTransfer(transfer) {
  const isValid =
    Array.isArray(transfer) && transfer.every((item) => isPort(item) || isArrayBuffer(item));
  if (!isValid) throw new TypeError('Invalid value for transfer');
  return transfer;
}
