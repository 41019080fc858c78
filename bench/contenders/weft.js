// SPDX-License-Identifier: MIT
'use strict';

/*
 * Weft, and WebKitGTK's own Worker in a Weft window that leaves it alone. Both are the app in
 * bench/app, which loads the same page that Chromium gets.
 */

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const { runForJson } = require('../child');
const { CONTENDER_TIMEOUT_MS, SETTLE_MS } = require('../plan');

const ROOT = path.join(__dirname, '..', '..');
const APP = path.join(ROOT, 'bench', 'app');
const WEFT = path.join(ROOT, 'weft');

/** @param {import('../plan').Plan} plan */
async function runApp(plan, nodeIntegrationInWorker) {
    if (!fs.existsSync(WEFT))
        throw new Error('./weft is not built: run make first');
    const options = JSON.stringify({ nodeIntegrationInWorker, settleMs: SETTLE_MS, plan });
    const args = ['--headless', APP, options];
    const result = await runForJson(WEFT, args, { timeoutMs: CONTENDER_TIMEOUT_MS });
    if (!result.failed && Boolean(result.workerNode) !== nodeIntegrationInWorker) {
        const found = result.workerNode ? `Node.js ${result.workerNode}` : 'without Node.js';
        throw new Error(`the wrong kind of worker was measured: it is ${found}`);
    }
    return result;
}

async function weftVersion() {
    const { stdout } = await promisify(execFile)(WEFT, ['--version']);
    return stdout.trim().split('\n')[0];
}

async function webkitVersion() {
    const { stdout } = await promisify(execFile)('pkg-config', ['--modversion', 'webkitgtk-6.0']);
    return `WebKitGTK ${stdout.trim()}`;
}

module.exports = {
    weft: {
        name: 'weft',
        label: 'Weft',
        version: weftVersion,
        run: (plan) => runApp(plan, true),
    },
    webkit: {
        name: 'webkit',
        label: 'WebKitGTK',
        version: webkitVersion,
        run: (plan) => runApp(plan, false),
    },
};
