// SPDX-License-Identifier: MIT
'use strict';

/* The command line of run.js. */

const { parseArgs } = require('node:util');

const { FULL_PLAN, FULL_ROUNDS, QUICK_PLAN, QUICK_ROUNDS } = require('./plan');

const USAGE = `usage: node bench/run.js [options]
  --only=NAME,...         weft, chromium, node, webkit (default: weft,chromium,node)
  --rounds=N              rounds in each condition (default: ${FULL_ROUNDS})
  --condition=idle|busy   only this condition (default: both)
  --measures=NAME,...     of bench/plan.js (default: all)
  --quick                 few repeats, one round: to see that it works, not to quote
  --help                  this text`;

const CONTENDERS = ['weft', 'chromium', 'node', 'webkit'];
const DEFAULT_CONTENDERS = ['weft', 'chromium', 'node'];
const CONDITIONS = ['idle', 'busy'];

const SPEC = {
    only: { type: 'string' },
    rounds: { type: 'string' },
    condition: { type: 'string' },
    measures: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
};

/** A command line that makes no sense; its message is for the user. */
class OptionError extends Error {}

function chosen(option, text, known, fallback) {
    if (text === undefined)
        return fallback;
    const names = text.split(',');
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined)
        throw new OptionError(`--${option}: unknown '${unknown}'; known are ${known.join(', ')}`);
    return known.filter((name) => names.includes(name));
}

function positive(option, text, fallback) {
    if (text === undefined)
        return fallback;
    if (!/^[1-9]\d{0,2}$/.test(text))
        throw new OptionError(`--${option}: '${text}' is not a number from 1 to 999`);
    return Number(text);
}

function parse(args) {
    try {
        return parseArgs({ args, options: SPEC }).values;
    } catch (error) {
        throw new OptionError(`${error.message}; see --help`);
    }
}

/** @param {string[]} args @throws {OptionError} */
function parseOptions(args) {
    const values = parse(args);
    const plan = values.quick ? QUICK_PLAN : FULL_PLAN;
    const measures = chosen('measures', values.measures, plan.measures, plan.measures);
    return {
        help: values.help,
        quick: values.quick,
        plan: { ...plan, measures },
        contenders: chosen('only', values.only, CONTENDERS, DEFAULT_CONTENDERS),
        conditions: chosen('condition', values.condition, CONDITIONS, CONDITIONS),
        rounds: positive('rounds', values.rounds, values.quick ? QUICK_ROUNDS : FULL_ROUNDS),
    };
}

module.exports = { USAGE, OptionError, parseOptions };
