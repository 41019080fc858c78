// SPDX-License-Identifier: MIT
'use strict';

/* What bench/asar.js reads and packs: made anew in each run, the same bytes each time. */

const fs = require('node:fs');
const path = require('node:path');

const SMALL_FILES = 10_000;
const SMALL_FOLDERS = 200;
const PACKAGES = 400;
const SCRIPTS = 5;
const BIG_FILES = 8;
const BIG_MIB = 128;
const ENTRIES = 200_000;

const MIB = 2 ** 20;

/** xorshift32: bytes that repeat nowhere near. */
function fill(words, seed) {
    let state = seed;
    for (let i = 0; i < words.length; i++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        words[i] = state;
    }
}

/** 10,000 files of 100 bytes to 8 KB in 200 folders. */
function makeSmall(root) {
    const words = new Uint32Array(2048);
    for (let i = 0; i < SMALL_FILES; i++) {
        const folder = path.join(root, `folder-${i % SMALL_FOLDERS}`);
        fs.mkdirSync(folder, { recursive: true });
        fill(words, i + 1);
        const size = 100 + (words[0] % 8000);
        fs.writeFileSync(path.join(folder, `file-${i}.txt`), Buffer.from(words.buffer, 0, size));
    }
}

/** 400 packages that need each other, of five scripts each. */
function makeTree(root) {
    for (let i = 0; i < PACKAGES; i++) {
        const folder = path.join(root, 'node_modules', `package-${i}`);
        fs.mkdirSync(path.join(folder, 'lib'), { recursive: true });
        const main = i % 2 ? { main: 'lib/index.js' } : { exports: { '.': './lib/index.js' } };
        const description = { name: `package-${i}`, version: '1.0.0', ...main };
        fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(description));
        const needed = [2 * i + 1, 2 * i + 2].filter((k) => k < PACKAGES).map((k) => `package-${k}`);
        for (let k = 1; k < SCRIPTS; k++) {
            const text = `'use strict';\n${'function f() { return 1; }\n'.repeat(40)}exports.f = f;\n`;
            fs.writeFileSync(path.join(folder, 'lib', `part-${k}.js`), text);
            needed.push(`./part-${k}`);
        }
        const lines = needed.map((name) => `require('${name}');\n`);
        fs.writeFileSync(path.join(folder, 'lib', 'index.js'), lines.join(''));
    }
    fs.writeFileSync(path.join(root, 'index.js'), `require('package-0');\n`);
}

/** 1 GiB in eight files. */
function makeBig(root) {
    fs.mkdirSync(root, { recursive: true });
    const words = new Uint32Array(MIB / 4);
    for (let i = 0; i < BIG_FILES; i++) {
        const fd = fs.openSync(path.join(root, `file-${i}`), 'w');
        for (let k = 0; k < BIG_MIB; k++) {
            if (k % 16 === 0)
                fill(words, 1 + i * BIG_MIB + k);
            words[0] = k;
            fs.writeSync(fd, words);
        }
        fs.closeSync(fd);
    }
}

/** An archive of 200,000 entries with hashes, which all have the same byte. */
function makeManyEntries(file) {
    const hash = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
    const integrity = { algorithm: 'SHA256', hash, blockSize: 4 * MIB, blocks: [hash] };
    const files = {};
    for (let i = 0; i < ENTRIES; i++) {
        const folder = (files[`folder-${i % 500}`] ??= { files: {} });
        folder.files[`file-${i}`] = { size: 1, offset: '0', integrity };
    }
    const json = Buffer.from(JSON.stringify({ files }));
    const padded = Math.ceil(json.length / 4) * 4;
    const start = Buffer.from(new Uint32Array([4, padded + 8, padded + 4, json.length]).buffer);
    fs.writeFileSync(file, Buffer.concat([start, json, Buffer.alloc(padded - json.length + 1, 'a')]));
}

module.exports = { ENTRIES, makeBig, makeManyEntries, makeSmall, makeTree };
