// SPDX-License-Identifier: MIT
'use strict';

const WORKERS = 4;

function startWorker() {
    return new Promise((resolve, reject) => {
        const worker = new Worker('worker.js');
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage('are you there?');
    });
}

globalThis.workersReady = Promise.all(Array.from({ length: WORKERS }, startWorker));
