// SPDX-License-Identifier: MIT
'use strict';

/* The CPU time of a process and all its descendants, from /proc. */

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');

/* Places in /proc/PID/stat after the name, which is in brackets (proc_pid_stat(5), minus 3). */
const STAT_PARENT = 1;
const STAT_USER_TICKS = 11;
const STAT_SYSTEM_TICKS = 12;
const STAT_START = 19;

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK']));

function readStat(pid) {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = text.lastIndexOf(')');
    const fields = text.slice(nameEnd + 2).split(' ');
    return {
        pid,
        name: text.slice(text.indexOf('(') + 1, nameEnd),
        parent: Number(fields[STAT_PARENT]),
        start: fields[STAT_START],
        cpuMs: (Number(fields[STAT_USER_TICKS]) + Number(fields[STAT_SYSTEM_TICKS])) * TICK_MS,
    };
}

function readAll() {
    const all = [];
    for (const name of fs.readdirSync('/proc')) {
        if (!/^\d+$/.test(name))
            continue;
        try {
            all.push(readStat(Number(name)));
        } catch (error) {
            if (error.code !== 'ENOENT' && error.code !== 'ESRCH')
                throw error; /* else it ended meanwhile */
        }
    }
    return all;
}

/** `root` and its descendants: [{pid, name, parent, start, cpuMs}]. */
function tree(root) {
    const all = readAll();
    const found = all.filter(({ pid }) => pid === root);
    for (const { pid } of found)
        found.push(...all.filter(({ parent }) => parent === pid));
    return found;
}

/**
 * What each process used between two trees: [{pid, name, cpuMs}]. A process that started between
 * counts from its start; of one that ended, `ended` is true and the last stretch is not known.
 */
function usedBetween(before, after) {
    const same = (a) => (b) => a.pid === b.pid && a.start === b.start;
    const alive = after.map((process) => {
        const from = before.find(same(process))?.cpuMs ?? 0;
        return { pid: process.pid, name: process.name, cpuMs: process.cpuMs - from, ended: false };
    });
    const ended = before.filter((process) => !after.some(same(process)));
    return [...alive, ...ended.map(({ pid, name }) => ({ pid, name, cpuMs: 0, ended: true }))];
}

module.exports = { tree, usedBetween };
