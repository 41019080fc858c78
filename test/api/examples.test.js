'use strict';

/*
 * The examples: as programs, by their arguments and what they print, and as pages, by what they show.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { runApp, scratch } = require('../support/app');
const { EXAMPLES, openPage, inPage, row } = require('../support/examples');
const { startLab } = require('../support/lab');
const { until, workerCount } = require('../support/processes');

const READ_FILE = path.join(EXAMPLES, 'read-file');
const HASH_TREE = path.join(EXAMPLES, 'hash-tree');

/** Sparse: it takes no room, and a minute or more to hash. */
const ENDLESS_BYTES = 64 * 2 ** 30;

/** For the page to show that it has cancelled; it does so in one turn of its loop. */
const CANCEL_TIMEOUT_MS = 2000;

const PNG = Buffer.from('\x89PNG', 'latin1');

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * What tree-worker.js says of a folder, from its description.
 * @param {string} folder
 * @returns {string}
 */
function treeDigest(folder) {
  const lines = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return [`${entry.name}/\0${treeDigest(file)}\n`];
    if (!entry.isFile()) return [];
    const digest = fs.existsSync(file) ? sha256(fs.readFileSync(file)) : 'unreadable';
    return [`${entry.name}\0${digest}\n`];
  });
  return sha256(lines.sort().join(''));
}

/**
 * @param {string} folder
 * @param {Record<string, string | Buffer | null>} files null for an empty folder
 */
function makeTree(folder, files) {
  for (const [name, data] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(data === null ? file : path.dirname(file), { recursive: true });
    if (data !== null) fs.writeFileSync(file, data);
  }
  return folder;
}

const SMALL_TREE = {
  'a.txt': 'a',
  'empty.txt': '',
  'Z.txt': 'capitals sort first',
  'no files/in here': null,
  'deep/er/and/deeper/é ü.txt': 'not ASCII',
  'deep/three.bin': Buffer.alloc(3 * 2 ** 20 + 17, 'three chunks and a bit'),
  ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`many/${i}.txt`, `${i}`])),
};

/** A name that even root can't read by, when it has become a string. @param {string} folder */
function notUTF8(folder) {
  return Buffer.concat([Buffer.from(`${folder}/name-`), Buffer.from([0xff])]);
}

test('read-file shows data, and why there is none', async (t) => {
  const folder = scratch(t);
  const picture = path.join(folder, 'picture.png');
  const file = path.join(folder, 'a & b?.txt');
  fs.writeFileSync(file, 'first line\nsecond line');

  const data = await runApp(t, READ_FILE, { args: ['--quit', '--screenshot', picture, file] });
  assert.equal(data.code, 0, data.stderr);
  assert.equal(data.stdout, `${file} · 22 characters\n\nfirst line\nsecond line\n`);
  assert.deepEqual(fs.readFileSync(picture).subarray(0, PNG.length), PNG);

  const error = await runApp(t, READ_FILE, { args: ['--quit', '--', '/no/such/file'] });
  assert.equal(error.code, 0, error.stderr);
  assert.match(error.stdout, /^Cannot read \/no\/such\/file\n\nENOENT: no such file or directory/);

  const itself = await runApp(t, READ_FILE, { args: ['--quit'] });
  assert.match(itself.stdout, /"name": "read-file"/);
});

test('read-file’s page reads one file after the other', async (t) => {
  const lab = await startLab(t);
  const win = await openPage(lab, READ_FILE, { path: '/no/such/file' });
  const files = [path.join(READ_FILE, 'worker.js'), READ_FILE];
  const shown = await win.page(async (files) => {
    const result = document.getElementById('result');
    const found = [];
    for (const file of [null, ...files]) {
      if (file !== null) {
        document.getElementById('path').value = file;
        document.querySelector('button').click();
      }
      while (result.dataset.state === 'reading') await new Promise((resolve) => setTimeout(resolve));
      found.push([result.dataset.state, document.getElementById('text').textContent]);
    }
    return found;
  }, files);
  assert.deepEqual(shown, [
    ['error', "ENOENT: no such file or directory, open '/no/such/file'"],
    ['data', fs.readFileSync(path.join(READ_FILE, 'worker.js'), 'utf8')],
    ['error', `EISDIR: illegal operation on a directory, read '${READ_FILE}'`],
  ]);
  await lab.close();
});

test('hash-tree prints the digests of a tree', async (t) => {
  const folder = makeTree(path.join(scratch(t), 'tree'), SMALL_TREE);
  const picture = path.join(scratch(t), 'picture.png');
  fs.writeFileSync(notUTF8(folder), 'a name that no string can hold');
  const digest = treeDigest(folder);
  // Neither followed nor waited for, and no part of the digest.
  fs.symlinkSync('..', path.join(folder, 'deep/loop'));
  fs.symlinkSync('nowhere', path.join(folder, 'dangling'));
  execFileSync('mkfifo', [path.join(folder, 'pipe')]);

  const { code, stdout, stderr } = await runApp(t, HASH_TREE, {
    args: ['--folder', path.relative('.', folder), '--screenshot', picture, '--quit'],
  });
  assert.equal(code, 0, stderr);
  const files = Object.entries(SMALL_TREE).filter(([, data]) => data !== null);
  const bytes = files.reduce((sum, [, data]) => sum + Buffer.byteLength(data ?? ''), 0);
  assert.equal(row(stdout, 'Folder'), folder);
  assert.equal(row(stdout, 'Files'), `${files.length} in 8 folders`);
  assert.ok(row(stdout, 'Bytes')?.startsWith(`${bytes.toLocaleString('en')} `), stdout);
  assert.equal(row(stdout, 'Errors'), '1');
  assert.equal(row(stdout, 'Digest'), digest);
  const largest = `${sha256(SMALL_TREE['deep/three.bin'])}  ${folder}/deep/three.bin`;
  assert.ok(stdout.includes(`Largest\n      3.1 MB  ${largest}\n`), stdout);
  assert.deepEqual(fs.readFileSync(picture).subarray(0, PNG.length), PNG);
});

test('hash-tree says in one line what it cannot do', async (t) => {
  const cases = [
    [['--folder', '/no/such/folder', '--quit'], 'Cannot read /no/such/folder: it does not exist'],
    [['--folder', __filename, '--quit'], `Cannot read ${__filename}: it is not a folder`],
    [['--quit', '--folder'], '--folder needs a folder'],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await runApp(t, HASH_TREE, { args: args });
    assert.equal(code, 1);
    assert.equal(stderr.trim().split('\n').at(-1), `hash-tree: ${message}`);
  }
});

/**
 * Presses Start, and waits until what runs fulfils a condition.
 * @param {import('../support/lab').LabWindow} win
 * @param {string} folder
 * @param {string} condition
 * @returns {Promise<any>} the run's summary at that time
 */
function startRun(win, folder, condition) {
  return inPage(
    win,
    `(async () => {
      document.getElementById('folder').value = ${JSON.stringify(folder)};
      document.getElementById('start').click();
      while (!(${condition})) await new Promise((resolve) => setTimeout(resolve, 5));
      return run.summary();
    })()`,
  );
}

/**
 * Threads of the window's worker host that run workers, a warm spare among them.
 * @param {import('../support/lab').Lab} lab
 */
function workerThreads(lab) {
  const hosts = lab.processesNamed('weft-worker-host');
  return hosts.reduce((sum, { pid }) => sum + workerCount(pid), 0);
}

test('hash-tree is cancelled at once, and starts again', async (t) => {
  const lab = await startLab(t);
  const small = makeTree(path.join(scratch(t), 'small'), SMALL_TREE);
  const endless = path.join(scratch(t), 'endless');
  fs.mkdirSync(endless);
  for (let i = 0; i < 3; i++) fs.truncateSync(makeFile(endless, `${i}`), ENDLESS_BYTES);

  const win = await openPage(lab, HASH_TREE, { folder: endless, start: 'no' });
  const first = await startRun(win, small, '!run.isRunning');
  assert.equal(first.state, 'done');
  assert.equal(first.digest, treeDigest(small));

  await startRun(win, endless, 'run.bytes > 0 && run.hashers[0].done > 0');
  assert.ok(workerThreads(lab) > 1, 'workers are busy');
  const shown = await win.page(() => {
    const start = performance.now();
    document.getElementById('cancel').click();
    return new Promise((resolve) => {
      const look = () => {
        const status = document.getElementById('status').textContent;
        if (status.startsWith('Cancelled')) resolve({ status, ms: performance.now() - start });
        else setTimeout(look);
      };
      look();
    });
  });
  assert.equal(shown.status, `Cancelled: ${endless} is hashed in part`);
  assert.ok(shown.ms < CANCEL_TIMEOUT_MS, `${shown.ms} ms`);
  await until('only the spare is left', () => workerThreads(lab) <= 1);

  const second = await startRun(win, small, '!run.isRunning');
  assert.deepEqual([second.state, second.digest], ['done', first.digest]);
  assert.deepEqual([second.files, second.bytes], [first.files, first.bytes]);
  await lab.close();
});

/** @param {string} folder @param {string} name */
function makeFile(folder, name) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, '');
  return file;
}

test('hash-tree counts and names what it cannot read', async (t) => {
  const lab = await startLab(t);
  const folder = path.join(scratch(t), 'tree');
  makeTree(folder, { 'deep/gone.txt': 'gone before its turn', 'deep/stays.txt': 'stays' });
  // Every worker is busy with one of these until the test has let them go.
  const busy = Array.from({ length: os.availableParallelism() }, (_, i) => makeFile(folder, `busy-${i}`));
  for (const file of busy) fs.truncateSync(file, ENDLESS_BYTES);
  fs.writeFileSync(notUTF8(folder), '');

  const win = await openPage(lab, HASH_TREE, { folder, start: 'no' });
  await startRun(win, folder, "run.state === 'hashing' && run.hashers.every(({ done }) => done > 0)");
  const gone = path.join(folder, 'deep/gone.txt');
  fs.rmSync(gone);
  for (const file of busy) fs.truncateSync(file, 0);
  const summary = await inPage(win, 'run.ended');

  assert.equal(summary.state, 'done');
  assert.equal(summary.errors, 2);
  assert.deepEqual(summary.errorList, [
    { path: `${folder}/name-\uFFFD`, message: 'its name is not UTF-8' },
    { path: gone, message: 'it does not exist' },
  ]);
  const shown = await win.page(() => document.getElementById('error-details').textContent);
  assert.ok(shown.includes('2 unreadable entries') && shown.includes(`${gone}: it does not exist`));
  await lab.close();
});
