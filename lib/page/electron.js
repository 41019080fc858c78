'use strict';

/**
 * require('electron') in a page or preload script. What only the main process has is undefined there,
 * as in Electron.
 */

const { createCodec } = require('../common/structured-clone');
const { lazy } = require('../common/lazy');

/** Electron's list for pages, and what to use instead of what is not there yet. */
const MISSING = {
  clipboard: 'use navigator.clipboard',
  crashReporter: 'use it in the main process',
  nativeImage: 'use it in the main process, or createImageBitmap()',
  sharedTexture: 'use WebGL',
  shell: 'use it in the main process, and ask for it with ipcRenderer.invoke()',
  webUtils: 'Weft has it not yet',
};

const HAS = {
  webFrame: () => require('./web-frame').createWebFrame(),
  contextBridge: () => require('./context-bridge').createContextBridge(),
  ipcRenderer() {
    // Before anybody makes a channel whose port is given to the main process.
    require('./message-port/globals').install();
    const ipcRenderer = require('./ipc-renderer').createIpcRenderer(createCodec());
    require('./context-bridge').hide(ipcRenderer);
    return ipcRenderer;
  },
};

/** Asking for it is not an error yet: scripts take all names that they might use. */
function missing(name) {
  const refuse = () => {
    throw new Error(`electron.${name} is not available in a page: ${MISSING[name]}`);
  };
  return new Proxy({ __proto__: null }, { __proto__: null, get: refuse, set: refuse });
}

function createElectron() {
  const electron = {};
  for (const name of Object.keys(HAS)) lazy(electron, name, HAS[name]);
  for (const name of Object.keys(MISSING)) lazy(electron, name, () => missing(name));
  return electron;
}

/** That of this world. */
let shared = null;

exports.getElectron = () => (shared ??= createElectron());
