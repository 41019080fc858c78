// SPDX-License-Identifier: MIT
'use strict';

/*
 * The report as a chart: grouped horizontal bars on logarithmic scales, a column for each
 * condition, times above and rates below. Hand-written SVG; colours and sizes are constants here.
 */

const format = require('./format');
const { ROWS } = require('./measures');

const MARGIN = 32;
const LABEL_WIDTH = 292;
const PANEL_WIDTH = 430;
const PANEL_GAP = 36;
/** Room at the right of a panel for the figure of its longest bar. */
const VALUE_WIDTH = 66;
const BAR_HEIGHT = 12;
const BAR_GAP = 2;
const GROUP_GAP = 13;
const HEAD_HEIGHT = 122;
const AXIS_HEIGHT = 26;
const SECTION_GAP = 44;
const FOOT_HEIGHT = 52;
const MIN_BAR = 2;

const COLORS = { weft: '#e8590c', chromium: '#3b6ea5', node: '#8aa53b', webkit: '#8a6fb0' };
const CONDITIONS = { idle: 'Idle machine', busy: 'Every core kept busy' };
const SECTIONS = [
    { kind: 'time', title: 'Time: shorter is better' },
    { kind: 'rate', title: 'Rate: longer is better' },
];
const STYLE = `
    text { font: 12px "Inter", "Segoe UI", "DejaVu Sans", sans-serif; fill: #343a40 }
    .title { font-size: 20px; font-weight: 600; fill: #212529 }
    .condition { font-size: 14px; font-weight: 600; fill: #212529 }
    .section { font-size: 13px; font-weight: 600; fill: #495057 }
    .value { font-size: 10.5px; fill: #495057 }
    .ours { font-weight: 600; fill: #212529 }
    .axis, .note { font-size: 10.5px; fill: #868e96 }
    .grid { stroke: #e9ecef }`;

function escape(text) {
    return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function text(x, y, content, className, anchor = 'start') {
    const attributes = `x="${x}" y="${y}" class="${className}" text-anchor="${anchor}"`;
    return `<text ${attributes}>${escape(content)}</text>`;
}

/** The decades that hold all medians of a kind: {low, high} as powers of ten. */
function decades(report, kind) {
    const keys = ROWS.filter((row) => row.kind === kind && row.chart).map((row) => row.key);
    const values = Object.values(report.summary)
        .flatMap((rows) => keys.flatMap((key) => Object.values(rows[key] ?? {})))
        .map(({ median }) => median)
        .filter((value) => value > 0);
    if (values.length === 0)
        return { low: 0, high: 1 };
    const low = Math.floor(Math.log10(Math.min(...values) * 0.8));
    return { low, high: Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)))) };
}

function barLength(value, { low, high }) {
    const share = (Math.log10(value) - low) / (high - low);
    return Math.max(MIN_BAR, share * (PANEL_WIDTH - VALUE_WIDTH));
}

function axis(x, y, height, kind, range) {
    const parts = [];
    const decade = (PANEL_WIDTH - VALUE_WIDTH) / (range.high - range.low);
    for (let power = range.low; power <= range.high; power++) {
        const at = x + (power - range.low) * decade;
        const label = format.value(kind, 10 ** power).replace(/\.0+(?= )/, '');
        parts.push(`<line x1="${at}" y1="${y}" x2="${at}" y2="${y + height}" class="grid"/>`);
        parts.push(text(at, y + height + 15, label, 'axis', 'middle'));
    }
    return parts;
}

function bar(x, y, row, name, contender, figure, range) {
    const baseline = y + BAR_HEIGHT - 2;
    if (!figure)
        return [text(x + 4, baseline, contender.failed ? 'failed' : 'not measured', 'value')];
    const length = barLength(figure.median, range);
    const label = format.value(row.kind, figure.median);
    const place = `x="${x}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"`;
    const tip = `<title>${escape(`${contender.label}: ${label}`)}</title>`;
    return [
        `<rect ${place} fill="${COLORS[name]}">${tip}</rect>`,
        text(x + length + 5, baseline, label, name === 'weft' ? 'value ours' : 'value'),
    ];
}

function panelX(index) {
    return MARGIN + LABEL_WIDTH + index * (PANEL_WIDTH + PANEL_GAP);
}

/** One section (times or rates) at `top`; returns its parts and height. */
function section(report, { kind, title }, top) {
    const rows = ROWS.filter((row) => row.kind === kind && row.chart);
    const contenders = Object.entries(report.contenders);
    const groupHeight = contenders.length * (BAR_HEIGHT + BAR_GAP) - BAR_GAP;
    const height = rows.length * (groupHeight + GROUP_GAP);
    const range = decades(report, kind);
    const parts = [text(MARGIN, top - 12, title, 'section')];
    report.options.conditions.forEach((_condition, i) =>
        parts.push(...axis(panelX(i), top, height, kind, range)));
    rows.forEach((row, index) => {
        const y = top + GROUP_GAP / 2 + index * (groupHeight + GROUP_GAP);
        parts.push(text(panelX(0) - 12, y + groupHeight / 2 + 4, row.label, '', 'end'));
        report.options.conditions.forEach((condition, i) => {
            const figures = report.summary[condition]?.[row.key] ?? {};
            contenders.forEach(([name, contender], k) => {
                const barY = y + k * (BAR_HEIGHT + BAR_GAP);
                parts.push(...bar(panelX(i), barY, row, name, contender, figures[name], range));
            });
        });
    });
    return { parts, height: height + AXIS_HEIGHT };
}

function head(report) {
    const title = 'Page ↔ worker: Weft and its peers in the same run';
    const parts = [text(MARGIN, MARGIN + 12, title, 'title')];
    let x = MARGIN;
    for (const [name, { label, version, failed }] of Object.entries(report.contenders)) {
        const named = version.startsWith(label) ? version : `${label}, ${version.slice(0, 40)}`;
        const entry = failed ? `${named} (failed)` : named;
        const box = `x="${x}" y="${MARGIN + 28}" width="12" height="12" rx="2"`;
        parts.push(`<rect ${box} fill="${COLORS[name]}"/>`);
        parts.push(text(x + 18, MARGIN + 38, entry, ''));
        x += 44 + entry.length * 6.6;
    }
    report.options.conditions.forEach((condition, i) =>
        parts.push(text(panelX(i), HEAD_HEIGHT - 12, CONDITIONS[condition], 'condition')));
    return parts;
}

function foot(report, y) {
    const { cpu, cores, kernel, date } = report.environment;
    const { rounds, quick } = report.options;
    const scale = `Logarithmic scales; interleaved rounds: ${rounds}, medians of them. ` +
        `${quick ? 'A quick run: not to be quoted.' : ''}`;
    return [
        text(MARGIN, y, scale, 'note'),
        text(MARGIN, y + 16, `${cpu}, ${cores} cores, ${kernel}, ${date.slice(0, 10)}`, 'note'),
    ];
}

/** @param {object} report as written to build/bench.json @returns {string} an SVG document */
function drawChart(report) {
    const columns = report.options.conditions.length;
    const width = panelX(columns - 1) + PANEL_WIDTH + MARGIN;
    const parts = head(report);
    let y = HEAD_HEIGHT;
    for (const description of SECTIONS) {
        const { parts: drawn, height } = section(report, description, y);
        parts.push(...drawn);
        y += height + SECTION_GAP;
    }
    parts.push(...foot(report, y - SECTION_GAP + 26));
    const total = y - SECTION_GAP + FOOT_HEIGHT;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" ` +
        `width="${width}" height="${total}">\n<style>${STYLE}\n</style>\n` +
        `<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`;
}

module.exports = { drawChart };
