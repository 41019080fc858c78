// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { BIG, packArchive } = require('../asar');
const { called, fails, formsOf } = require('./forms');

/** Of several parts, and of several blocks. */
const LARGE = Buffer.alloc(9_000_000, BIG);

/** A file whose hashes nobody has compared. @param {string} folder */
function freshFile(folder) {
  const archive = path.join(fs.mkdtempSync(path.join(folder, 'buffers-')), 'fresh.asar');
  packArchive(archive, { large: LARGE });
  return `${archive}/large`;
}

/**
 * Reads into a view, while something is done with it.
 * @param {string} folder @param {NodeJS.ArrayBufferView} view @param {() => void} meanwhile
 */
async function readWhile(folder, view, meanwhile) {
  const handle = await fs.promises.open(freshFile(folder));
  try {
    const reading = handle.read(view, 0, LARGE.length, 0);
    meanwhile();
    return (await reading).bytesRead;
  } finally {
    await handle.close();
  }
}

/** Another thread that writes to memory until it is ended. @param {SharedArrayBuffer} memory */
async function scribble(memory) {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const bytes = new Uint8Array(workerData);
    const isDone = new Int32Array(workerData, 0, 1);
    parentPort.postMessage('begins');
    for (let i = 0; Atomics.load(isDone, 0) !== -1; i++) bytes.subarray(4).fill(i);`;
  const worker = new Worker(source, { eval: true, workerData: memory });
  await new Promise((resolve) => worker.once('message', resolve));
  return async () => {
    Atomics.store(new Int32Array(memory, 0, 1), 0, -1);
    await worker.terminate();
  };
}

/** @type {import('./forms').Cases} */
const cases = {};

cases['buffers that are not left alone while they are read into'] = {
  'may be written to': async (folder) => {
    const buffer = Buffer.alloc(LARGE.length);
    assert.equal(await readWhile(folder, buffer, () => buffer.fill(7)), LARGE.length);
    assert.ok(buffer.equals(LARGE));
  },
  'may become shorter': async (folder) => {
    const memory = new ArrayBuffer(LARGE.length, { maxByteLength: LARGE.length });
    assert.equal(await readWhile(folder, new Uint8Array(memory), () => memory.resize(10)), 10);
    assert.ok(LARGE.subarray(0, 10).equals(new Uint8Array(memory)));
  },
  'may be transferred': async (folder) => {
    for (const view of [new Uint8Array(LARGE.length), new DataView(new ArrayBuffer(LARGE.length))])
      await fails(
        readWhile(folder, view, () => void view.buffer.transfer(1)),
        'EFAULT',
      );
  },
  'may be transferred while fs.read() has them': async (folder) => {
    const fd = fs.openSync(freshFile(folder), 'r');
    const buffer = new Uint8Array(LARGE.length);
    const reading = called(fs.read)(fd, buffer, 0, LARGE.length, 0);
    structuredClone(buffer.buffer, { transfer: [buffer.buffer] });
    await fails(reading, 'EFAULT');
    fs.closeSync(fd);
  },
};

cases['buffers that readFile is given'] = {
  'are filled, and must be large enough': async (folder) => {
    const file = `${folder}/a.asar/file1`;
    const forms = [
      ...formsOf('readFile').map(([, form]) => form),
      ...readers.map(([, form]) => form),
    ];
    for (const readFile of forms) {
      const buffer = Buffer.alloc(8);
      const read = await readFile(file, { buffer });
      assert.deepEqual([read.buffer, read.toString()], [buffer.buffer, 'file1\n']);
      assert.equal(buffer.toString('latin1'), 'file1\n\0\0');
      const view = new DataView(new ArrayBuffer(9), 3);
      assert.equal(await readFile(file, { buffer: view, encoding: 'utf8' }), 'file1\n');
      assert.equal(Buffer.from(view.buffer, 3).toString(), 'file1\n');
      const given = await readFile(file, {
        buffer: (/** @type {number} */ size) => Buffer.alloc(size),
      });
      assert.equal(`${given}`, 'file1\n');
      await fails(readFile(file, { buffer: Buffer.alloc(5) }), 'ERR_INVALID_ARG_VALUE');
    }
  },
};

cases['many buffers that are filled at once'] = {
  'let others have their turn meanwhile': async (folder) => {
    const buffers = Array.from({ length: 3 }, () => Buffer.alloc(LARGE.length / 3));
    const handle = await fs.promises.open(freshFile(folder));
    /** @type {string[]} */
    const order = [];
    const reading = handle.readv(buffers).then(() => order.push('read'));
    setImmediate(() => order.push('turn'));
    const rest = handle.read(Buffer.alloc(1));
    await reading;
    assert.deepEqual(order, ['turn', 'read']);
    assert.ok(Buffer.concat(buffers).equals(LARGE));
    assert.equal((await rest).bytesRead, 0);
    await handle.close();
    const fd = fs.openSync(freshFile(folder), 'r');
    for (const buffer of buffers) buffer.fill(0);
    assert.equal(await called(fs.readv)(fd, buffers, 0), LARGE.length);
    assert.ok(Buffer.concat(buffers).equals(LARGE));
    fs.closeSync(fd);
  },
};

cases['memory that another thread writes to'] = {
  'makes no archive look damaged': async (folder) => {
    const memory = new SharedArrayBuffer(LARGE.length + 4);
    const stop = await scribble(memory);
    const file = fs.openSync(freshFile(folder), 'r');
    try {
      for (const view of [new Uint8Array(memory, 4), new DataView(memory, 4)])
        assert.equal(fs.readSync(file, view, 0, LARGE.length, 0), LARGE.length);
    } finally {
      await stop();
    }
    const other = new Uint8Array(memory, 4);
    const fd = fs.openSync(freshFile(folder), 'r');
    assert.equal(await called(fs.read)(fd, other, 0, LARGE.length, 0), LARGE.length);
    assert.ok(LARGE.equals(other));
    for (const one of [file, fd]) fs.closeSync(one);
  },
};

/** @param {any} promise @param {unknown} cause */
const isAborted = (promise, cause) =>
  assert.rejects(promise, (/** @type {any} */ error) => {
    assert.deepEqual([error.name, error.code], ['AbortError', 'ABORT_ERR']);
    assert.equal(error.message, 'The operation was aborted');
    assert.equal(error.cause, cause);
    return true;
  });

/** @type {[string, (file: string, options: any) => Promise<any>][]} */
const readers = [
  ['fs.readFile', called(fs.readFile)],
  ['fs.promises.readFile', (file, options) => fs.promises.readFile(file, options)],
  [
    'FileHandle.readFile',
    async (file, options) => {
      const handle = await fs.promises.open(file);
      return handle.readFile(options).finally(() => handle.close());
    },
  ],
];

cases['signals that abort what has begun'] = {};
for (const [name, readFile] of readers) {
  cases[`${name} with a signal`] = {
    'reads all when nobody aborts': async (folder) => {
      const { signal } = new AbortController();
      assert.ok((await readFile(freshFile(folder), { signal })).equals(LARGE));
      assert.equal(
        await readFile(`${folder}/a.asar/file1`, { signal, encoding: 'utf8' }),
        'file1\n',
      );
    },
    'is aborted before it begins': (folder) =>
      isAborted(readFile(`${folder}/a.asar/file1`, { signal: AbortSignal.abort('why') }), 'why'),
    'refuses what is no signal': (folder) =>
      fails(
        (async () => readFile(`${folder}/a.asar/file1`, { signal: 'none' }))(),
        'ERR_INVALID_ARG_TYPE',
      ),
  };
  cases['signals that abort what has begun'][name] = async (folder) => {
    for (const file of [`${folder}/a.asar/file1`, freshFile(folder)]) {
      const controller = new AbortController();
      const reading = readFile(file, { signal: controller.signal });
      controller.abort('why');
      await isAborted(reading, 'why');
    }
    const controller = new AbortController();
    const reading = readFile(freshFile(folder), { signal: controller.signal });
    setImmediate(() => controller.abort('later'));
    await isAborted(reading, 'later');
  };
}

cases['what is no path'] = {
  'is for Node to refuse': async () => {
    for (const given of [null, undefined, {}, true]) {
      const wrong = /** @type {any} */ (given);
      const code = 'ERR_INVALID_ARG_TYPE';
      for (const name of ['readFileSync', 'statSync', 'readdirSync', 'openSync'])
        assert.throws(() => /** @type {any} */ (fs)[name](wrong), { code });
      for (const name of ['readFile', 'stat', 'readdir', 'open', 'access']) {
        await fails(/** @type {any} */ (fs.promises)[name](wrong), code);
        assert.throws(() => /** @type {any} */ (fs)[name](wrong, () => {}), { code });
      }
    }
  },
};

module.exports = cases;
