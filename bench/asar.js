// SPDX-License-Identifier: MIT
'use strict';

/*
 * bench/asar.js - archives beside plain files, and beside @electron/asar
 *
 * Prints a table, and writes build/bench-asar.json. What is measured: bench/README.md.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const { makeBig, makeManyEntries, makeSmall, makeTree } = require('./asar/fixtures');
const { format, judge, summarize } = require('./asar/report');
const { runForJson } = require('./child');
const { BUILD, ROOT, WEFT, run } = require('./single');

const TOOL = path.join(ROOT, 'node_modules', '@electron', 'asar', 'bin', 'asar.mjs');
const CHILD = path.join(__dirname, 'asar', 'child.js');
const TIMEOUT_MS = 120_000;

/** Runs of each contender, in turn; the best counts. */
const ROUNDS = { small: 5, tree: 6, big: 5, disk: 2, entries: 3, packSmall: 6, packBig: 3 };

/** Which contenders there are; @electron/asar cannot make Node read archives. */
const READERS = {
    small: ['plain', 'weft', 'tool'],
    tree: ['plain', 'weft'],
    big: ['plain', 'weft', 'tool'],
    disk: ['plain', 'weft', 'tool'],
    entries: ['weft'],
};

/** What others have written is on the disk before something is measured. */
const settle = () => spawnSync('sync');

/** Takes files out of the kernel's memory, so that what is read next comes from the disk. */
function evict(place) {
    const files = fs.statSync(place).isDirectory()
        ? fs.readdirSync(place).map((name) => path.join(place, name)) : [place];
    for (const file of files)
        spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']);
}

async function read(measure, folder) {
    const results = [];
    for (let round = 0; round < ROUNDS[measure]; round++)
        for (const contender of READERS[measure]) {
            const place = contender === 'plain' ? folder : `${folder}.asar`;
            const args = [CHILD, contender, measure, place];
            if (measure === 'disk')
                evict(place);
            const times = await runForJson(process.execPath, args, { timeoutMs: TIMEOUT_MS });
            results.push({ measure, contender, round, ...times });
        }
    return results;
}

/** {ms, cpuMs} of a program, as the kernel has counted them: a child of ours adds them up. */
function runTimed(command) {
    const script = `
        const from = performance.now();
        const [file, ...args] = process.argv.slice(1);
        const { status } = require('node:child_process').spawnSync(file, args, { stdio: 'ignore' });
        const ms = performance.now() - from;
        const text = require('node:fs').readFileSync('/proc/self/stat', 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        console.log(JSON.stringify({ ms, cpuMs: (Number(fields[13]) + Number(fields[14])) * 10, status }));`;
    return runForJson(process.execPath, ['-e', script, ...command], { timeoutMs: TIMEOUT_MS });
}

/** Packs a folder and extracts the archive, both to names that are new. */
async function packAndExtract(measure, folder, scratch) {
    const contenders = { tool: [process.execPath, TOOL], weft: [WEFT, 'asar'] };
    const results = [];
    for (let round = 0; round < ROUNDS[measure]; round++)
        for (const [contender, command] of Object.entries(contenders)) {
            const out = path.join(scratch, `${measure}-${contender}-${round}`);
            settle();
            const pack = await runTimed([...command, 'pack', folder, `${out}.asar`]);
            settle();
            const extract = await runTimed([...command, 'extract', `${out}.asar`, out]);
            if (pack.status !== 0 || extract.status !== 0)
                throw new Error(`${contender} could not pack or extract ${folder}`);
            results.push({ measure, contender, round, pack, extract });
            fs.rmSync(`${out}.asar`);
            /* Small ones stay: ext4 avoids the places of files that were removed, at a price. */
            if (measure === 'packBig')
                fs.rmSync(out, { recursive: true });
        }
    return results;
}

async function makeFixtures(scratch) {
    const folders = ['small', 'tree', 'big'].map((name) => path.join(scratch, name));
    const [small, tree, big] = folders;
    makeSmall(small);
    makeTree(tree);
    makeBig(big);
    makeManyEntries(path.join(scratch, 'entries.asar'));
    for (const folder of folders)
        await runTimed([WEFT, 'asar', 'pack', folder, `${folder}.asar`]);
    settle();
}

async function measureAll(scratch) {
    const at = (name) => path.join(scratch, name);
    const results = [];
    for (const measure of Object.keys(READERS)) {
        process.stderr.write(`archives: reading, ${measure}\n`);
        results.push(...await read(measure, at(measure === 'disk' ? 'big' : measure)));
    }
    process.stderr.write('archives: packing and extracting\n');
    results.push(...await packAndExtract('packSmall', at('small'), scratch));
    results.push(...await packAndExtract('packBig', at('big'), scratch));
    return results;
}

async function measure() {
    const scratch = fs.mkdtempSync(path.join(BUILD, 'bench-asar-'));
    process.once('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
    await makeFixtures(scratch);
    return measureAll(scratch);
}

run('asar', { measure, summarize, judge, format });
