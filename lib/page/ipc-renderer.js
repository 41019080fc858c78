'use strict';

/** ipcRenderer of a page or preload script: it sends over its document's line (main-line.js). */

const { EventEmitter } = require('./node/modules/events');
const { openMainLine } = require('./main-line');
const { isPort } = require('./message-port/natives');
const { dispatch, makeIpcRenderer } = require('../common/ipc-renderer');
const { isArrayBuffer } = require('../common/structured-clone/classify');

/** Electron takes ports only. */
const mayTransfer = (item) => isPort(item) || isArrayBuffer(item);

exports.createIpcRenderer = function createIpcRenderer() {
  const line = openMainLine();
  const ipcRenderer = makeIpcRenderer(EventEmitter, () => line, mayTransfer);
  line.onMessage((channel, args, ports) => dispatch(ipcRenderer, channel, args, ports ?? []));
  return ipcRenderer;
};
