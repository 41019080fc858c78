// SPDX-License-Identifier: MIT
'use strict';

/* Answers a page and a worker of it, one after the other, and prints what they measured as one line of JSON. */

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const rounds = process.argv[2];

ipcMain.handle('echo', (event, value) => value);
ipcMain.on('echo', (event, value) => {
    event.returnValue = value;
});
ipcMain.on('results', (event, page, worker) => {
    process.stdout.write(`${JSON.stringify({ page, worker })}\n`, () => app.exit(0));
});

app.whenReady().then(() => {
    const webPreferences = {
        nodeIntegrationInWorker: true,
        sandbox: false,
        preload: path.join(__dirname, 'preload.js'),
    };
    const win = new BrowserWindow({ webPreferences });
    win.loadFile(path.join(__dirname, 'index.html'), { query: { rounds } });
});
