// SPDX-License-Identifier: MIT
'use strict';

/*
 * What is measured, the same in a page and in Node: name -> { make, count }. make() returns the function that is
 * called so many times, or the promise of one.
 */

const fs = require('fs');
const { createHash } = require('crypto');
const { createServer } = require('net');
const { gunzipSync, gzipSync } = require('zlib');

const FILE = '/etc/hostname';

module.exports = {
    'fs.existsSync': { count: 5000, make: () => () => fs.existsSync('/etc') },
    'fs.statSync': { count: 5000, make: () => () => fs.statSync('/etc') },
    'fs.readFileSync, small': { count: 5000, make: () => () => fs.readFileSync(FILE, 'utf8') },
    'fs.readFileSync, no file': {
        count: 1000,
        make: () => () => {
            try {
                fs.readFileSync('/no/file');
            } catch {
                /* what is measured */
            }
        },
    },
    'fs.readSync into 64 KiB': {
        count: 1000,
        make() {
            const fd = fs.openSync('/dev/zero');
            const buffer = Buffer.alloc(65536);
            return () => fs.readSync(fd, buffer, 0, buffer.length);
        },
    },
    'crypto hash of three calls': {
        count: 1000,
        make: () => () => createHash('sha256').update('text').digest('hex'),
    },
    'zlib.gunzipSync of 64 KiB': {
        count: 500,
        make() {
            const packed = gzipSync(Buffer.alloc(65536));
            return () => gunzipSync(packed);
        },
    },
    'emit() that calls a listener': {
        count: 2000,
        make() {
            const server = createServer();
            server.on('x', () => {});
            return () => server.emit('x', 1);
        },
    },
    'fs.promises.stat, awaited': {
        count: 1000,
        isAsync: true,
        make: () => () => fs.promises.stat('/etc'),
    },
};
