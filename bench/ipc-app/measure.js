// SPDX-License-Identifier: MIT
'use strict';

const WARM_UP = 100;
const LARGE = 8 << 20;

const calls = {
    'invoke, small': { count: 3000, value: 1, call: (ipc, value) => ipc.invoke('echo', value) },
    sendSync: { count: 3000, value: 1, call: (ipc, value) => ipc.sendSync('echo', value) },
    'invoke, 8 MiB': {
        count: 20,
        value: new Uint8Array(LARGE),
        call: (ipc, value) => ipc.invoke('echo', value),
    },
};

/** Microseconds for a call: the mean, since a page's clock has steps of 1 ms. */
async function measureOne(ipc, { call, count, value }) {
    for (let i = 0; i < Math.min(WARM_UP, count); i++) await call(ipc, value);
    const start = performance.now();
    for (let i = 0; i < count; i++) await call(ipc, value);
    return ((performance.now() - start) / count) * 1000;
}

/** @returns {Promise<{name: string, round: number, us: number}[]>} */
module.exports = async function measure(ipc, rounds) {
    const results = [];
    for (let round = 0; round < rounds; round++) {
        for (const [name, call] of Object.entries(calls)) {
            results.push({ name, round, us: await measureOne(ipc, call) });
        }
    }
    return results;
};
