'use strict';

/*
 * Electron's cases for archives: each in the main process, in a page's worker, and in a page with Node.
 */

const { test } = require('node:test');
const fs = require('node:fs');
const path = require('node:path');
const { writeArchives } = require('../support/asar');
const { startLab } = require('../support/lab');

const CASES = path.join(__dirname, '../support/asar-cases');
const FILES = fs.readdirSync(CASES).filter((name) => name !== 'forms.js');

/** Runs one case; the file is read where it runs. */
const RUN = `async (require, file, group, name, folder) => {
  await require(file)[group][name](folder);
  return 'passed';
}`;

const WORKER = `
  const run = ${RUN};
  onmessage = async ({ data }) => {
    try { postMessage({ value: await run(require, ...data) }); }
    catch (error) { postMessage({ error: error.stack }); }
  };`;

/** A page's import() is WebKit's: it knows addresses, and no packages. Electron's pages are the same. */
const NOT_IN_PAGES = [
  'modules in archives',
  'modules on their way',
  'original-fs, imported by names',
  // Node is in another process: it reads into buffers of its own, and a signal takes its time.
  'buffers that are not left alone while they are read into',
  'buffers that readFile is given',
  'many buffers that are filled at once',
  'memory that another thread writes to',
  'FileHandles of packed files between threads',
  'signals that abort what has begun',
];

/**
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {(...args: string[]) => Promise<any>} run
 * @param {string[]} [without] these groups
 */
async function runAll(t, folder, run, without = []) {
  for (const name of FILES) {
    const file = path.join(CASES, name);
    for (const [group, cases] of Object.entries(require(file))) {
      if (without.includes(group)) continue;
      await t.test(group, async (inGroup) => {
        for (const one of Object.keys(cases)) {
          await inGroup.test(one, () => run(file, group, one, folder));
        }
      });
    }
  }
}

test('archives', async (t) => {
  const lab = await startLab(t, { 'cases.js': WORKER });
  const folder = path.join(lab.app.home, 'archives');
  fs.mkdirSync(folder);
  writeArchives(folder);

  await t.test('in the main process', (inMain) =>
    runAll(inMain, folder, (...args) =>
      lab.main(
        (
          /** @type {any} */ { require },
          /** @type {string} */ source,
          /** @type {string[]} */ ...given
        ) => new Function(`return (${source})`)()(require, ...given),
        RUN,
        ...args,
      ),
    ),
  );

  await t.test('in a worker', async (inWorker) => {
    const window = await lab.open();
    await window.page(() => {
      /** @type {any} */ (globalThis).cases = new Worker('cases.js');
    });
    await runAll(inWorker, folder, async (...args) => {
      const { error } = await window.page(
        (/** @type {any[]} */ ...given) => {
          const { ask, cases } = /** @type {any} */ (globalThis);
          return ask(cases, given);
        },
        ...args,
      );
      if (error !== undefined) throw new Error(`in the worker: ${error}`);
    });
  });

  await t.test('in a page with Node', async (inPage) => {
    const window = await lab.open({ nodeIntegration: true, contextIsolation: false });
    const run = (/** @type {string[]} */ ...args) =>
      window.page(
        (/** @type {string} */ source, /** @type {any[]} */ ...given) =>
          new Function(`return (${source})`)()(require, ...given),
        RUN,
        ...args,
      );
    await runAll(inPage, folder, run, NOT_IN_PAGES);
  });
  await lab.close();
});
