// SPDX-License-Identifier: MIT
'use strict';

/* What Weft aims at, judged from a summary (report/measures.js). */

const format = require('./format');

const figureOf = (key, contender) => (rows) => rows[key]?.[contender]?.median;
const times = (factor, figure) => (rows) => {
    const value = figure(rows);
    return value === undefined ? undefined : factor * value;
};

function atMost(condition, label, key, limit) {
    return { condition, label, kind: 'time', key, limit, isMet: (ours, most) => ours <= most };
}

function tenTimesChromium(condition, what, key) {
    const limit = times(10, figureOf(key, 'chromium'));
    const label = `${what}, 10 × Chromium's`;
    return { condition, label, kind: 'rate', key, limit, isMet: (ours, least) => ours >= least };
}

/** Milliseconds a message, one way. */
function clones(what, key, factor) {
    return ['toWorker', 'toPage'].map((way) => {
        const arrow = way === 'toWorker' ? 'page → worker' : 'worker → page';
        const label = factor === 1 ? "no slower than Chromium's" : `${factor} × as fast as Chromium's`;
        const limit = times(1 / factor, figureOf(`${key}.${way}`, 'chromium'));
        return atMost('idle', `${what} ${arrow}, ${label}`, `${key}.${way}`, limit);
    });
}

const trip = (contender) => figureOf('tripP50', contender);
const memcpy = figureOf('memcpy', 'weft');
const START_MS = 3;

const AIMS = [
    atMost('idle', "round trip, a tenth of Chromium's", 'tripP50', times(1 / 10, trip('chromium'))),
    atMost('idle', "round trip, below worker_threads'", 'tripP50', trip('node')),
    atMost('busy', "round trip, a third of Chromium's", 'tripP50', times(1 / 3, trip('chromium'))),
    tenTimesChromium('idle', 'messages page → worker', 'rateToWorker'),
    tenTimesChromium('idle', 'messages worker → page', 'rateToPage'),
    ...clones('small object', 'small', 5),
    ...clones('100 KB of text', 'text', 1),
    ...clones('10,000 rows', 'rows', 1),
    ...clones('1 MiB array', 'bytes', 1),
    atMost('idle', 'worker start when warm', 'start', () => START_MS),
    atMost('idle', '64 MiB page → worker, one memcpy', 'toWorker', memcpy),
    atMost('idle', '64 MiB worker → page, a tenth of a memcpy', 'toPage', times(1 / 10, memcpy)),
];

/** Those aims for which everything was measured: {condition, label, met, ours, limit}. */
function judge(summary) {
    return AIMS.flatMap(({ condition, label, kind, key, limit, isMet }) => {
        const rows = summary[condition] ?? {};
        const ours = rows[key]?.weft?.median;
        const bound = limit(rows);
        if (ours === undefined || bound === undefined)
            return [];
        return [{
            condition,
            label: `${condition}: ${label}`,
            met: isMet(ours, bound),
            ours: format.value(kind, ours),
            limit: format.value(kind, bound),
        }];
    });
}

module.exports = { judge };
