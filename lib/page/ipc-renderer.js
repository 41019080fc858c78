'use strict';

const { LINK_CHANNEL } = require('../common/ipc-frame');
const { createIpcLink } = require('./ipc-link');
const { isPort } = require('./message-port/natives');
const { isArrayBuffer } = require('../common/structured-clone/classify');

/**
 * ipcRenderer: `send`, `invoke`, `postMessage` and listeners. The other end is lib/main/ipc-main.js and
 * webContents.send and postMessage.
 *
 * @param {import('../common/structured-clone').Codec} codec
 */
exports.createIpcRenderer = function createIpcRenderer(codec) {
  /** @type {Map<string, {listener: Function, once: boolean}[]>} */
  const listeners = new Map();

  function add(channel, listener, once) {
    if (typeof listener !== 'function') {
      throw new TypeError('The "listener" argument must be of type function');
    }
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  }

  function remove(channel, listener) {
    const rest = (listeners.get(channel) ?? []).filter((entry) => entry.listener !== listener);
    listeners.set(channel, rest);
    return ipcRenderer;
  }

  const ipcRenderer = {
    on: (channel, listener) => add(channel, listener, false),
    addListener: (channel, listener) => add(channel, listener, false),
    once: (channel, listener) => add(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners(channel) {
      if (channel === undefined) listeners.clear();
      else listeners.delete(channel);
      return ipcRenderer;
    },
    listenerCount: (channel) => listeners.get(channel)?.length ?? 0,

    send(channel, ...values) {
      binding.ipcSend(checkChannel(channel), codec.serialize(values));
    },

    postMessage(channel, message, transfer = []) {
      if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
      link.post([checkChannel(channel), message], checkTransfer(transfer));
    },

    invoke(channel, ...values) {
      return new Promise((resolve, reject) => {
        const bytes = codec.serialize(values);
        binding.ipcInvoke(checkChannel(channel), bytes, (ok, answer) => {
          const value = codec.deserialize(answer);
          if (ok) resolve(value);
          else reject(new Error(`Error invoking remote method '${channel}': ${textOf(value)}`));
        });
      });
    },
  };

  function dispatch(channel, values, ports) {
    for (const { listener, once } of listeners.get(channel) ?? []) {
      if (once) remove(channel, listener);
      try {
        listener.call(ipcRenderer, { sender: ipcRenderer, ports }, ...values);
      } catch (error) {
        reportError(error); // One listener's mistake is not the next one's.
      }
    }
  }

  const { link, receive } = createIpcLink(([channel, message], ports = []) =>
    dispatch(channel, [message], ports),
  );
  binding.onIpcMessage((channel, bytes) => {
    if (channel === LINK_CHANNEL) receive(bytes);
    else dispatch(channel, codec.deserialize(bytes), []);
  });

  return ipcRenderer;
};

function checkChannel(channel) {
  if (typeof channel !== 'string') throw new TypeError('The channel must be a string');
  return channel;
}

/** Electron takes ports only. */
function checkTransfer(transfer) {
  const isValid = Array.isArray(transfer) && transfer.every((item) => isPort(item) || isArrayBuffer(item));
  if (!isValid) throw new TypeError('Invalid value for transfer');
  return transfer;
}

function textOf(error) {
  return error?.name ? `${error.name}: ${error.message}` : String(error);
}
