// SPDX-License-Identifier: MIT
'use strict';

/* What main.js calls: workers that wait, and workers that load. */

const workers = [];

function ask(worker, message) {
    return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(message);
    });
}

/** Starts `count` workers. Resolves with the id of their process. */
globalThis.startWorkers = async (count) => {
    for (let i = 0; i < count; i++)
        workers.push(new Worker('worker.js'));
    const ids = await Promise.all(workers.map((worker) => ask(worker, null)));
    return ids[0];
};

/** Loads `file` in the workers from..to, one after the other. */
globalThis.loadIn = async (from, to, file) => {
    const loads = [];
    for (const worker of workers.slice(from, to))
        loads.push(await ask(worker, file));
    return loads;
};
