// SPDX-License-Identifier: MIT
'use strict';

/* How much is measured, and how long it may take. Plans go to pages/bench.js as JSON. */

/** @typedef {typeof FULL_PLAN} Plan */

/** Measures of worker start; a contender may take these from a page of their own. */
const START_MEASURES = ['startCold', 'start', 'startBackToBack'];
const MESSAGE_MEASURES = [
    'roundTrip',
    'wakeTrip',
    'rateToWorker',
    'rateToPage',
    'copy',
    'memcpy',
    'clones',
    'transferToWorker',
    'transferToPage',
    'transferThereAndBack',
    'transferAndRead',
];

const FULL_PLAN = {
    /** Names in pages/worker.js, in this order; startCold is the page's own. */
    measures: [...START_MEASURES, ...MESSAGE_MEASURES],
    warmupTrips: 5000,
    trips: 20000,
    wakeWarmupTrips: 500,
    wakeTrips: 5000,
    /** Trips in a sample where the worker's clock is too coarse for single ones. */
    batch: 200,
    warmupBurst: 20000,
    burst: 100000,
    /** Bursts are repeated until so much time has been measured. */
    minBurstMs: 500,
    copyMib: 8,
    transferMib: 64,
    repeats: 10,
    /** Between new 64 MiB buffers, so that the dropped ones can be collected. */
    memoryGapMs: 50,
    starts: 20,
    /** Between worker starts, as in an app; "back to back" has none. */
    startGapMs: 100,
    measureTimeoutMs: 60_000,
};

const QUICK_PLAN = {
    ...FULL_PLAN,
    warmupTrips: 1000,
    trips: 4000,
    wakeWarmupTrips: 100,
    wakeTrips: 1000,
    warmupBurst: 5000,
    burst: 20000,
    minBurstMs: 100,
    repeats: 3,
    starts: 5,
    measureTimeoutMs: 20_000,
};

const FULL_ROUNDS = 5;
const QUICK_ROUNDS = 1;

/** One contender, once: start, all measures, end. */
const CONTENDER_TIMEOUT_MS = 240_000;
/** After SIGTERM, before SIGKILL. */
const END_TIMEOUT_MS = 3000;
/** Between the start of a contender's process and its page, for its own start-up to calm down. */
const SETTLE_MS = 1000;

module.exports = {
    START_MEASURES,
    MESSAGE_MEASURES,
    FULL_PLAN,
    QUICK_PLAN,
    FULL_ROUNDS,
    QUICK_ROUNDS,
    CONTENDER_TIMEOUT_MS,
    END_TIMEOUT_MS,
    SETTLE_MS,
};
