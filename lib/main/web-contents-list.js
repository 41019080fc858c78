'use strict';

const names = require('./electron-names');
const registry = require('./registry');
const { defineMissing } = require('./unsupported');
const { WebFrameMain } = require('./web-frame-main');

/** Electron's module `webContents`. */
const webContents = {
  fromId: (id) => registry.contents(id),
  fromFrame: (frame) => WebFrameMain.contentsOf(frame),
  getAllWebContents: () => registry.allContents(),
  getFocusedWebContents() {
    const { BrowserWindow } = require('./browser-window');
    return BrowserWindow.getFocusedWindow()?.webContents ?? null;
  },
};
defineMissing(webContents, 'webContents', names.webContentsModule, 'web-contents');

module.exports = { webContents };
