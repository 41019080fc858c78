'use strict';

/*
 * Archives that are damaged, or made to do harm: each is a clear error, in the main process and in a
 * worker, and nothing hangs.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { runApp } = require('../support/app');
const { packArchive } = require('../support/asar');
const { startLab, NODE_IN_WORKER } = require('../support/lab');

/** @param {string | object} header @param {{ size?: number, data?: string }} [how] what the pickle says */
function archiveOf(header, { size, data = 'data' } = {}) {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const padded = Math.ceil(json.length / 4) * 4;
  const start = Buffer.alloc(16 + padded);
  const numbers = [4, size ?? padded + 8, size ?? padded + 4, size ?? json.length];
  numbers.forEach((number, i) => start.writeUInt32LE(number, i * 4));
  json.copy(start, 16);
  return Buffer.concat([start, Buffer.from(data)]);
}

const file = (facts) => archiveOf({ files: { x: { size: 4, offset: '0', ...facts } } });

/** @type {Record<string, [Buffer, RegExp]>} what reading its file x says */
const DAMAGED = {
  'nothing at all': [Buffer.alloc(0), /Invalid package .*: /],
  'half a number': [Buffer.from([4, 0]), /Invalid package .*: /],
  text: [Buffer.from('this is no archive, but some text'), /Invalid package .*: /],
  'a header that is said to be huge': [
    archiveOf('{}', { size: 0xffffffff }),
    /Invalid package .*: /,
  ],
  'a header that ends too early': [
    archiveOf({ files: {} }).subarray(0, 20),
    /Invalid package .*: /,
  ],
  'a header that is no JSON': [archiveOf('{"files":'), /Invalid package .*: /],
  'a header without files': [archiveOf('{}'), /Invalid package .*: /],
  'a header that is a list': [archiveOf('[]'), /Invalid package .*: /],
  'folders a million deep': [
    archiveOf('{"files":{"a":'.repeat(1e6) + '{}' + '}}'.repeat(1e6)),
    /Invalid package .*: /,
  ],
  'a size below zero': [file({ size: -1 }), /Invalid package .*: /],
  'a size that is no number': [file({ size: 'x' }), /Invalid package .*: /],
  'an offset with a letter': [file({ offset: '1x' }), /Invalid package .*: /],
  'an offset below zero': [file({ offset: '-1' }), /Invalid package .*: /],
  'an offset that no number holds': [file({ offset: '9'.repeat(40) }), /Invalid package .*: /],
  'a name that leads up': [archiveOf({ files: { '..': { files: {} } } }), /Invalid package .*: /],
  'a name with a slash': [archiveOf({ files: { 'a/b': { files: {} } } }), /Invalid package .*: /],
  'a file that ends after the archive': [file({ size: 1000 }), /Invalid package .*: |EIO/],
  'a file that begins after the archive': [file({ offset: '1000' }), /Invalid package .*: |EIO/],
  'links round and round': [
    archiveOf({ files: { x: { link: 'y' }, y: { link: 'x' } } }),
    /ENOENT, x not found in /,
  ],
  'a link that leads out': [
    archiveOf({ files: { x: { link: '../../../etc/passwd' } } }),
    /Invalid package .*: |ENOENT/,
  ],
};

/** Runs where archives are read. */
const read = (name) => {
  try {
    return `read: ${require('node:fs').readFileSync(name)}`;
  } catch (error) {
    return error.message;
  }
};

test('damaged archives are clear errors', async (t) => {
  const lab = await startLab(t);
  const folder = path.join(lab.app.home, 'damaged');
  fs.mkdirSync(folder);
  const window = await lab.open(NODE_IN_WORKER);
  await window.page(() => void (window.tool = startTool()));
  for (const [name, [bytes, expected]] of Object.entries(DAMAGED)) {
    const archive = path.join(folder, `${name}.asar`);
    fs.writeFileSync(archive, bytes);
    const inner = path.join(archive, 'x');
    await t.test(name, async () => {
      const inMain = ({ require: load }, source, given) =>
        new Function('require', `return (${source})`)(load)(given);
      assert.match(await lab.main(inMain, `${read}`, inner), expected);
      const inWorker = (source, given) => run(window.tool, source, given);
      assert.match(await window.page(inWorker, `${read}`, inner), expected);
    });
  }
  await lab.close();
});

test('children of an app with --no-asar-integrity do not compare hashes, either', async (t) => {
  const main = `
    const { app } = require('electron');
    const { fork } = require('node:child_process');
    const { Worker } = require('node:worker_threads');
    const answer = (child) => new Promise((resolve) => child.once('message', resolve));
    const { join, dirname } = require('node:path');
    (async () => {
      report(await answer(fork(join(__dirname, 'child.js'))));
      report(await answer(new Worker(join(__dirname, 'child.js'))));
      app.exit(0);
    })();`;
  const child = `
    const { join } = require('node:path');
    let text;
    try {
      text = require('node:fs').readFileSync(join(__dirname, 'data.asar/text'), 'utf8');
    } catch (error) {
      text = error.code;
    }
    const { parentPort } = require('node:worker_threads');
    (parentPort ? parentPort.postMessage.bind(parentPort) : process.send.bind(process))(text);
    process.disconnect?.();`;
  const folder = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'weft-test-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const prelude = `const report = (value) => console.log('RESULT ' + JSON.stringify(value));`;
  fs.writeFileSync(path.join(folder, 'package.json'), '{"main":"main.js"}');
  fs.writeFileSync(path.join(folder, 'main.js'), prelude + main);
  fs.writeFileSync(path.join(folder, 'child.js'), child);
  const archive = path.join(folder, 'data.asar');
  packArchive(archive, { text: 'before' });
  const bytes = fs.readFileSync(archive);
  bytes.write('AFTER!', bytes.length - 6);
  fs.writeFileSync(archive, bytes);
  const checked = await runApp(t, folder);
  assert.deepEqual(checked.results, ['EIO', 'EIO'], checked.stderr);
  const unchecked = await runApp(t, folder, { options: ['--no-asar-integrity'] });
  assert.deepEqual(unchecked.results, ['AFTER!', 'AFTER!'], unchecked.stderr);
});
