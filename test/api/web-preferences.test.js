// @ts-check
'use strict';

/*
 * Who has Node: all options that decide it, with all their values, in all places of a page, wherever it
 * comes from. What is expected stands in `expected`, in the words of Electron's documentation and of
 * docs/api/web-preferences.md, and is not taken from Weft's code.
 *
 * Files and remote pages have all combinations of all options; the others, which are as good as files, have
 * those that differ in what they give. With `UPDATE_DOCS=1` all have all, and the table of the documentation
 * is what was found.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');
const { readPart, writePart } = require('../support/page-part');
const { FILES, askPage } = require('../support/preferences/app');
const { formatTable, product } = require('../support/preferences/table');
const { serveApp } = require('../support/serve-app');

const PAGE = path.resolve(__dirname, '../../docs/api/web-preferences.md');

/** For what is found. */
/** @type {Record<string, string>} */
const WORDS = { node: '**Node**', web: 'the web', limited: 'a limited `require`', none: 'nothing' };

/** Of the places of the table. */
const TITLES = {
  page: 'a page',
  preload: 'a page’s preload script',
  worker: 'a page’s workers',
  nested: 'workers of those',
  frame: 'a subframe',
  framePreload: 'a subframe’s preload script',
  frameWorker: 'a subframe’s workers',
  frameNested: 'workers of those',
  child: 'a window that it opens, asking for all',
  childWorker: 'workers of that',
  shared: 'a SharedWorker',
  service: 'a ServiceWorker, where WebKit has one',
};

const IS_WHOLE = Boolean(process.env.UPDATE_DOCS);
const TIMEOUT_MS = IS_WHOLE ? 1_200_000 : 240_000;

/** Windows that are open at a time. */
const WINDOWS = 4;

const NO_YES = [false, true];
const OPTIONS = {
  nodeIntegration: NO_YES,
  nodeIntegrationInWorker: NO_YES,
  nodeIntegrationInSubFrames: NO_YES,
  sandbox: [undefined, true, false],
  contextIsolation: [true, false],
};

/** Where pages come from, and whether they are the app's own. */
const ORIGINS = { file: true, 'app:': true, loopback: true, 'in nodeOrigins': true, remote: false };

/** @typedef {keyof typeof ORIGINS} Origin */
const ALL_ORIGINS = /** @type {Origin[]} */ (Object.keys(ORIGINS));

/** @typedef {{ nodeIntegration: boolean, nodeIntegrationInWorker: boolean,
 *   nodeIntegrationInSubFrames: boolean, sandbox?: boolean, contextIsolation: boolean }} Options */

/**
 * @param {Options} options
 * @param {Origin} origin
 * @param {boolean} isAppSandboxed by app.enableSandbox() or --enable-sandbox
 */
function expected(options, origin, isAppSandboxed) {
  const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames } = options;
  const isSandboxed =
    isAppSandboxed || (options.sandbox ?? !(nodeIntegration || nodeIntegrationInWorker));
  const mayHaveNode = !isSandboxed && ORIGINS[origin];
  const either = (/** @type {boolean} */ has) => (has && mayHaveNode ? 'node' : 'web');
  const page = either(nodeIntegration && !options.contextIsolation);
  const worker = either(nodeIntegrationInWorker);
  const preload = mayHaveNode ? 'node' : 'limited';
  const inFrame = (/** @type {string} */ what, none = 'web') =>
    nodeIntegrationInSubFrames ? what : none;
  return {
    ...{ page, preload, worker, nested: worker },
    frame: inFrame(page),
    framePreload: inFrame(preload, 'none'),
    frameWorker: inFrame(worker),
    frameNested: inFrame(worker),
    shared: 'web',
    service: /^(file|app:)$/.test(origin) ? 'none' : 'web',
    // It asks for all that a page may ask for: `nodeIntegration=yes,contextIsolation=no`. What its opener
    // has not it can't get, and what it can't ask for, only the app's handler could give.
    child: origin === 'in nodeOrigins' ? 'web' : page,
    childWorker: 'web',
  };
}

const inWords = (/** @type {object} */ options) =>
  Object.entries(options)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');

/** Where the pages of each origin are. @returns {Promise<Record<Origin, string>>} */
async function findAddresses(/** @type {any} */ lab) {
  const folder = await lab.main((/** @type {any} */ { app }) => app.getAppPath());
  return {
    file: `file://${folder}/page.html`,
    'app:': 'app://lab/page.html',
    loopback: `${await lab.main(serveApp, '127.0.0.1')}page.html`,
    'in nodeOrigins': `${await lab.main(serveApp, '127.0.0.4')}page.html`,
    remote: `${await lab.main(serveApp, '127.0.0.3')}page.html`,
  };
}

/** @typedef {import('../support/preferences/table').Row} Row */

/** @type {Row[]} */
const rows = [];

/**
 * One window with these options goes to one address after the other.
 * @param {any} lab @param {Record<string, string>} addresses @param {Case} one
 */
async function checkWindow(lab, addresses, { options, origins, isAppSandboxed }) {
  const folder = await lab.main((/** @type {any} */ { app }) => app.getAppPath());
  const nodeOrigins = [new URL(addresses['in nodeOrigins']).origin];
  const win = await lab.open({ ...options, nodeOrigins, preload: `${folder}/preload.js` }, null);
  const wrong = [];
  for (const origin of origins) {
    const found = await win.main(askPage, addresses[origin]);
    for (const [place, what] of Object.entries(expected(options, origin, isAppSandboxed))) {
      if (found[place] !== what) wrong.push(`${origin}, ${place}: ${found[place]}, not ${what}`);
    }
    rows.push(makeRow(options, origin, isAppSandboxed, found));
  }
  await win.main((/** @type {any} */ { BrowserWindow }, /** @type {number} */ id) =>
    BrowserWindow.fromId(id).destroy(),
  );
  assert.deepEqual(wrong, []);
}

/** @typedef {{ options: Options, origins: Origin[], isAppSandboxed: boolean }} Case */

/** @param {boolean} isAppSandboxed @returns {Case[]} */
function makeCases(isAppSandboxed) {
  return product(OPTIONS).flatMap((options) => {
    const { contextIsolation, nodeIntegrationInSubFrames, sandbox } = options;
    const isOpen = !contextIsolation && nodeIntegrationInSubFrames;
    if (IS_WHOLE || (isOpen && !isAppSandboxed))
      return { options, origins: ALL_ORIGINS, isAppSandboxed };
    if (isAppSandboxed && (!isOpen || sandbox === true)) return [];
    return { options, origins: ['file', 'remote'], isAppSandboxed };
  });
}

const checkAll = (/** @type {string} */ name, isAppSandboxed = false, how = {}) =>
  test(name, { concurrency: WINDOWS }, async (t) => {
    const lab = await startLab(t, FILES, { timeout: TIMEOUT_MS, ...how });
    const addresses = await findAddresses(lab);
    const check = (/** @type {Case} */ one) =>
      t.test(inWords(one.options), () => checkWindow(lab, addresses, one));
    await Promise.all(makeCases(isAppSandboxed).map(check));
    lab.main((/** @type {any} */ { app }) => app.exit(0)).catch(() => {});
    await lab.expectEnd(); // with a warning of each remote page that would have had Node
  });

/**
 * @param {Options} options @param {Origin} origin @param {boolean} isAppSandboxed
 * @param {Record<string, string>} found
 */
function makeRow(options, origin, isAppSandboxed, found) {
  const given = { ...options, 'app sandbox': isAppSandboxed, 'comes from': origin };
  const words = Object.entries(given).map(([name, value]) => [name, inWord(value)]);
  // Where WebKit has no ServiceWorker, none has Node.
  const service = found.service === 'none' ? 'web' : found.service;
  const result = Object.entries({ ...found, service }).map(([place, what]) => [
    place,
    WORDS[what] ?? what,
  ]);
  return { given: Object.fromEntries(words), found: Object.fromEntries(result) };
}

const inWord = (/** @type {any} */ value) => String(value ?? 'not given');

/**
 * In the order of their combinations, not in that of their ends.
 * @param {Row[]} all @param {Record<string, string[]>} axes
 */
function sorted(all, axes) {
  const rank = (/** @type {Row} */ { given }) =>
    Object.entries(axes).reduce((sum, [name, values]) => sum * 8 + values.indexOf(given[name]), 0);
  return all.toSorted((one, other) => rank(one) - rank(other));
}

/** All rows that are expected. */
const expectedRows = () =>
  NO_YES.flatMap((isAppSandboxed) =>
    product(OPTIONS).flatMap((options) =>
      ALL_ORIGINS.map((origin) =>
        makeRow(options, origin, isAppSandboxed, expected(options, origin, isAppSandboxed)),
      ),
    ),
  );

checkAll('options');

checkAll('options, and --enable-sandbox', true, { options: ['--enable-sandbox'] });

test('the table of the documentation says what was found', () => {
  const values = { ...OPTIONS, 'app sandbox': NO_YES, 'comes from': ALL_ORIGINS };
  const axes = Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, all.map(inWord)]),
  );
  const table = formatTable(sorted(IS_WHOLE ? rows : expectedRows(), axes), axes, TITLES);
  if (IS_WHOLE) writePart(PAGE, 'table', table);
  assert.equal(readPart(PAGE, 'table'), table);
});
