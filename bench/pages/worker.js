// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/pages/worker.js - the worker's end of the benchmark, which drives it
 *
 * Runs unchanged as a Weft worker, a Chromium worker and, with an adapter, a worker_threads worker.
 * It holds the clock because a page's may be coarse (1 ms in WebKit). A trip is worker -> page ->
 * worker; in a ping-pong that is the same loop as page -> worker -> page.
 */

const MIB = 1024 * 1024;
const PAGE_BYTES = 4096;
/* A clock with larger steps cannot time single trips: batches of plan.batch are timed instead. */
const FINE_CLOCK_MS = 0.02;
const CLOCK_STEPS = 20;
const PERCENTILES = [1, 5, 25, 50, 75, 95, 99];

let receive = null;
self.onmessage = ({ data }) => receive(data);

const now = () => performance.now();
const next = () => new Promise((resolve) => { receive = resolve; });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Asks the page to take a role; resolves to the page's clock at that moment. */
function pageBecomes(role, options = {}) {
    self.postMessage({ control: 'role', role, ...options });
    return next();
}

/** The smallest step of this worker's clock, in ms. */
function clockStep() {
    let smallest = Infinity;
    let last = now();
    for (let seen = 0; seen < CLOCK_STEPS;) {
        const time = now();
        if (time === last)
            continue;
        smallest = Math.min(smallest, time - last);
        last = time;
        seen++;
    }
    return smallest;
}

/** Times `count` trips of a number in samples of `perSample` trips; resolves to the samples. */
function timeTrips(count, perSample) {
    return new Promise((resolve) => {
        const samples = new Float64Array(count / perSample);
        let sample = 0;
        let left = perSample;
        let from = now();
        receive = (value) => {
            if (--left === 0) {
                const time = now();
                samples[sample++] = time - from;
                if (sample === samples.length) {
                    resolve(samples);
                    return;
                }
                from = time;
                left = perSample;
            }
            self.postMessage(value);
        };
        self.postMessage(1);
    });
}

function describeTrips(samples, perSample) {
    const sorted = samples.map((ms) => ms * 1000 / perSample).sort();
    const at = (percent) => sorted[Math.floor((sorted.length - 1) * percent / 100)];
    const result = { min: sorted[0], max: sorted.at(-1) };
    for (const percent of PERCENTILES)
        result[`p${percent}`] = at(percent);
    result.mean = sorted.reduce((sum, us) => sum + us, 0) / sorted.length;
    return result;
}

async function roundTrip(plan) {
    const step = clockStep();
    const perSample = step <= FINE_CLOCK_MS ? 1 : plan.batch;
    await pageBecomes('echo');
    await timeTrips(plan.warmupTrips, plan.warmupTrips);
    const pageFrom = await pageBecomes('echo');
    const samples = await timeTrips(plan.trips, perSample);
    const pageTo = await pageBecomes('echo');
    return {
        unit: 'us',
        trips: plan.trips,
        tripsPerSample: perSample,
        workerClockStepUs: step * 1000,
        ...describeTrips(samples, perSample),
        /* The same trips by the page's clock, as a cross-check; one trip more is in it. */
        meanByPageClock: (pageTo - pageFrom) * 1000 / (plan.trips + 1),
    };
}

/** Repeats `burst(n)` until enough time has been measured; a rate in messages a second. */
async function rateOf(plan, burst) {
    await burst(plan.warmupBurst);
    const bursts = [];
    let total = 0;
    while (total < plan.minBurstMs) {
        const ms = await burst(plan.burst);
        bursts.push(ms);
        total += ms;
    }
    const rate = plan.burst * bursts.length * 1000 / total;
    return { messages: plan.burst, burstsMs: bursts, rate };
}

function rateToPage(plan) {
    return rateOf(plan, async (n) => {
        await pageBecomes('count', { n });
        const from = now();
        for (let i = 0; i < n; i++)
            self.postMessage(i);
        await next();
        return now() - from;
    });
}

function rateToWorker(plan) {
    return rateOf(plan, async (n) => {
        await pageBecomes('burst', { n });
        let left = n;
        const arrived = new Promise((resolve) => {
            receive = () => {
                if (--left === 0)
                    resolve();
            };
        });
        const from = now();
        self.postMessage(0);
        await arrived;
        return now() - from;
    });
}

/** Runs `once` 1 + `repeats` times; the first is kept apart, as cold. `gapMs` lets memory go. */
async function firstAndWarm(repeats, gapMs, once) {
    const times = [];
    for (let i = 0; i <= repeats; i++) {
        times.push(await once());
        if (gapMs > 0)
            await pause(gapMs);
    }
    return { first: times[0], warm: times.slice(1) };
}

function filledBuffer(bytes) {
    return new Uint8Array(bytes).fill(0x5a).buffer;
}

function readPages(buffer) {
    const bytes = new Uint8Array(buffer);
    let sum = 0;
    for (let i = 0; i < bytes.length; i += PAGE_BYTES)
        sum += bytes[i];
    return sum;
}

function checkBuffer(buffer, size) {
    if (buffer.byteLength !== size)
        throw new Error(`${buffer.byteLength} bytes arrived instead of ${size}`);
    if (new Uint8Array(buffer)[size - 1] !== 0x5a)
        throw new Error('the bytes that arrived are not those that were sent');
}

function transfer(buffer) {
    self.postMessage(buffer, [buffer]);
    if (buffer.byteLength !== 0)
        throw new Error('a transferred buffer was not detached');
}

/**
 * Wakes the page, which waits in shared memory, and waits there until it has answered; null where a
 * worker cannot share memory with its page.
 */
async function wakeTrip(plan) {
    const view = new Int32Array(new SharedArrayBuffer(8));
    try {
        await pageBecomes('wake', { view });
    } catch {
        return null;
    }
    const samples = new Float64Array(plan.wakeTrips);
    for (let i = -plan.wakeWarmupTrips; i < plan.wakeTrips; i++) {
        const seen = Atomics.load(view, 1);
        const from = now();
        Atomics.add(view, 0, 1);
        Atomics.notify(view, 0);
        while (Atomics.load(view, 1) === seen)
            Atomics.wait(view, 1, seen);
        if (i >= 0)
            samples[i] = now() - from;
    }
    return { unit: 'us', trips: plan.wakeTrips, ...describeTrips(samples, 1) };
}

async function copy(plan) {
    const size = plan.copyMib * MIB;
    const array = new Uint8Array(filledBuffer(size));
    await pageBecomes('echo');
    return firstAndWarm(plan.repeats, 0, async () => {
        const from = now();
        self.postMessage(array);
        const echo = await next();
        const ms = now() - from;
        checkBuffer(echo.buffer, size);
        return ms;
    });
}

/** What one warm copy of as many bytes costs here: the yardstick of the transfers. */
async function memcpy(plan) {
    const source = new Uint8Array(filledBuffer(plan.transferMib * MIB));
    const target = new Uint8Array(filledBuffer(plan.transferMib * MIB));
    return firstAndWarm(plan.repeats, 0, async () => {
        const from = now();
        target.set(source);
        return now() - from;
    });
}

/** Each time a new buffer that the page allocated and filled. */
async function transferToWorker(plan) {
    const bytes = plan.transferMib * MIB;
    return firstAndWarm(plan.repeats, plan.memoryGapMs, async () => {
        await pageBecomes('source', { bytes });
        const from = now();
        self.postMessage(0);
        const buffer = await next();
        const ms = now() - from;
        checkBuffer(buffer, bytes);
        return ms;
    });
}

/** Each time a new buffer that the worker allocated and filled. */
async function transferToPage(plan) {
    const bytes = plan.transferMib * MIB;
    await pageBecomes('sink');
    return firstAndWarm(plan.repeats, plan.memoryGapMs, async () => {
        const buffer = filledBuffer(bytes);
        const from = now();
        transfer(buffer);
        const size = await next();
        const ms = now() - from;
        if (size !== bytes)
            throw new Error(`${size} bytes arrived in the page instead of ${bytes}`);
        return ms;
    });
}

/** The same buffer again and again; with `read` both ends read a byte of each page of it. */
async function transferThereAndBack(plan, role, read) {
    const bytes = plan.transferMib * MIB;
    let buffer = filledBuffer(bytes);
    await pageBecomes(role);
    const result = await firstAndWarm(plan.repeats, 0, async () => {
        const from = now();
        transfer(buffer);
        buffer = await next();
        if (read)
            readPages(buffer);
        return now() - from;
    });
    checkBuffer(buffer, bytes);
    return result;
}

/* What is cloned: [name, value, messages in one go]. */
const payloads = [
    ['small', { id: 17, method: 'readFile', args: ['/etc/hostname', 'utf8', { flag: 'r' }] }, 20000],
    ['text', 'The quick brown fox jumps over the lazy dog. '.repeat(2276), 200],
    ['rows', Array.from({ length: 10000 }, (_, i) => ({ id: i, name: `name ${i}`, ok: i % 2 === 0, v: i / 3 })), 10],
    ['bytes', new Float64Array(MIB / 8).fill(0.5), 40],
];

/** Milliseconds for each message of a burst in which the page takes this role. */
async function perMessage(role, value, n, send) {
    const once = async () => {
        await pageBecomes(role, { value, n });
        const from = now();
        await send();
        return (now() - from) / n;
    };
    await once();
    const times = [await once(), await once(), await once()];
    return times.sort((a, b) => a - b)[1];
}

/** Posts from the page; the last one counts. */
function receiveFrom(n) {
    let left = n;
    const arrived = new Promise((resolve) => {
        receive = () => {
            if (--left === 0)
                resolve();
        };
    });
    self.postMessage(0);
    return arrived;
}

function postAll(value, n) {
    for (let i = 0; i < n; i++)
        self.postMessage(value);
    return next();
}

/** A round of structuredClone() in the page; the one message there and one back don't count much. */
function cloneInPage() {
    self.postMessage(0);
    return next();
}

function cloneHere(value, n) {
    for (let i = 0; i < n; i++)
        structuredClone(value);
}

/** The cost of structured clones of a few kinds of values: posted, and by structuredClone() at both ends. */
async function clones() {
    const results = {};
    for (const [name, value, n] of payloads) {
        results[name] = {
            toWorker: await perMessage('post', value, n, () => receiveFrom(n)),
            toPage: await perMessage('count', value, n, () => postAll(value, n)),
            pageClone: await perMessage('clone', value, n, cloneInPage),
            workerClone: await perMessage('clone', value, n, async () => cloneHere(value, n)),
        };
    }
    return results;
}

async function startWorkers(plan, gapMs) {
    await pageBecomes('start', { script: 'starter.js' });
    return firstAndWarm(plan.starts, gapMs, async () => {
        const from = now();
        self.postMessage(0);
        await next();
        return now() - from;
    });
}

const measures = {
    roundTrip,
    wakeTrip,
    rateToWorker,
    rateToPage,
    copy,
    memcpy,
    clones,
    transferToWorker,
    transferToPage,
    transferThereAndBack: (plan) => transferThereAndBack(plan, 'pass', false),
    transferAndRead: (plan) => transferThereAndBack(plan, 'readAndPass', true),
    start: (plan) => startWorkers(plan, plan.startGapMs),
    startBackToBack: (plan) => startWorkers(plan, 0),
};

/** Rejects when a measure takes longer than the plan allows, so that the others are not lost. */
function withTimeout(promise, ms) {
    let timer;
    const late = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no result within ${ms / 1000} s`)), ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* The first message is the plan. A failure ends the run: late messages would spoil what follows. */
receive = async (plan) => {
    self.postMessage({ control: 'about', node: globalThis.process?.versions?.node ?? null });
    for (const name of plan.measures.filter((known) => known in measures)) {
        try {
            const value = await withTimeout(measures[name](plan), plan.measureTimeoutMs);
            self.postMessage({ control: 'measured', name, value });
        } catch (error) {
            self.postMessage({ control: 'end', failed: { measure: name, reason: String(error) } });
            return;
        }
    }
    self.postMessage({ control: 'end' });
};
