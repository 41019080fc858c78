// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/run.js - Weft's channel beside its peers', in the same run
 *
 * Runs the contenders in turn, round after round, first on the machine as it is and then with every
 * core kept busy. Prints a table, writes build/bench.json and build/bench.svg, and ends with 1 when
 * a contender failed. What is measured and what the figures are worth: bench/README.md.
 */

const fs = require('node:fs');
const path = require('node:path');

const node = require('./contenders/node');
const chromium = require('./contenders/chromium');
const { weft, webkit } = require('./contenders/weft');
const { backgroundPercent, describeMachine, whileBusy } = require('./machine');
const { OptionError, USAGE, parseOptions } = require('./options');
const { CONTENDER_TIMEOUT_MS } = require('./plan');
const { judge } = require('./report/aims');
const { drawChart } = require('./report/chart');
const { summarize } = require('./report/measures');
const { formatReport } = require('./report/table');

const CONTENDERS = { weft, chromium, node, webkit };
const BUILD = path.join(__dirname, '..', 'build');
/** More than this in use by others, and figures of the "idle machine" are not. */
const BACKGROUND_LIMIT_PERCENT = 10;

/** Runs one contender once: {condition, round, contender, measures, failed, ...}. */
async function runOnce(contender, condition, round, plan) {
    const background = await backgroundPercent();
    const from = performance.now();
    const work = () => contender.run(plan);
    let result;
    try {
        result = condition === 'busy' ? await whileBusy(CONTENDER_TIMEOUT_MS, work) : await work();
    } catch (error) {
        result = { measures: {}, failed: { measure: 'run', reason: error.message } };
    }
    const seconds = (performance.now() - from) / 1000;
    return {
        condition,
        round,
        contender: contender.name,
        seconds,
        backgroundPercent: background,
        ...result,
    };
}

/** The order of a round: each contender gets to be first. */
function rotated(names, round) {
    const shift = round % names.length;
    return [...names.slice(shift), ...names.slice(0, shift)];
}

function describeRun({ condition, round, contender, seconds, failed }, rounds) {
    const time = `${seconds.toFixed(1)} s`;
    const outcome = failed ? `failed in ${failed.measure}: ${failed.reason}` : time;
    return `${condition}, round ${round + 1} of ${rounds}, ${contender}: ${outcome}`;
}

/** All rounds of all conditions. A contender that failed is not tried again. */
async function runAll({ conditions, rounds, contenders, plan }) {
    const runs = [];
    const failed = new Set();
    for (const condition of conditions) {
        for (let round = 0; round < rounds; round++) {
            for (const name of rotated(contenders, round)) {
                if (failed.has(name))
                    continue;
                const run = await runOnce(CONTENDERS[name], condition, round, plan);
                runs.push(run);
                if (run.failed)
                    failed.add(name);
                process.stderr.write(`${describeRun(run, rounds)}\n`);
            }
        }
    }
    return runs;
}

async function describeContenders(names, runs) {
    const described = {};
    for (const name of names) {
        const { label, version } = CONTENDERS[name];
        const failure = runs.find((run) => run.contender === name && run.failed);
        described[name] = {
            label,
            version: await version().catch((error) => `unknown (${error.message.split('\n')[0]})`),
            failed: failure
                ? `${failure.condition}, round ${failure.round + 1}, ` +
                  `${failure.failed.measure}: ${failure.failed.reason}`
                : null,
        };
    }
    return described;
}

function warningsOf(runs, quick) {
    const warnings = [];
    const disturbed = runs.filter(
        (run) => run.condition === 'idle' && run.backgroundPercent > BACKGROUND_LIMIT_PERCENT);
    if (disturbed.length > 0) {
        const worst = Math.max(...disturbed.map((run) => run.backgroundPercent));
        warnings.push(`the machine was not idle before ${disturbed.length} of the "idle" runs ` +
            `(other programs used up to ${Math.round(worst)} % of its cores)`);
    }
    if (quick)
        warnings.push('a quick run: do not quote these figures');
    return warnings;
}

/** Writes build/bench.json and build/bench.svg; keeps what idle.js added earlier. */
function write(report) {
    fs.mkdirSync(BUILD, { recursive: true });
    const file = path.join(BUILD, 'bench.json');
    let idle;
    try {
        ({ idle } = JSON.parse(fs.readFileSync(file, 'utf8')));
    } catch {
        idle = undefined; /* no earlier report, or none that can be read */
    }
    fs.writeFileSync(file, `${JSON.stringify({ ...report, idle }, null, 2)}\n`);
    fs.writeFileSync(path.join(BUILD, 'bench.svg'), drawChart(report));
}

async function main() {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
        process.stdout.write(`${USAGE}\n`);
        return;
    }
    const environment = describeMachine();
    const runs = await runAll(options);
    const summary = summarize(runs);
    const report = {
        environment: { ...environment, node: process.version },
        options,
        contenders: await describeContenders(options.contenders, runs),
        warnings: warningsOf(runs, options.quick),
        aims: judge(summary),
        summary,
        runs,
    };
    write(report);
    process.stdout.write(`\n${formatReport(report)}\n\n`);
    process.stdout.write('Written: build/bench.json, build/bench.svg\n');
    process.exitCode = Object.values(report.contenders).some(({ failed }) => failed) ? 1 : 0;
}

main().catch((error) => {
    const text = error instanceof OptionError ? error.message : error.stack;
    process.stderr.write(`bench: ${text}\n`);
    process.exitCode = 1;
});
