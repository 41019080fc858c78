'use strict';

/*
 * The main script of an app that does what a test tells it: test/support/lab.js is the other end of the
 * socket that the first argument names. Each line is a call of a function, or an event.
 */

const { app, BrowserWindow, ipcMain, webContents } = require('electron');
const net = require('node:net');
const readline = require('node:readline');
const v8 = require('node:v8');

const electron = { app, BrowserWindow, ipcMain, webContents };

/** What a function that runs here may use besides Electron. */
const scope = {
  ...electron,
  require,
  contents: (id) => BrowserWindow.fromId(id).webContents,
  emit: (name, value) => write({ event: name, value }),
};

const pack = (value) => v8.serialize(value).toString('base64');
const unpack = (text) => v8.deserialize(Buffer.from(text, 'base64'));

const socket = net.connect(process.argv[2]);
const write = (message) => socket.write(`${pack(message)}\n`);

async function call({ id, source, args }) {
  try {
    const run = (0, eval)(`(${source})`);
    write({ id, value: await run(scope, ...args) });
  } catch (error) {
    write({ id, error: `${error}\n${error?.stack}` }); // a page's stack has no message
  }
}

app.on('window-all-closed', () => scope.emit('window-all-closed'));
app.on('browser-window-created', (event, window) => {
  const { id } = window;
  window.on('closed', () => scope.emit(`closed ${id}`));
  window.webContents.on('render-process-gone', (gone, details) =>
    scope.emit(`render-process-gone ${id}`, { reason: details.reason }),
  );
  window.webContents.on('did-finish-load', () => scope.emit(`did-finish-load ${id}`));
  window.webContents.on('console-message', ({ level, message, lineNumber, sourceId }) =>
    scope.emit(`console-message ${id}`, { level, message, lineNumber, sourceId }),
  );
});

app.whenReady().then(() => {
  readline.createInterface({ input: socket }).on('line', (line) => call(unpack(line)));
  scope.emit('ready');
});
