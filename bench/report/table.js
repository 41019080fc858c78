// SPDX-License-Identifier: MIT
'use strict';

/* The report on the terminal: a table for each condition, failures, and what was aimed at. */

const format = require('./format');
const { CLONES, ROWS, ratio } = require('./measures');

const CONDITIONS = { idle: 'idle machine', busy: 'every core kept busy' };

/** Pads columns to equal width; the first is flush left, the others right. */
function layOut(lines) {
    const widths = lines[0].map((_cell, i) => Math.max(...lines.map((line) => line[i].length)));
    const pad = (cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
    const text = lines.map((line) => line.map(pad).join('  ').trimEnd());
    text.splice(1, 0, '─'.repeat(Math.max(...text.map((line) => line.length))));
    return text.join('\n');
}

function valueCell(kind, figure, contender) {
    if (figure)
        return format.value(kind, figure.median);
    return contender.failed ? 'failed' : '-';
}

function ratioCell(kind, ours, theirs) {
    if (kind === 'reference' || !ours || !theirs)
        return '';
    return format.ratio(ratio(kind, ours.median, theirs.median));
}

function conditionTable(report, condition) {
    const contenders = Object.entries(report.contenders);
    const hasWeft = 'weft' in report.contenders;
    const peers = hasWeft ? contenders.filter(([name]) => name !== 'weft') : [];
    const header = [
        CONDITIONS[condition],
        ...contenders.map(([, { label }]) => label),
        ...peers.map(([, { label }]) => `vs ${label}`),
    ];
    const lines = ROWS.map(({ key, label, kind }) => {
        const figures = report.summary[condition]?.[key] ?? {};
        return [
            label,
            ...contenders.map(([name, contender]) => valueCell(kind, figures[name], contender)),
            ...peers.map(([name]) => ratioCell(kind, figures.weft, figures[name])),
        ];
    });
    return layOut([header, ...lines]);
}

function aimLines(aims) {
    return aims.map(({ label, met, ours, limit }) => {
        const verdict = met ? 'met   ' : 'MISSED';
        return `  ${verdict} ${label}: ${ours} (limit ${limit})`;
    });
}

/** What a post costs, one way, in structuredClone()s of the same value in the sender's own engine. */
function cloneLines(rows) {
    return CLONES.flatMap(({ key, label }) =>
        [['toWorker', 'pageClone', 'page'], ['toPage', 'workerClone', 'worker']].flatMap(([post, clone, sender]) => {
            const cells = Object.entries(rows[`${key}.${post}`] ?? {}).flatMap(([contender, { median }]) => {
                const own = rows[`${key}.${clone}`]?.[contender]?.median;
                return own ? [`${contender} ${(median / own).toFixed(2)}`] : [];
            });
            return cells.length > 0 ? [`  ${label}, from the ${sender}: ${cells.join(', ')}`] : [];
        }));
}

/** @param {object} report as written to build/bench.json */
function formatReport(report) {
    const { environment, contenders, options } = report;
    const { cpu, cores, kernel, date } = environment;
    const parts = [
        `${cpu}, ${cores} cores, ${kernel}, ${date}`,
        Object.values(contenders).map(({ version }) => version).join(', '),
    ];
    for (const condition of options.conditions)
        parts.push('', conditionTable(report, condition));
    parts.push('', `Interleaved rounds: ${options.rounds}; medians of them. ` +
        '"vs": × 2 means that Weft is twice as good.');
    const costs = cloneLines(report.summary.idle ?? {});
    if (costs.length > 0)
        parts.push('', "A post, in structuredClone()s of the sender's engine:", ...costs);
    if (report.aims.length > 0)
        parts.push('', 'Aims:', ...aimLines(report.aims));
    for (const warning of report.warnings)
        parts.push('', `Note: ${warning}`);
    for (const { label, failed } of Object.values(contenders)) {
        if (failed)
            parts.push('', `FAILED: ${label}, ${failed}`);
    }
    return parts.join('\n');
}

module.exports = { formatReport, layOut };
