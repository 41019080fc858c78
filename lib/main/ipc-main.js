'use strict';

const { EventEmitter } = require('node:events');

/** Electron's `ipcMain`, and the `ipc` of each webContents. */
class IpcMain extends EventEmitter {
  /** @type {Map<string, Function>} */
  #handlers = new Map();

  constructor() {
    super();
    this.on('error', () => {}); // a channel may be called so; it must not throw
  }

  handle(channel, listener) {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    if (typeof listener !== 'function') {
      throw new TypeError(`Expected handler to be a function, but found type '${typeof listener}'`);
    }
    this.#handlers.set(channel, listener);
  }

  handleOnce(channel, listener) {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return listener(event, ...args);
    });
  }

  removeHandler(channel) {
    this.#handlers.delete(channel);
  }

  /** For ipc-dispatch.js. */
  handlerOf(channel) {
    return this.#handlers.get(channel);
  }
}

module.exports = { IpcMain, ipcMain: new IpcMain() };
