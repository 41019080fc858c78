// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/idle.js - what an open window costs that has nothing to do
 *
 * Opens bench/idle-app (one window, four idle workers) and adds up the CPU time of all its
 * processes over 30 s. Prints it as percent of one core and adds it to build/bench.json; ends with
 * 1 at or above the limit. The virtual display that --headless brings is listed, but does not count.
 */

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const child = require('./child');
const { backgroundPercent, describeMachine } = require('./machine');
const { tree, usedBetween } = require('./processes');

const ROOT = path.join(__dirname, '..');
const WEFT = path.join(ROOT, 'weft');
const REPORT = path.join(ROOT, 'build', 'bench.json');
const READY_TIMEOUT_MS = 30_000;
/** For what start-up leaves behind: prewarmed threads, compilers, garbage collection. */
const SETTLE_MS = 5000;
const MEASURE_MS = 30_000;
const LIMIT_PERCENT = 0.5;
const DISPLAY_SERVER = 'Xvfb';

/** Resolves when the app has printed "ready"; rejects when it ends first or takes too long. */
function untilReady(app) {
    return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`not ready within ${READY_TIMEOUT_MS / 1000} s`));
        const timer = setTimeout(late, READY_TIMEOUT_MS);
        let output = '';
        app.stdout.on('data', (data) => {
            output += data;
            if (!/^ready$/m.test(output))
                return;
            clearTimeout(timer);
            resolve();
        });
        function failed(error) {
            clearTimeout(timer);
            reject(error);
        }
        app.once('error', failed);
        app.once('exit', (code, signal) =>
            failed(new Error(`the app ended with ${signal ?? `exit code ${code}`}`)));
    });
}

async function measure() {
    const background = await backgroundPercent();
    const app = child.start(WEFT, ['--headless', path.join(__dirname, 'idle-app')], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
        await untilReady(app);
        await pause(SETTLE_MS);
        const before = tree(app.pid);
        const from = performance.now();
        await pause(MEASURE_MS);
        const after = tree(app.pid);
        if (app.exitCode !== null || app.signalCode !== null)
            throw new Error('the app ended while it was measured');
        const processes = usedBetween(before, after);
        return { background, ms: performance.now() - from, processes };
    } finally {
        await child.end(app);
    }
}

function summarize({ background, ms, processes }) {
    const percentOf = (list) => 100 * list.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / ms;
    return {
        ...describeMachine(),
        backgroundPercent: background,
        seconds: ms / 1000,
        percent: percentOf(processes.filter(({ name }) => name !== DISPLAY_SERVER)),
        percentWithDisplay: percentOf(processes),
        limitPercent: LIMIT_PERCENT,
        processes,
    };
}

function format(idle) {
    const lines = idle.processes.map(({ pid, name, cpuMs, ended }) =>
        [
            String(pid).padStart(10),
            name.padEnd(16),
            `${Math.round(cpuMs)} ms`.padStart(9),
            ended ? '(ended)' : '',
        ].join('  ').trimEnd());
    return [
        `A window with 4 idle workers over ${idle.seconds.toFixed(0)} s, CPU time:`,
        ...lines,
        `  ${idle.percent.toFixed(2)} % of one core (limit ${idle.limitPercent} %); ` +
            `with the virtual display ${idle.percentWithDisplay.toFixed(2)} %`,
    ].join('\n');
}

function addToReport(idle) {
    fs.mkdirSync(path.dirname(REPORT), { recursive: true });
    let report = {};
    try {
        report = JSON.parse(fs.readFileSync(REPORT, 'utf8'));
    } catch (error) {
        if (error.code !== 'ENOENT')
            throw new Error(`build/bench.json can't be read, remove it: ${error.message}`);
    }
    fs.writeFileSync(REPORT, `${JSON.stringify({ ...report, idle }, null, 2)}\n`);
}

async function main() {
    if (!fs.existsSync(WEFT))
        throw new Error('./weft is not built: run make first');
    const idle = summarize(await measure());
    process.stdout.write(`${format(idle)}\n`);
    addToReport(idle);
    process.exitCode = idle.percent < LIMIT_PERCENT ? 0 : 1;
}

main().catch((error) => {
    process.stderr.write(`bench/idle: ${error.message}\n`);
    process.exitCode = 1;
});
