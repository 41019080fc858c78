// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/membrane.js - what a call of Node's costs from a page
 *
 * Calls the same in a page with nodeIntegration and in Node itself. Prints a table, and writes
 * build/bench-membrane.json.
 */

const path = require('node:path');

const { runForJson } = require('./child');
const measureInNode = require('./membrane-app/measure');
const { layOut } = require('./report/table');
const { WEFT, run } = require('./single');

const ROUNDS = 5;
const TIMEOUT_MS = 120_000;

/** A small call: a message there, and one back. */
const SMALL = 'fs.existsSync';
const AIM_US = 60;

function median(values) {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1];
}

async function measure() {
    const args = ['--headless', path.join(__dirname, 'membrane-app'), `${ROUNDS}`];
    const { results } = await runForJson(WEFT, args, { timeoutMs: TIMEOUT_MS });
    return { page: results, node: await measureInNode(ROUNDS) };
}

/** @returns {{name: string, page: number, node: number}[]} microseconds */
function summarize({ page, node }) {
    const names = [...new Set(page.map(({ name }) => name))];
    const of = (results, name) =>
        median(results.filter((result) => result.name === name).map(({ us }) => us));
    return names.map((name) => ({ name, page: of(page, name), node: of(node, name) }));
}

function judge(summary) {
    const { page } = summary.find(({ name }) => name === SMALL);
    return [{ label: `${SMALL}: under ${AIM_US} µs`, met: page < AIM_US }];
}

function format({ summary }) {
    const us = (value) => `${value.toFixed(1)} µs`;
    const lines = summary.map(({ name, page, node }) => [name, us(page), us(node)]);
    return `${layOut([['a call', 'from a page', 'in Node'], ...lines])}\n`;
}

run('membrane', { measure, summarize, judge, format });
