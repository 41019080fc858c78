// SPDX-License-Identifier: MIT
'use strict';

/*
 * Measures native modules in real workers: `{modules: [{name, file}], workers, rounds}` as the argument,
 * one line of JSON as the result. Each module is loaded in a window of its own, and so in a process of
 * its own, once as it is by default in Weft (a private instance each worker) and once as it is in plain
 * Node (one for all).
 */

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const { app, BrowserWindow } = require('electron');

/** For threads and rings that a start leaves behind. */
const SETTLE_MS = 500;

const MODES = ['share', 'private'];

/** KiB that only the process itself has: its own pages, and its memory files. */
function memoryOf(pid) {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]);
    return { own: read('Pss_Anon') + read('Pss_Shmem'), pss: read('Pss') };
}

async function openWindow(file, mode) {
    const window = new BrowserWindow({
        show: false,
        webPreferences: {
            nodeIntegrationInWorker: true,
            /* A rule, so that databases are private, too. */
            nativeModules: { modules: { [file]: mode } },
        },
    });
    await window.loadFile(path.join(__dirname, 'index.html'));
    return window;
}

/** One worker loads first, then `count` more, in a process that has the file already. */
async function measure(file, mode, count) {
    const window = await openWindow(file, mode);
    const run = (source) => window.webContents.executeJavaScript(source);
    const name = JSON.stringify(file);
    try {
        const pid = await run(`startWorkers(${count + 1})`);
        const [first] = await run(`loadIn(0, 1, ${name})`);
        await pause(SETTLE_MS);
        const before = memoryOf(pid);
        const loads = await run(`loadIn(1, ${count + 1}, ${name})`);
        const after = memoryOf(pid);
        if ([first, ...loads].some((load) => load.mode !== mode))
            throw new Error(`${file} was not loaded as ${mode}`);
        return {
            size: first.size,
            firstMs: first.loadTime,
            loadMs: loads.map(({ loadTime }) => loadTime),
            ownKib: (after.own - before.own) / count,
            pssKib: (after.pss - before.pss) / count,
        };
    } finally {
        window.destroy();
    }
}

async function main() {
    const { modules, workers, rounds } = JSON.parse(process.argv[2]);
    app.on('window-all-closed', () => {});
    await app.whenReady();
    const results = [];
    for (let round = 0; round < rounds; round++) {
        for (const { name, file } of modules) {
            for (const mode of MODES)
                results.push({ name, mode, round, ...await measure(file, mode, workers) });
        }
    }
    process.stdout.write(`${JSON.stringify({ results })}\n`);
    app.exit(0);
}

main().catch((error) => {
    process.stderr.write(`weft-bench-native: ${error.stack}\n`);
    app.exit(1);
});
