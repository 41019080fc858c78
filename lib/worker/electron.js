'use strict';

/**
 * require('electron') in a worker: as in Electron it succeeds, so that libraries can look for it, and
 * using a module that a worker can't have throws an error that names it.
 */

const MODULES = [
  'clipboard',
  'contextBridge',
  'crashReporter',
  'ipcRenderer',
  'nativeImage',
  'shell',
  'webFrame',
  'webUtils',
];

for (const name of MODULES) {
  Object.defineProperty(module.exports, name, {
    get() {
      throw new Error(
        `electron.${name} is not available in a worker: use it in the page or in the main process, ` +
          'and send the worker a message (docs/api/worker.md)',
      );
    },
    enumerable: true,
  });
}
