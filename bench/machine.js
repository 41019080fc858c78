// SPDX-License-Identifier: MIT
'use strict';

/* The machine under the benchmark: what it is, how busy others keep it, and making it busy. */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const child = require('./child');

const BACKGROUND_SAMPLE_MS = 1000;
const BUSY_LOOP = path.join(__dirname, 'busy-loop.js');

/** Jiffies of all cores: {busy, total}. */
function readCpuTime() {
    const [line] = fs.readFileSync('/proc/stat', 'utf8').split('\n');
    const [user, nice, system, idle, iowait, irq, softirq, steal] =
        line.split(/\s+/).slice(1).map(Number);
    const busy = user + nice + system + irq + softirq + steal;
    return { busy, total: busy + idle + iowait };
}

/** How much of all cores is in use right now, in percent: what others do beside the benchmark. */
async function backgroundPercent() {
    const from = readCpuTime();
    await pause(BACKGROUND_SAMPLE_MS);
    const to = readCpuTime();
    return 100 * (to.busy - from.busy) / Math.max(1, to.total - from.total);
}

/** Keeps every core busy, for `limitMs` at most, while `work` runs. */
async function whileBusy(limitMs, work) {
    const loops = Array.from({ length: os.availableParallelism() }, () =>
        child.start(process.execPath, [BUSY_LOOP, String(limitMs)], { stdio: 'ignore' }));
    try {
        return await work();
    } finally {
        await Promise.all(loops.map(child.end));
    }
}

function describeMachine() {
    return {
        date: new Date().toISOString(),
        cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
        cores: os.availableParallelism(),
        memoryMib: Math.round(os.totalmem() / 2 ** 20),
        kernel: `${os.type()} ${os.release()}`,
        loadAverage: os.loadavg(),
    };
}

module.exports = { backgroundPercent, whileBusy, describeMachine };
