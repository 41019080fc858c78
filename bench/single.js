// SPDX-License-Identifier: MIT
'use strict';

/*
 * The frame of a benchmark that stands alone: bench/NAME.js measures, and its report goes to the terminal
 * and to build/bench-NAME.json.
 */

const fs = require('node:fs');
const path = require('node:path');

const { backgroundPercent, describeMachine } = require('./machine');

const ROOT = path.join(__dirname, '..');
const WEFT = path.join(ROOT, 'weft');
const BUILD = path.join(ROOT, 'build');

/** `steps`: measure() -> results, summarize(results), judge(summary) -> aims, format(report) -> text,
 * behind which the aims are told. */
async function report(name, { measure, summarize, judge, format }) {
    if (!fs.existsSync(WEFT))
        throw new Error('./weft is not built: run make first');
    const background = await backgroundPercent();
    fs.mkdirSync(BUILD, { recursive: true });
    const results = await measure();
    const summary = summarize(results);
    const whole = {
        environment: { ...describeMachine(), node: process.version },
        backgroundPercent: background,
        summary,
        aims: judge(summary),
        results,
    };
    fs.writeFileSync(path.join(BUILD, `bench-${name}.json`), `${JSON.stringify(whole, null, 2)}\n`);
    process.stdout.write(`${format(whole)}\n${closing(whole)}\n\nWritten: build/bench-${name}.json\n`);
}

/** What was aimed at, and how far the machine was its own. */
function closing({ aims, backgroundPercent: background }) {
    const missed = aims.filter(({ met }) => !met).map(({ label }) => `  MISSED ${label}`);
    return [
        `Aims: ${aims.length - missed.length} of ${aims.length} met`,
        ...missed,
        `Other programs used ${Math.round(background)} % of the cores before.`,
    ].join('\n');
}

/** The program: reports, or says on one line why not. */
function run(name, steps) {
    report(name, steps).catch((error) => {
        process.stderr.write(`bench/${name}: ${error.message}\n`);
        process.exitCode = 1;
    });
}

module.exports = { run, ROOT, WEFT, BUILD };
