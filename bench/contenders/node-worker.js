// SPDX-License-Identifier: MIT
'use strict';

/* Gives a worker_threads worker the few names of a Web Worker that pages/worker.js uses. */

const { parentPort } = require('node:worker_threads');

globalThis.self = globalThis;
self.postMessage = (data, transferList) => parentPort.postMessage(data, transferList);
parentPort.on('message', (data) => self.onmessage({ data }));

require('../pages/worker.js');
