// SPDX-License-Identifier: MIT
'use strict';

/* Lets the page measure, and prints what it found as one line of JSON. */

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const rounds = Number(process.argv[2]);

app.whenReady().then(() => {
    const webPreferences = { nodeIntegration: true, contextIsolation: false };
    const win = new BrowserWindow({ webPreferences });
    ipcMain.on('results', (event, results) => {
        process.stdout.write(`${JSON.stringify({ results })}\n`, () => app.exit(0));
    });
    win.loadFile(path.join(__dirname, 'index.html'), { query: { rounds: `${rounds}` } });
});
