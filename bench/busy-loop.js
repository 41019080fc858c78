// SPDX-License-Identifier: MIT
'use strict';

/*
 * Keeps one core busy: `node busy-loop.js <ms>`.
 * Ends by itself at the limit, or when its parent is gone.
 */

const limit = Date.now() + Number(process.argv[2]);
const parent = process.ppid;

while (Date.now() < limit && process.ppid === parent) {
    for (let i = 0; i < 1e6; i++)
        Math.sqrt(i);
}
