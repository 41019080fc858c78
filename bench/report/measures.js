// SPDX-License-Identifier: MIT
'use strict';

/* The rows of the report: how each figure is taken from a contender's result, and summed up. */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} label
 * @property {'time'|'rate'|'reference'} kind Times are in ms, rates in messages a second.
 * @property {boolean} chart Whether the chart shows it too.
 * @property {(measures: object) => number|undefined} pick
 */

function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const trip = (name) => ({ roundTrip }) => roundTrip && roundTrip[name] / 1000;
const wake = (name) => ({ wakeTrip }) => (wakeTrip ? wakeTrip[name] / 1000 : undefined);
const rate = (name) => (measures) => measures[name]?.rate;
const first = (name) => (measures) => measures[name]?.first;
const warm = (name) => (measures) => measures[name] && median(measures[name].warm);

function row(key, label, pick, { kind = 'time', chart = false } = {}) {
    return { key, label, kind, chart, pick };
}

/** Kinds of values that are posted. */
const CLONES = [
    { key: 'small', label: 'small object' },
    { key: 'text', label: '100 KB of text' },
    { key: 'rows', label: '10,000 rows' },
    { key: 'bytes', label: '1 MiB Float64Array' },
];

/** Posts of each, in one go; and what structuredClone() of it costs, by the same clock. */
function cloneRows({ key, label }) {
    const figure = (name, text, options) =>
        row(`${key}.${name}`, text, ({ clones }) => clones?.[key]?.[name], options);
    return [
        figure('toWorker', `${label}, page → worker`),
        figure('toPage', `${label}, worker → page`),
        figure('pageClone', '    structuredClone in the page', { kind: 'reference' }),
        figure('workerClone', '    structuredClone in the worker', { kind: 'reference' }),
    ];
}

const inChart = { chart: true };
const rateInChart = { kind: 'rate', chart: true };

/** @type {Row[]} */
const ROWS = [
    row('tripP50', 'round trip of a number, p50', trip('p50'), inChart),
    row('tripP95', 'round trip of a number, p95', trip('p95'), inChart),
    row('tripMean', 'round trip of a number, mean', trip('mean')),
    row('wakeP50', 'wake-up of the page and of the worker in shared memory, p50', wake('p50')),
    row('wakeP95', 'wake-up of the page and of the worker in shared memory, p95', wake('p95')),
    row('rateToWorker', 'messages a second, page → worker', rate('rateToWorker'), rateInChart),
    row('rateToPage', 'messages a second, worker → page', rate('rateToPage'), rateInChart),
    row('copyFirst', '8 MiB array copied there and back, first', first('copy')),
    row('copy', '8 MiB array copied there and back', warm('copy'), inChart),
    ...CLONES.flatMap(cloneRows),
    row('toWorkerFirst', '64 MiB transfer, page → worker, first', first('transferToWorker')),
    row('toWorker', '64 MiB transfer, page → worker', warm('transferToWorker'), inChart),
    row('toPageFirst', '64 MiB transfer, worker → page, first', first('transferToPage')),
    row('toPage', '64 MiB transfer, worker → page', warm('transferToPage'), inChart),
    row('backFirst', '64 MiB transfer, there and back, first', first('transferThereAndBack')),
    row('back', '64 MiB transfer, there and back', warm('transferThereAndBack'), inChart),
    row('readFirst', '64 MiB there and back, both read it, first', first('transferAndRead')),
    row('read', '64 MiB there and back, both read it', warm('transferAndRead'), inChart),
    row('startCold', 'worker start, first in the page', first('startCold'), inChart),
    row('start', 'worker start, 100 ms apart', warm('start'), inChart),
    row('startBackToBack', 'worker start, back to back', warm('startBackToBack'), inChart),
    row('memcpy', '64 MiB memcpy in the worker (yardstick)', warm('memcpy'), { kind: 'reference' }),
];

/** The median over the rounds of each figure, with the range. */
function spread(numbers) {
    return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/**
 * By condition, row key and contender; what was not measured is not there.
 *
 * @typedef {{median: number, min: number, max: number}} Figure
 * @param {{condition: string, contender: string, measures: object}[]} runs
 * @returns {Record<string, Record<string, Record<string, Figure>>>}
 */
function summarize(runs) {
    const summary = {};
    for (const { key, pick } of ROWS) {
        for (const { condition, contender, measures } of runs) {
            const value = pick(measures);
            if (value === undefined)
                continue;
            summary[condition] ??= {};
            summary[condition][key] ??= {};
            (summary[condition][key][contender] ??= []).push(value);
        }
    }
    for (const condition of Object.values(summary)) {
        for (const figures of Object.values(condition)) {
            for (const [contender, numbers] of Object.entries(figures))
                figures[contender] = spread(numbers);
        }
    }
    return summary;
}

/** How many times as good `ours` is as `theirs`. */
function ratio(kind, ours, theirs) {
    return kind === 'rate' ? ours / theirs : theirs / ours;
}

module.exports = { CLONES, ROWS, summarize, ratio };
