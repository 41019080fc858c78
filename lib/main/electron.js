'use strict';

const { missingModule } = require('./unsupported');

/** What the app requires as `electron`. Nothing is loaded before it is used. */
const modules = {
  app: () => require('./app').app,
  BrowserWindow: () => require('./browser-window').BrowserWindow,
  ipcMain: () => require('./ipc-main').ipcMain,
  MessageChannelMain: () => require('./message-channel-main').MessageChannelMain,
  net: () => require('./net').net,
  nativeImage: () => require('./native-image').nativeImage,
  protocol: () => require('./protocol').protocol,
  session: () => require('./session').session,
  webContents: () => require('./web-contents-list').webContents,
  webFrameMain: () => require('./web-frame-main').webFrameMain,
};

/** Electron's other modules of the main process. */
const missing = [
  'autoUpdater', 'BaseWindow', 'BrowserView', 'clipboard', 'contentTracing', 'crashReporter',
  'desktopCapturer', 'dialog', 'globalShortcut', 'ImageView', 'inAppPurchase', 'Menu', 'MenuItem',
  'nativeTheme', 'netLog', 'Notification', 'powerMonitor',
  'powerSaveBlocker', 'pushNotifications', 'safeStorage', 'screen',
  'ServiceWorkerMain', 'ShareMenu', 'sharedTexture', 'shell', 'systemPreferences',
  'TouchBar', 'Tray', 'utilityProcess', 'View', 'WebContentsView',
];

for (const name of missing) modules[name] = () => missingModule(name);

for (const [name, load] of Object.entries(modules)) {
  Object.defineProperty(exports, name, {
    enumerable: true,
    configurable: true,
    get() {
      const value = load();
      Object.defineProperty(exports, name, { enumerable: true, value });
      return value;
    },
  });
}
