// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/native.js - what a native module costs each worker
 *
 * Loads modules of npm in the workers of bench/native-app: as private instances, and plainly, as Node
 * does. Prints a table, and writes build/bench-native.json. What is measured: bench/README.md.
 */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { runForJson } = require('./child');
const { layOut } = require('./report/table');
const { ROOT, WEFT, run } = require('./single');

/** Each with what makes its package load its binary. The databases are private here only to be measured. */
const MODULES = {
    bufferutil: '',
    bcrypt: '',
    koffi: '',
    'better-sqlite3': `(':memory:')`,
    lmdb: '',
    sharp: '',
    '@parcel/watcher': '',
};

/** Workers that load after the first. */
const WORKERS = 8;
const ROUNDS = 3;
const TIMEOUT_MS = 300_000;

/* Aims, for files up to AIM_FILE_MIB. */
const AIM_FILE_MIB = 4;
const AIM_MS = 6;
const AIM_MIB = 0.5;

const MIB = 2 ** 20;

/** The file that a package loads on this machine: it is asked, in a process of its own. */
function findBinary(name, use) {
    const script = `
        const { dlopen } = process;
        process.dlopen = function (module, file, ...rest) {
            process.stdout.write(file + '\\n');
            return dlopen.call(this, module, file, ...rest);
        };
        require(${JSON.stringify(name)})${use};`;
    const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
    const files = execFileSync(process.execPath, ['-e', script], options).trim().split('\n');
    const [largest] = files.toSorted((a, b) => fs.statSync(b).size - fs.statSync(a).size);
    return fs.realpathSync(largest); /* lmdb has a second, small one */
}

function median(values) {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function summarizeMode(results, name, mode) {
    const own = results.filter((result) => result.name === name && result.mode === mode);
    return {
        firstMs: median(own.map(({ firstMs }) => firstMs)),
        loadMs: median(own.flatMap(({ loadMs }) => loadMs)),
        ownMib: median(own.map(({ ownKib }) => ownKib)) / 1024,
        pssMib: median(own.map(({ pssKib }) => pssKib)) / 1024,
    };
}

/** @returns {object[]} {name, fileMib, plain, private} */
function summarize(results) {
    return Object.keys(MODULES).map((name) => ({
        name,
        fileMib: results.find((result) => result.name === name).size / MIB,
        plain: summarizeMode(results, name, 'share'),
        private: summarizeMode(results, name, 'private'),
    }));
}

function judge(summary) {
    return summary.filter(({ fileMib }) => fileMib <= AIM_FILE_MIB).flatMap((row) => {
        const { loadMs, ownMib } = row.private;
        return [
            { label: `${row.name}: at most ${AIM_MS} ms`, met: loadMs <= AIM_MS },
            { label: `${row.name}: at most ${AIM_MIB} MiB`, met: ownMib <= AIM_MIB },
        ];
    });
}

function format({ summary }) {
    const header = [
        ...['native module', 'file', 'plain, first', 'load: plain', 'private'],
        ...['memory: plain', 'private'],
    ];
    const ms = (value) => `${value.toFixed(2)} ms`;
    const mib = (value) => `${value.toFixed(2)} MiB`;
    const lines = summary.map((row) => [
        row.name,
        mib(row.fileMib),
        ms(row.plain.firstMs),
        ms(row.plain.loadMs),
        ms(row.private.loadMs),
        mib(row.plain.ownMib),
        mib(row.private.ownMib),
    ]);
    return [
        layOut([header, ...lines]),
        '',
        'For each worker: the time of its load, and the memory that the process then has more.',
        `Aims are for files up to ${AIM_FILE_MIB} MiB.`,
    ].join('\n');
}

async function measure() {
    const modules = Object.entries(MODULES).map(([name, use]) => ({
        name,
        file: findBinary(name, use),
    }));
    const plan = JSON.stringify({ modules, workers: WORKERS, rounds: ROUNDS });
    const args = ['--headless', path.join(__dirname, 'native-app'), plan];
    const { results } = await runForJson(WEFT, args, { timeoutMs: TIMEOUT_MS });
    return results;
}

run('native', { measure, summarize, judge, format });
