'use strict';

/**
 * require('electron') in a worker: as in Electron it succeeds, so that libraries can look for it, and
 * using a module that a worker can't have throws an error that names it.
 */

/** Electron's list for workers, and what to use instead. */
const MODULES = {
  clipboard: 'use navigator.clipboard in the page',
  contextBridge: 'use it in the preload script',
  crashReporter: 'use it in the main process',
  ipcRenderer: 'use it in the page, and send the worker messages with postMessage() or a MessagePort',
  nativeImage: 'use it in the main process, or createImageBitmap() in the page',
  sharedTexture: 'use it in the page',
  shell: 'use it in the main process',
  webFrame: 'use it in the page',
  webUtils: 'use it in the page, and send the worker the path',
};

for (const [name, instead] of Object.entries(MODULES)) {
  Object.defineProperty(module.exports, name, {
    get() {
      throw new Error(
        `electron.${name} is not available in a worker: ${instead} (docs/api/worker.md)`,
      );
    },
    enumerable: true,
  });
}
