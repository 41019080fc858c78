/**
 * `import ... from 'electron'` in a worker: a module's names must be known before it runs, and have
 * values. In place of what a worker can't have there are objects that throw when they are used.
 */
import electron from './electron.js';

export default electron;

/** @param {string} name */
function standIn(name) {
  const refuse = () => electron[name];
  return new Proxy(class {}, {
    ...{ apply: refuse, construct: refuse, get: refuse, set: refuse, has: refuse },
    ...{ ownKeys: refuse, defineProperty: refuse, getOwnPropertyDescriptor: refuse },
  });
}

export const { app, ipcRenderer } = electron;

const names = Object.getOwnPropertyNames(electron);
export const {
  autoUpdater, BaseWindow, BrowserView, BrowserWindow, clipboard, contentTracing, contextBridge,
  crashReporter, desktopCapturer, dialog, globalShortcut, ImageView, inAppPurchase, ipcMain, Menu,
  MenuItem, MessageChannelMain, nativeImage, nativeTheme, net, netLog, Notification, powerMonitor,
  powerSaveBlocker, protocol, pushNotifications, safeStorage, screen, ServiceWorkerMain, session,
  sharedTexture, ShareMenu, shell, systemPreferences, TouchBar, Tray, utilityProcess, View,
  webContents, WebContentsView, webFrame, webFrameMain, webUtils,
} = Object.fromEntries(names.map((name) => [name, standIn(name)]));
