'use strict';

/*
 * Workers of pages, and threads that they make, whose scripts lie in an archive.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');

const CONTENT = {
  'classic.js': `importScripts('imported.js', 'folder/imported.js');
    postMessage([location.pathname.endsWith('/app.asar/classic.js'), imported, inFolder,
      require('./sibling'), require('dep')]);`,
  'imported.js': `globalThis.imported = 'imported';`,
  'sibling.js': `module.exports = 'sibling';`,
  folder: { 'imported.js': `globalThis.inFolder = 'in a folder';` },
  'module.mjs': `import { text } from './text.mjs';
    import dep, { kind } from 'dep';
    import data from './data.json' with { type: 'json' };
    const { text: later } = await import('./later.mjs');
    postMessage([text, dep, kind, data.number, later, import.meta.filename.endsWith('.asar/module.mjs')]);`,
  'text.mjs': `export const text = 'text';`,
  'later.mjs': `export const text = 'later';`,
  'data.json': '{"number": 42}',
  'nested.js': `const inner = new Worker('folder/inner.js');
    inner.onmessage = ({ data }) => postMessage(['nested', data]);`,
  'threads.js': `const { Worker } = require('node:worker_threads');
    new Worker(__dirname + '/thread.js').on('message', (data) => postMessage([data]));`,
  'thread.js': `require('node:worker_threads').parentPort.postMessage(require('./sibling'));`,
  'hooks.js': `const { register } = require('node:module');
    process.removeAllListeners('warning'); // of register()
    register('./hooks.mjs', require('node:url').pathToFileURL(__filename));
    import('./text.mjs').then(({ text }) => postMessage([text]), (error) => postMessage([error.message]));`,
  'hooks.mjs': `export async function load(url, context, next) {
    const result = await next(url, context);
    return { ...result, source: String(result.source).replace("'text'", "'hooked'") };
  }`,
  'throws.js': `postMessage(['before']); throw new Error('thrown in an archive');`,
  node_modules: {
    dep: {
      'package.json': '{"exports":{"import":"./es.mjs","require":"./cjs.js"}}',
      'es.mjs': `export default 'dep'; export const kind = 'module';`,
      'cjs.js': `module.exports = 'dep';`,
    },
  },
};
CONTENT.folder['inner.js'] = `postMessage(require('../sibling'));`;

/** What each script posts first. @type {[string, object, unknown[]][]} */
const SCRIPTS = [
  ['classic.js', {}, [true, 'imported', 'in a folder', 'sibling', 'dep']],
  ['module.mjs', { type: 'module' }, ['text', 'dep', 'module', 42, 'later', true]],
  ['nested.js', {}, ['nested', 'sibling']],
  ['threads.js', {}, ['sibling']],
  ['hooks.js', {}, ['hooked']],
];

test('workers whose scripts lie in an archive', async (t) => {
  const lab = await startLab(t);
  const archive = path.join(lab.app.home, 'app.asar');
  packArchive(archive, CONTENT);
  const window = await lab.open();
  for (const [name, options, expected] of SCRIPTS) {
    await t.test(name, async () => {
      const start = async (url, how) => (await next(new Worker(url, how))).data;
      assert.deepEqual(await window.page(start, `file://${archive}/${name}`, options), expected);
    });
  }

  await t.test('that are not there are an error event', async () => {
    const failure = (url) =>
      new Promise((resolve) => {
        const worker = new Worker(url);
        worker.onerror = (event) => resolve(event.type);
        worker.onmessage = () => resolve('message');
      });
    assert.equal(await window.page(failure, `file://${archive}/gone.js`), 'error');
  });

  await t.test('that throw name the script in the archive', async () => {
    const failure = (url) =>
      new Promise((resolve) => {
        const worker = new Worker(url);
        worker.onerror = ({ message, filename }) => resolve({ message, filename });
      });
    const url = `file://${archive}/throws.js`;
    const { message, filename } = await window.page(failure, url);
    assert.match(message, /thrown in an archive/);
    assert.equal(filename, url);
  });
  await lab.close();
});
