// SPDX-License-Identifier: MIT
'use strict';

/* What bench/asar.js has measured: the best of each contender, as a table, and what was aimed at. */

const { layOut } = require('../report/table');

/** Key, name, measure, and which of its times. */
const ROWS = [
    ['small', 'readFileSync of 10,000 small files, first', 'small', 'first'],
    ['smallAgain', 'the small files again', 'small', 'again'],
    ['tree', 'require of 400 packages, 2,000 scripts', 'tree', 'first'],
    ['big', '1 GiB in parts of 64 KiB, first', 'big', 'first'],
    ['bigAgain', '1 GiB again', 'big', 'again'],
    ['disk', '1 GiB from the disk, first', 'disk', 'first'],
    ['packSmall', 'pack 10,000 small files', 'packSmall', 'pack'],
    ['extractSmall', 'extract 10,000 small files', 'packSmall', 'extract'],
    ['packBig', 'pack 1 GiB in 8 files', 'packBig', 'pack'],
    ['extractBig', 'extract 1 GiB in 8 files', 'packBig', 'extract'],
    ['open', 'open an archive of 200,000 entries', 'entries', 'first'],
    ['lookUp', 'a look-up in it, from JavaScript', 'entries', 'again'],
];
const CONTENDERS = ['plain', 'weft', 'tool'];

/* Aims. What is within the noise is no slower. */
const NOISE = 1.1;
const TIMES_FASTER = 3;
const OPEN_MS = 200;
const LOOK_UP_MS = 0.001;

/** Wall and CPU time each at its best: others use the machine too. */
function best(times) {
    const least = (name) => Math.min(...times.map((time) => time[name]));
    return times.length > 0 ? { ms: least('ms'), cpuMs: least('cpuMs') } : undefined;
}

/** @returns {object[]} {key, name, plain?, weft, tool?}, each {ms, cpuMs} */
function summarize(results) {
    return ROWS.map(([key, name, measure, part]) => {
        const row = { key, name };
        for (const contender of CONTENDERS) {
            const own = results.filter((it) => it.measure === measure && it.contender === contender);
            row[contender] = best(own.map((it) => it[part]));
        }
        return row;
    });
}

/** What one thread does is judged by either time: other programs make its wall time longer. */
function judge(summary) {
    const aims = [];
    for (const { key, name, plain, weft, tool } of summary) {
        if (plain) {
            const met = weft.ms <= plain.ms * NOISE || weft.cpuMs <= plain.cpuMs * NOISE;
            aims.push({ key, label: `${name}: no slower than plain files`, met });
        } else if (tool) {
            const met = weft.ms * TIMES_FASTER <= tool.ms;
            aims.push({ key, label: `${name}: ${TIMES_FASTER} times as fast as @electron/asar`, met });
        }
    }
    const of = (key) => {
        const { ms, cpuMs } = summary.find((row) => row.key === key).weft;
        return Math.min(ms, cpuMs);
    };
    aims.push({ key: 'open', label: `open: within ${OPEN_MS} ms`, met: of('open') <= OPEN_MS });
    aims.push({ key: 'lookUp', label: 'look-up: within 1 µs', met: of('lookUp') <= LOOK_UP_MS });
    return aims;
}

function timeText(ms) {
    if (ms < 0.1)
        return `${(ms * 1000).toFixed(2)} µs`;
    return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

const cell = (time) => (time ? `${timeText(time.ms)} (${timeText(time.cpuMs)})` : '-');

/** How many times as fast as a peer, by wall and by CPU time. */
const ratio = (ours, theirs) =>
    theirs ? `${(theirs.ms / ours.ms).toFixed(1)}x (${(theirs.cpuMs / ours.cpuMs).toFixed(1)}x)` : '';

function format({ summary }) {
    const header =
        ['archives', 'plain files', 'weft', '@electron/asar', 'vs plain', 'vs @electron/asar'];
    const lines = summary.map(({ name, plain, weft, tool }) => [
        name,
        cell(plain),
        cell(weft),
        cell(tool),
        ratio(weft, plain),
        ratio(weft, tool),
    ]);
    return [
        layOut([header, ...lines]),
        '',
        'Each the best of its runs: wall time, and CPU time of all threads in brackets.',
    ].join('\n');
}

module.exports = { format, judge, summarize };
