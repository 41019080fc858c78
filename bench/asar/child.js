// SPDX-License-Identifier: MIT
'use strict';

/*
 * One contender, once: reads what a kind of measure asks for, and prints what it took as JSON.
 *
 *   child.js plain|weft|tool <measure> <folder, or archive>
 */

const path = require('node:path');

const [contender, measure, root] = process.argv.slice(2);

const INSTALL = path.join(__dirname, '..', '..', 'lib', 'asar', 'install');
const PART = 64 * 1024;
const LOOKUPS = 100_000;

if (contender === 'weft')
    require(INSTALL).install();
const fs = require('node:fs');

/** {ms, cpuMs} of all threads of this process. */
function time(work) {
    const cpu = process.cpuUsage();
    const from = performance.now();
    work();
    const ms = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    return { ms, cpuMs: (user + system) / 1000 };
}

function filesOf(folder) {
    const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name));
}

/** The best of so many; the first time is one of its own. */
const AGAIN = 3;

/** Reads whole files, the first time and again. */
function readWhole(files, read) {
    const work = () => {
        for (const file of files)
            read(file);
    };
    const first = time(work);
    const later = Array.from({ length: AGAIN }, () => time(work));
    const least = (name) => Math.min(...later.map((it) => it[name]));
    return { first, again: { ms: least('ms'), cpuMs: least('cpuMs') } };
}

function readInParts(file, part) {
    const fd = fs.openSync(file);
    while (fs.readSync(fd, part, 0, part.length, null) > 0)
        continue;
    fs.closeSync(fd);
}

const { extractFile, listPackage, statFile } =
    contender === 'tool' ? require('@electron/asar') : {};

/** Its whole interface for reading: one call for each file, to a buffer. */
function readByTool() {
    const names = listPackage(root, {}).map((name) => name.slice(1));
    const files = names.filter((name) => !('files' in statFile(root, name)));
    return readWhole(files, (name) => extractFile(root, name));
}

/** The archive is opened by the first look at what is in it. */
function lookUp() {
    const first = path.join(root, 'folder-0', 'file-0');
    const open = time(() => fs.statSync(first));
    const { find } = require('../../lib/asar/binding');
    const paths = Array.from({ length: 1000 }, (_, i) =>
        path.join(root, `folder-${i % 500}`, `file-${i}`));
    find(first, true);
    const all = time(() => {
        for (let i = 0; i < LOOKUPS; i++)
            find(paths[i % paths.length], true);
    });
    return { first: open, again: { ms: all.ms / LOOKUPS, cpuMs: all.cpuMs / LOOKUPS } };
}

function readBig() {
    const part = Buffer.alloc(PART);
    return readWhole(filesOf(root), (file) => readInParts(file, part));
}

const MEASURES = {
    small: () => readWhole(filesOf(root), (file) => fs.readFileSync(file)),
    tree: () => {
        const first = time(() => require(path.join(root, 'index.js')));
        return { first, again: first };
    },
    big: readBig,
    disk: readBig,
    entries: lookUp,
};

const result = contender === 'tool' ? readByTool() : MEASURES[measure]();
process.stdout.write(`${JSON.stringify(result)}\n`);
