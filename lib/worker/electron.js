'use strict';

/**
 * require('electron') in a worker: as in Electron it succeeds, so that libraries can look for it. There
 * are `ipcRenderer`, and of `app` what can be read; using a module that a worker can't have throws an
 * error that names it.
 */

const IN_MAIN = 'use it in the main process, and ask for it with ipcRenderer.invoke()';

/** Electron's list for workers, and what to use instead. */
const MISSING = {
  clipboard: 'use navigator.clipboard in the page',
  contextBridge: 'use it in the preload script',
  crashReporter: 'use it in the main process',
  nativeImage: 'use it in the main process, or createImageBitmap() in the page',
  sharedTexture: 'use it in the page',
  shell: IN_MAIN,
  webFrame: 'use it in the page',
  webUtils: 'use it in the page, and send the worker the path',
};

/** Those of the main process. */
const OF_MAIN = [
  'autoUpdater', 'BaseWindow', 'BrowserView', 'BrowserWindow', 'contentTracing', 'desktopCapturer',
  'dialog', 'globalShortcut', 'ImageView', 'inAppPurchase', 'ipcMain', 'Menu', 'MenuItem',
  'MessageChannelMain', 'nativeTheme', 'net', 'netLog', 'Notification', 'powerMonitor',
  'powerSaveBlocker', 'protocol', 'pushNotifications', 'safeStorage', 'screen', 'ServiceWorkerMain',
  'session', 'ShareMenu', 'systemPreferences', 'TouchBar', 'Tray', 'utilityProcess', 'View',
  'webContents', 'webFrameMain', 'WebContentsView',
];

const has = {
  app: () => require('./app').app,
  ipcRenderer: () => require('./ipc-renderer').ipcRenderer,
};

/** @param {string} name of a module that is not here @returns {never} */
function refuse(name) {
  const instead = Object.hasOwn(MISSING, name) ? MISSING[name] : IN_MAIN;
  throw new Error(
    `electron.${name} is not available in a worker: ${instead} (docs/api/worker.md)`,
  );
}

function define(name, get, enumerable) {
  Object.defineProperty(module.exports, name, { get, enumerable, configurable: true });
}

for (const [name, load] of Object.entries(has)) define(name, load, true);
for (const name of Object.keys(MISSING)) define(name, () => refuse(name), true);
// Not among the names of Electron's object for workers either.
for (const name of OF_MAIN) define(name, () => refuse(name), false);
