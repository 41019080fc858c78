'use strict';

const { serializeArguments } = require('./codec');
const { IpcMain } = require('./ipc-main');
const { viewOf } = require('./live-view');
const { WebContentsControls } = require('./web-contents-controls');

/** The part of webContents that talks to the page. */
class WebContentsIpc extends WebContentsControls {
  ipc = new IpcMain();

  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    viewOf(this).sendMessage(channel, serializeArguments(args));
  }

  /**
   * @param {string} channel
   * @param {any} message
   * @param {(Electron.MessagePortMain | ArrayBuffer)[]} [transfer] Electron takes ports only
   */
  postMessage(channel, message, transfer = []) {
    if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
    if (typeof channel !== 'string') {
      throw new TypeError(`Error processing argument at index 0, conversion failure from ${channel}`);
    }
    if (!Array.isArray(transfer)) throw new TypeError('Invalid value for transfer');
    viewOf(this); // throws when it is destroyed
    require('./ipc-link').linkOf(this).post(channel, message, transfer);
  }

  /** Its document has gone, and the page's ends of message ports with it. */
  closePorts() {
    require('./ipc-link').closeLink(this);
  }
}

module.exports = { WebContentsIpc };
