// SPDX-License-Identifier: MIT
'use strict';

/* Runs pages/bench.js on Node's main thread: `node node-main.js <plan as JSON>` prints one line. */

const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');

const { SETTLE_MS } = require('../plan');
require('../pages/bench.js');

const SCRIPTS = { 'worker.js': 'node-worker.js', 'starter.js': 'node-starter.js' };

/** As much of a page's Worker as the benchmark uses, with nothing else on a message's path. */
function startWorker(script) {
    const worker = new Worker(path.join(__dirname, SCRIPTS[script]));
    worker.on('message', (data) => worker.onmessage({ data }));
    worker.on('error', (error) => worker.onerror(error));
    return worker;
}

async function main() {
    const plan = JSON.parse(process.argv[2]);
    await pause(SETTLE_MS);
    const result = await globalThis.weftBench.run(plan, startWorker);
    process.stdout.write(`${JSON.stringify(result)}\n`);
}

main();
