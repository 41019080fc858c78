// SPDX-License-Identifier: MIT
'use strict';

/* Node's worker_threads: the main thread of a Node process stands in for the page. */

const path = require('node:path');

const { runForJson } = require('../child');
const { CONTENDER_TIMEOUT_MS } = require('../plan');

const MAIN = path.join(__dirname, 'node-main.js');

module.exports = {
    name: 'node',
    label: 'worker_threads',
    version: async () => `Node.js ${process.version}`,

    /** @param {import('../plan').Plan} plan */
    run: (plan) => {
        const args = [MAIN, JSON.stringify(plan)];
        return runForJson(process.execPath, args, { timeoutMs: CONTENDER_TIMEOUT_MS });
    },
};
