// SPDX-License-Identifier: MIT
'use strict';

/* pages/starter.js for worker_threads, without an adapter that would cost time to load. */
require('node:worker_threads').parentPort.postMessage(0);
