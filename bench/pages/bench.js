// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/pages/bench.js - the page's end of the benchmark
 *
 * Plain Web Worker code: the same file runs in a Weft window, in Chromium and, with the adapter in
 * bench/contenders, on the main thread of a Node process. The worker (worker.js) drives and holds
 * the clock; the page takes the role that the worker asks for and otherwise only answers, so the
 * path of a measured message is one handler call and one postMessage().
 */
(function () {
    const PAGE_BYTES = 4096;

    /** A buffer of `bytes` whose every page has been written, so that none is still unbacked. */
    function filledBuffer(bytes) {
        return new Uint8Array(bytes).fill(0x5a).buffer;
    }

    /** Reads one byte of each page: what a receiver pays who uses what it got. */
    function readPages(buffer) {
        const bytes = new Uint8Array(buffer);
        let sum = 0;
        for (let i = 0; i < bytes.length; i += PAGE_BYTES)
            sum += bytes[i];
        return sum;
    }

    function transfer(port, buffer) {
        port.postMessage(buffer, [buffer]);
        if (buffer.byteLength !== 0)
            throw new Error('a transferred buffer was not detached');
    }

    /** Starts a worker and calls `started` with its first message, then ends the worker. */
    function startOnce(startWorker, script, started, failed) {
        const worker = startWorker(script);
        worker.onmessage = () => {
            started();
            worker.terminate();
        };
        worker.onerror = (event) => failed(describe(event));
    }

    function describe(event) {
        return event?.message || event?.error?.message || 'error event without a message';
    }

    /** Answers each change of the first word with one of the second, for as long as the page lives. */
    async function answerWakes(view) {
        for (let seen = Atomics.load(view, 0);; seen++) {
            const wait = Atomics.waitAsync(view, 0, seen);
            if (wait.async)
                await wait.value;
            Atomics.add(view, 1, 1);
            Atomics.notify(view, 1);
        }
    }

    /* Each role makes the handler of the messages that follow. */
    const roles = {
        echo: ({ port }) => (data) => port.postMessage(data),
        wake: ({ view }) => {
            answerWakes(view);
            return () => {};
        },
        count: ({ port, n }) => {
            let left = n;
            return () => {
                if (--left === 0)
                    port.postMessage(0);
            };
        },
        burst: ({ port, n }) => () => {
            for (let i = 0; i < n; i++)
                port.postMessage(i);
        },
        post: ({ port, value, n }) => () => {
            for (let i = 0; i < n; i++)
                port.postMessage(value);
        },
        clone: ({ port, value, n }) => () => {
            for (let i = 0; i < n; i++)
                structuredClone(value);
            port.postMessage(0);
        },
        pass: ({ port }) => (buffer) => transfer(port, buffer),
        readAndPass: ({ port }) => (buffer) => {
            readPages(buffer);
            transfer(port, buffer);
        },
        sink: ({ port }) => (buffer) => port.postMessage(buffer.byteLength),
        source: ({ port, bytes }) => {
            const buffer = filledBuffer(bytes);
            return () => transfer(port, buffer);
        },
        start: ({ port, script, startWorker, failed }) => () =>
            startOnce(startWorker, script, () => port.postMessage(0), failed),
    };

    function coldStart(startWorker) {
        return new Promise((resolve, reject) => {
            const from = performance.now();
            const failed = (message) => reject(new Error(message));
            startOnce(startWorker, 'starter.js', () => resolve(performance.now() - from), failed);
        });
    }

    /**
     * Runs the driver worker and collects what it measures: {workerNode, measures, failed}, the
     * first being the worker's version of Node, or null in a worker without Node.
     */
    function drive(plan, startWorker, measures) {
        return new Promise((resolve) => {
            const driver = startWorker('worker.js');
            let handler = null;
            let workerNode = null;

            function end(failed) {
                driver.terminate();
                resolve({ workerNode, measures, failed: failed ?? null });
            }
            const failed = (reason) => end({ measure: 'page', reason });

            function control(message) {
                if (message.control === 'role') {
                    const context = { port: driver, startWorker, failed };
                    handler = roles[message.role]({ ...message, ...context });
                    driver.postMessage(performance.now());
                } else if (message.control === 'measured') {
                    measures[message.name] = message.value;
                } else if (message.control === 'about') {
                    workerNode = message.node;
                } else {
                    end(message.failed);
                }
            }

            driver.onerror = (event) => end({ measure: 'worker', reason: describe(event) });
            driver.onmessage = ({ data }) => {
                try {
                    if (typeof data === 'object' && data.control)
                        control(data);
                    else
                        handler(data);
                } catch (error) {
                    failed(String(error));
                }
            };
            driver.postMessage(plan);
        });
    }

    /**
     * Runs every measure of `plan` (bench/plan.js). `startWorker(script)` makes a Worker; without
     * it the realm's own is used. Times are in ms. Never rejects: a failure is part of the result.
     */
    async function run(plan, startWorker = (script) => new Worker(script)) {
        const measures = {};
        try {
            if (plan.measures.includes('startCold'))
                measures.startCold = { first: await coldStart(startWorker) };
        } catch (error) {
            const failed = { measure: 'startCold', reason: error.message };
            return { workerNode: null, measures, failed };
        }
        return drive(plan, startWorker, measures);
    }

    globalThis.weftBench = { run };
})();
