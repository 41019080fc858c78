'use strict';

/**
 * ipcRenderer of a worker. What it sends goes straight to the main process, not through the page, and
 * what is sent to the worker (`event.reply`, `event.senderWorker`) comes here.
 */

const { EventEmitter } = require('node:events');
const { getMainLine } = require('./main-line');
const { isStopped } = require('./message-port');
const { dispatch, makeIpcRenderer } = require('../common/ipc-renderer');

/** A worker that has closed itself hears nothing. */
function receive(channel, args, ports) {
  if (!isStopped()) dispatch(ipcRenderer, channel, args, ports);
}

/** Main can't send to a worker from which it has heard nothing. */
function openLine() {
  const line = getMainLine();
  line.onMessage(receive);
  return line;
}

/** Which objects can be transferred is for the codec to say, as in postMessage(). */
const ipcRenderer = makeIpcRenderer(EventEmitter, openLine, () => true);

ipcRenderer.sendToHost = () => {
  throw new Error(
    'ipcRenderer.sendToHost is not available in a worker: use it in the page (docs/api/worker.md)',
  );
};

module.exports = { ipcRenderer };
