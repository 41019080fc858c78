// SPDX-License-Identifier: MIT
'use strict';

/* Child processes of the benchmark: each in a group of its own, ended by pid, never left behind. */

const { spawn } = require('node:child_process');
const { once } = require('node:events');

const { END_TIMEOUT_MS } = require('./plan');

/** How much of a failed child's stderr goes into the reason. */
const STDERR_LIMIT = 2000;

const running = new Set();

function signalGroup(child, signal) {
    try {
        process.kill(-child.pid, signal);
    } catch (error) {
        if (error.code !== 'ESRCH')
            throw error;
    }
}

/** Starts `file` in a process group of its own. */
function start(file, args, options = {}) {
    const child = spawn(file, args, { detached: true, ...options });
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.once('error', () => running.delete(child));
    return child;
}

/** SIGTERM to the child, then SIGKILL to what is left of its group; resolves when it is gone. */
async function end(child) {
    if (child.pid === undefined)
        return;
    if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), END_TIMEOUT_MS);
        child.kill('SIGTERM');
        await gone;
        clearTimeout(timer);
    }
    signalGroup(child, 'SIGKILL');
}

/**
 * Runs a program that prints one line of JSON (other lines are let through to stderr) and ends.
 * Rejects with a reason that names the exit code or the time limit.
 */
async function runForJson(file, args, { timeoutMs, ...options }) {
    const child = start(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let late = false;
    child.stdout.on('data', (data) => { stdout += data; });
    child.stderr.on('data', (data) => { stderr = (stderr + data).slice(-STDERR_LIMIT); });
    const timer = setTimeout(() => {
        late = true;
        end(child);
    }, timeoutMs);
    try {
        const [code, signal] = await once(child, 'close');
        const line = stdout.split('\n').findLast((text) => text.startsWith('{'));
        if (late)
            throw new Error(`no result within ${timeoutMs / 1000} s${quote(stderr)}`);
        if (code !== 0 || !line)
            throw new Error(`ended with ${signal ?? `exit code ${code}`}${quote(stderr)}`);
        return JSON.parse(line);
    } finally {
        clearTimeout(timer);
        await end(child);
    }
}

function quote(stderr) {
    return stderr.trim() ? `: ${stderr.trim()}` : '';
}

/* An interrupted benchmark takes its children with it. */
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
    process.once(signal, () => {
        for (const child of running)
            signalGroup(child, 'SIGKILL');
        process.exit(code);
    });
}

module.exports = { start, end, runForJson };
