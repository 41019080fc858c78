// SPDX-License-Identifier: MIT
'use strict';

/*
 * The benchmark as an app: opens bench/pages/index.html, runs it with the options in the first
 * argument ({nodeIntegrationInWorker, settleMs, plan}) and prints the result as one line of JSON.
 */

const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { app, BrowserWindow } = require('electron');

const PAGE = path.join(__dirname, '..', 'pages', 'index.html');

async function main() {
    const { nodeIntegrationInWorker, settleMs, plan } = JSON.parse(process.argv.at(-1));
    await app.whenReady();
    const window = new BrowserWindow({
        width: 800,
        height: 600,
        webPreferences: { nodeIntegrationInWorker },
    });
    window.webContents.on('render-process-gone', (_event, details) => {
        fail(new Error(`the page's process is gone: ${details.reason}`));
    });
    await window.loadFile(PAGE);
    await pause(settleMs);
    const call = `weftBench.run(${JSON.stringify(plan)})`;
    const result = await window.webContents.executeJavaScript(call);
    process.stdout.write(`${JSON.stringify(result)}\n`, () => app.exit(0));
}

function fail(error) {
    process.stderr.write(`weft-bench: ${error.stack}\n`);
    app.exit(1);
}

main().catch(fail);
