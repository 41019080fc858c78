// SPDX-License-Identifier: MIT
'use strict';

/*
 * Chromium's own Worker, headless, through playwright-core.
 *
 * Messages are measured in a page from a loopback server that makes it cross-origin isolated: only
 * then is the worker's clock fine enough (5 us instead of 100 us) to time single trips. Worker
 * start is measured in a page from file:, where scripts load without a server, as in Weft.
 */

const { execFile } = require('node:child_process');
const { rmSync } = require('node:fs');
const fs = require('node:fs/promises');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const { promisify } = require('node:util');

const {
    CONTENDER_TIMEOUT_MS,
    MESSAGE_MEASURES,
    SETTLE_MS,
    START_MEASURES,
} = require('../plan');

const EXECUTABLE = process.env.BENCH_CHROMIUM || '/usr/bin/chromium';
const PAGES = path.join(__dirname, '..', 'pages');
const FILE_URL = pathToFileURL(path.join(PAGES, 'index.html')).href;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };
const ISOLATION = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
};
const ARGS = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--allow-file-access-from-files',
    /* Chromium refuses to run as root with its sandbox. */
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
];

async function servePages() {
    const server = http.createServer(async (request, response) => {
        const name = path.basename(new URL(request.url, 'http://localhost').pathname);
        try {
            const body = await fs.readFile(path.join(PAGES, name));
            response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)], ...ISOLATION });
            response.end(body);
        } catch {
            response.writeHead(404).end();
        }
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return server;
}

async function runPage(context, url, plan) {
    const page = await context.newPage();
    await page.goto(url);
    await pause(SETTLE_MS);
    const result = await page.evaluate((given) => globalThis.weftBench.run(given), plan);
    await page.close();
    return result;
}

/** Starts in the first page, where nothing is warm yet; messages in the second. */
async function runPages(context, isolatedUrl, plan) {
    const among = (names) => {
        return { ...plan, measures: plan.measures.filter((name) => names.includes(name)) };
    };
    const starts = await runPage(context, FILE_URL, among(START_MEASURES));
    if (starts.failed)
        return starts;
    const messages = await runPage(context, isolatedUrl, among(MESSAGE_MEASURES));
    return { ...messages, measures: { ...starts.measures, ...messages.measures } };
}

async function withTimeLimit(promise, ms) {
    const abort = new AbortController();
    const late = pause(ms, null, { signal: abort.signal }).then(() => {
        throw new Error(`no result within ${ms / 1000} s`);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        abort.abort();
        late.catch(() => {}); /* aborted: nobody waits for it */
        promise.catch(() => {}); /* late: fails when its browser is closed */
    }
}

async function version() {
    const { stdout } = await promisify(execFile)(EXECUTABLE, ['--version']);
    return stdout.trim().replace(/ built on .*/, '');
}

/** @param {import('../plan').Plan} plan */
async function run(plan) {
    /* Required here: without it the other contenders still run. */
    const { chromium } = require('playwright-core');
    const profile = await fs.mkdtemp(path.join(os.tmpdir(), 'weft-bench-'));
    const removeProfile = () => rmSync(profile, { recursive: true, force: true });
    process.once('exit', removeProfile); /* when interrupted */
    const server = await servePages();
    let context;
    try {
        context = await chromium.launchPersistentContext(profile, {
            executablePath: EXECUTABLE,
            headless: true,
            args: ARGS,
        });
        const isolatedUrl = `http://127.0.0.1:${server.address().port}/index.html`;
        return await withTimeLimit(runPages(context, isolatedUrl, plan), CONTENDER_TIMEOUT_MS);
    } finally {
        await context?.close();
        server.close();
        removeProfile();
        process.off('exit', removeProfile);
    }
}

module.exports = { name: 'chromium', label: 'Chromium', version, run };
