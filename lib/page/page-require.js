'use strict';

const { createContextBridge } = require('./context-bridge');
const { createIpcRenderer } = require('./ipc-renderer');
const portGlobals = require('./message-port/globals');

portGlobals.install(); // before anybody makes a channel whose port is given to the main process

/**
 * require() for a page or preload script. Only `electron` so far: other modules come with Node in
 * the page (docs/api/ipc-renderer.md).
 *
 * @param {import('../common/structured-clone').Codec} codec
 */
exports.createRequire = function createRequire(codec) {
  let electron = null;
  return function require(name) {
    if (name === 'electron' || name === 'electron/renderer') {
      electron ??= {
        contextBridge: createContextBridge(codec),
        ipcRenderer: createIpcRenderer(codec),
      };
      return electron;
    }
    const error = new Error(
      `Cannot find module '${name}': a page can require only 'electron' so far. ` +
        'Use it in a Worker (webPreferences.nodeIntegrationInWorker) or in the main process.',
    );
    error.code = 'MODULE_NOT_FOUND';
    throw error;
  };
};
