/** `import ... from 'electron'`: a module's names must be known before it runs. */
import electron from './electron.js';

export default electron;

export const {
  app, BrowserWindow, ipcMain, nativeImage, webContents, autoUpdater, BaseWindow, BrowserView,
  clipboard, contentTracing, crashReporter, desktopCapturer, dialog, globalShortcut, ImageView,
  inAppPurchase, Menu, MenuItem, MessageChannelMain, nativeTheme, net, netLog, Notification,
  powerMonitor, powerSaveBlocker, protocol, pushNotifications, safeStorage, screen,
  ServiceWorkerMain, session, ShareMenu, sharedTexture, shell, systemPreferences, TouchBar, Tray,
  utilityProcess, View, webFrameMain, WebContentsView,
} = electron;
