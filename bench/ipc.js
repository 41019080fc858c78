// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/ipc.js - what a message to the main process and its answer cost
 *
 * The same calls from a page's preload script and from a worker. Prints a table, and writes
 * build/bench-ipc.json.
 */

const path = require('node:path');

const { runForJson } = require('./child');
const { layOut } = require('./report/table');
const { WEFT, run } = require('./single');

const ROUNDS = 5;
const TIMEOUT_MS = 120_000;

/** Electron's own published figure for the large one is 25 ms. */
const AIMS_US = { 'invoke, small': 100, 'invoke, 8 MiB': 8300 };

function median(values) {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1];
}

function measure() {
    const args = ['--headless', path.join(__dirname, 'ipc-app'), `${ROUNDS}`];
    return runForJson(WEFT, args, { timeoutMs: TIMEOUT_MS });
}

/** @returns {{name: string, page: number, worker: number}[]} microseconds */
function summarize({ page, worker }) {
    const names = [...new Set(page.map(({ name }) => name))];
    const of = (results, name) =>
        median(results.filter((result) => result.name === name).map(({ us }) => us));
    return names.map((name) => ({ name, page: of(page, name), worker: of(worker, name) }));
}

function judge(summary) {
    return Object.entries(AIMS_US).map(([aim, us]) => {
        const { page } = summary.find(({ name }) => name === aim);
        return { label: `${aim}, from a page: at most ${us} µs`, met: page <= us };
    });
}

function format({ summary }) {
    const us = (value) => `${value.toFixed(value < 1000 ? 1 : 0)} µs`;
    const lines = summary.map(({ name, page, worker }) => [name, us(page), us(worker)]);
    return `${layOut([['there and back', 'from a page', 'from a worker'], ...lines])}\n`;
}

run('ipc', { measure, summarize, judge, format });
