// SPDX-License-Identifier: MIT
'use strict';

const calls = require('./calls');

const WARM_UP = 100;

/** Microseconds for a call: the mean, since a page's clock has steps of 1 ms. */
async function measureOne({ make, count, isAsync = false }) {
    const call = make();
    for (let i = 0; i < WARM_UP; i++) await call();
    const start = performance.now();
    if (isAsync) for (let i = 0; i < count; i++) await call();
    else for (let i = 0; i < count; i++) call();
    return ((performance.now() - start) / count) * 1000;
}

/** @returns {Promise<{name: string, round: number, us: number}[]>} */
module.exports = async function measure(rounds) {
    const results = [];
    for (let round = 0; round < rounds; round++) {
        for (const [name, call] of Object.entries(calls)) {
            results.push({ name, round, us: await measureOne(call) });
        }
    }
    return results;
};
