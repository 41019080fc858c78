'use strict';

/**
 * `ipcRenderer` in a worker: an EventEmitter whose events are messages of the main process. What it
 * sends goes straight there, not through the page, and what is sent to the worker (`event.reply`,
 * `event.senderWorker`) comes here.
 */

const { EventEmitter } = require('node:events');
const { getMainLine } = require('./main-line');
const { isStopped } = require('./message-port');

const { DOMException, Error, TypeError, reportError } = globalThis;

class IpcRenderer extends EventEmitter {
  constructor() {
    super();
    this.on('error', () => {}); // a channel may be called so; it must not throw
  }

  send(channel, ...args) {
    checkChannel(channel);
    cloning(() => openLine().send(channel, args));
  }

  /** Blocks until main has answered; what comes meanwhile is delivered afterwards. */
  sendSync(channel, ...args) {
    checkChannel(channel);
    return cloning(() => openLine().sendSync(channel, args));
  }

  /** @returns {Promise<unknown>} */
  async invoke(channel, ...args) {
    checkChannel(channel);
    const { promise, resolve } = Promise.withResolvers();
    cloning(() => openLine().invoke(channel, args, (ok, value) => resolve({ ok, value })));
    const { ok, value } = await promise;
    if (!ok) throw new Error(`Error invoking remote method '${channel}': ${value}`);
    return value;
  }

  postMessage(channel, message, transfer = []) {
    if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
    checkChannel(channel);
    if (!Array.isArray(transfer)) throw new TypeError('Invalid value for transfer');
    openLine().post(channel, message, transfer);
  }

  sendToHost() {
    throw new Error(
      'ipcRenderer.sendToHost is not available in a worker: use it in the page (docs/api/worker.md)',
    );
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

const ipcRenderer = new IpcRenderer();

/** Each listener gets it, whatever those before it threw. */
function dispatch(channel, args, ports) {
  if (isStopped()) return; // the worker has closed itself
  const event = { sender: ipcRenderer, ports };
  for (const listener of ipcRenderer.rawListeners(channel)) {
    try {
      Reflect.apply(listener, ipcRenderer, [event, ...args]);
    } catch (error) {
      reportError(error);
    }
  }
}

/** Main can't send to a worker from which it has heard nothing. */
function openLine() {
  const line = getMainLine();
  line.onMessage(dispatch);
  return line;
}

module.exports = { ipcRenderer };
