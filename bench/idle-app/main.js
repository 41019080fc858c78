// SPDX-License-Identifier: MIT
'use strict';

/* A window with four workers that have nothing to do. Prints "ready" when all have answered. */

const path = require('node:path');

const { app, BrowserWindow } = require('electron');

async function main() {
    await app.whenReady();
    const window = new BrowserWindow({
        width: 800,
        height: 600,
        webPreferences: { nodeIntegrationInWorker: true },
    });
    await window.loadFile(path.join(__dirname, 'index.html'));
    const kinds = await window.webContents.executeJavaScript('workersReady');
    if (kinds.some((kind) => kind !== 'node'))
        throw new Error(`these workers are not all Node.js threads: ${kinds.join(', ')}`);
    process.stdout.write('ready\n');
}

main().catch((error) => {
    process.stderr.write(`weft-bench-idle: ${error.stack}\n`);
    app.exit(1);
});
