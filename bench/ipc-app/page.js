// SPDX-License-Identifier: MIT
'use strict';

/* One after the other: first the page, then its worker. */

const rounds = Number(new URLSearchParams(location.search).get('rounds'));
window.ipc.measure(rounds).then((page) => {
    const worker = new Worker('worker.js');
    worker.onmessage = ({ data }) => window.ipc.report(page, data);
    worker.onerror = ({ message }) => window.ipc.report(page, message);
    worker.postMessage(rounds);
});
