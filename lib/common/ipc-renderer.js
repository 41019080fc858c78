'use strict';

/**
 * ipcRenderer, in pages and in workers: an EventEmitter whose events are messages of the main process.
 * What it sends goes over a line of its own (ipc-client.js); the other end is lib/main/ipc-dispatch.js.
 */

const { Array, DOMException, Error, Promise, TypeError, reportError } = globalThis;
const { isArray } = Array;
const { apply } = Reflect;

/**
 * @param {typeof import('node:events').EventEmitter} EventEmitter of this world
 * @param {() => import('./ipc-client').IpcClient} openLine opens it, or gives the one that is open
 * @param {(item: unknown) => boolean} mayTransfer
 */
exports.makeIpcRenderer = function makeIpcRenderer(EventEmitter, openLine, mayTransfer) {
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
      const { ok, value } = await new Promise((resolve, reject) => {
        const answered = (isValue, answer) => resolve({ __proto__: null, ok: isValue, value: answer });
        try {
          cloning(() => openLine().invoke(channel, args, answered));
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
      const isValid = isArray(transfer) && transfer.every(mayTransfer);
      if (!isValid) throw new TypeError('Invalid value for transfer');
      openLine().post(channel, message, transfer);
    }

    sendToHost(channel, ...args) {
      checkChannel(channel);
      cloning(() => openLine().sendToHost(channel, args));
    }
  }
  return new IpcRenderer();
};

/** A message has come. Each listener gets it, whatever those before it threw. */
exports.dispatch = function dispatch(ipcRenderer, channel, args, ports) {
  const event = { sender: ipcRenderer, ports };
  const listeners = ipcRenderer.rawListeners(channel);
  for (let i = 0; i < listeners.length; i++) {
    try {
      apply(listeners[i], ipcRenderer, [event, ...args]);
    } catch (error) {
      reportError(error);
    }
  }
};

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
