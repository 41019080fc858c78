'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { once } = require('node:events');
const path = require('node:path');
const { Readable, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { BIG } = require('../asar');
const { called, fails, isMissing } = require('./forms');

/** @param {AsyncIterable<any>} stream */
async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** @param {fs.ReadStream | fs.WriteStream} stream */
async function errorOf(stream) {
  const [error] = await once(stream, 'error');
  return error.code;
}

const STREAM = 'fs.createReadStream on packed files';
const HANDLE = 'fs.promises.open FileHandle on packed files';

/** @type {import('./forms').Cases} */
const cases = { [STREAM]: {}, [HANDLE]: {} };

Object.assign(cases[STREAM], {
  'streams a whole file, emitting open/ready/end/close': async (/** @type {string} */ folder) => {
    const stream = fs.createReadStream(`${folder}/a.asar/file1`);
    const events = ['open', 'ready', 'end', 'close'].map((name) => once(stream, name));
    assert.equal((await collect(stream)).toString(), 'file1\n');
    await Promise.all(events);
    assert.equal(stream.bytesRead, 6);
  },
  'honours encoding, highWaterMark, start and end': async (/** @type {string} */ folder) => {
    const options = { encoding: /** @type {const} */ ('utf8'), highWaterMark: 2, start: 1, end: 4 };
    const parts = [];
    for await (const part of fs.createReadStream(`${folder}/a.asar/file1`, options))
      parts.push(part);
    assert.deepEqual(parts, ['il', 'e1']);
  },
  'streams a larger file identically to readFileSync': async (/** @type {string} */ folder) =>
    assert.ok((await collect(fs.createReadStream(`${folder}/big.asar/big`))).equals(BIG)),
  'streams linked files and files in linked directories': async (/** @type {string} */ folder) => {
    for (const name of ['link1', 'link2/link1']) {
      assert.equal(`${await collect(fs.createReadStream(`${folder}/a.asar/${name}`))}`, 'file1\n');
    }
  },
  'streams unpacked files': async (/** @type {string} */ folder) =>
    assert.equal(`${await collect(fs.createReadStream(`${folder}/unpack.asar/a.txt`))}`, 'a\n'),
  'emits errors for missing files and directories': async (/** @type {string} */ folder) => {
    assert.equal(await errorOf(fs.createReadStream(`${folder}/a.asar/nothing`)), 'ENOENT');
    assert.equal(await errorOf(fs.createReadStream(`${folder}/a.asar/dir1`)), 'EISDIR');
  },
  'can be created from an already open packed fd': async (/** @type {string} */ folder) => {
    const fd = fs.openSync(`${folder}/a.asar/file1`);
    assert.equal(`${await collect(fs.createReadStream('', { fd }))}`, 'file1\n');
  },
  'can be created from a FileHandle': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    assert.equal(`${await collect(fs.createReadStream('', { fd: handle }))}`, 'file1\n');
  },
  'supports many concurrent streams of the same entry': async (/** @type {string} */ folder) => {
    const all = Array.from({ length: 20 }, () =>
      collect(fs.createReadStream(`${folder}/big.asar/big`)),
    );
    for (const bytes of await Promise.all(all)) assert.ok(bytes.equals(BIG));
  },
  'works with pipe()': async (/** @type {string} */ folder) => {
    let size = 0;
    const sink = new Writable({
      write(part, _encoding, done) {
        size += part.length;
        done();
      },
    });
    await pipeline(fs.createReadStream(`${folder}/big.asar/big`), sink);
    assert.equal(size, BIG.length);
  },
});

cases['fs.createWriteStream on packed files'] = {
  'fails with EACCES': async (folder) =>
    assert.equal(await errorOf(fs.createWriteStream(`${folder}/a.asar/file1`)), 'EACCES'),
  'replaces an archive as a whole, a broken one or another': async (
    /** @type {string} */ folder,
  ) => {
    const home = fs.mkdtempSync(path.join(folder, 'replaced-'));
    const good = require('original-fs').readFileSync(`${folder}/a.asar`);
    /** @type {Record<string, (archive: string) => any>} */
    const writers = {
      writeFileSync: (archive) => fs.writeFileSync(archive, good),
      writeFile: (archive) => fs.promises.writeFile(archive, good),
      stream: (archive) => pipeline(Readable.from([good]), fs.createWriteStream(archive)),
      open: (archive) => {
        const fd = fs.openSync(archive, 'w');
        fs.writeSync(fd, good);
        fs.closeSync(fd);
      },
      handle: async (archive) => {
        const handle = await fs.promises.open(archive, 'w');
        await handle.writeFile(good);
        await handle.close();
      },
    };
    for (const [name, write] of Object.entries(writers)) {
      for (const before of ['no archive', '', good]) {
        const archive = path.join(home, `${name} ${before.length}.asar`);
        fs.writeFileSync(archive, before);
        await write(archive);
        assert.equal(fs.readFileSync(`${archive}/file1`, 'utf8'), 'file1\n', archive);
      }
    }
    fs.rmSync(home, { recursive: true });
  },
};

Object.assign(cases[HANDLE], {
  'exposes a numeric fd and supports all read forms': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    assert.equal(typeof handle.fd, 'number');
    const buffer = Buffer.alloc(3);
    assert.equal((await handle.read(buffer)).bytesRead, 3);
    assert.equal((await handle.read({ buffer })).bytesRead, 3);
    assert.equal(buffer.toString(), 'e1\n');
    assert.equal((await handle.read(buffer, 0, 2, 0)).bytesRead, 2);
    assert.equal((await handle.read(buffer, { position: 1 })).buffer, buffer);
    assert.equal((await handle.read()).bytesRead, 0);
    const any = /** @type {any} */ (handle);
    assert.equal((await any.read({ buffer, position: 1 }, 0, 1)).bytesRead, 3);
    assert.equal((await any.read(undefined, 0, 1)).bytesRead, 0);
    await handle.close();
  },
  'supports readFile, stat and readLines': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    assert.equal((await handle.stat()).size, 6);
    assert.equal(await fs.promises.readFile(handle, 'utf8'), 'file1\n');
    const other = await fs.promises.open(`${folder}/a.asar/file1`);
    const lines = [];
    for await (const line of other.readLines()) lines.push(line);
    assert.deepEqual(lines, ['file1']);
    await handle.close();
  },
  'supports createReadStream and readableWebStream': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    assert.equal(`${await collect(handle.createReadStream())}`, 'file1\n');
    const other = await fs.promises.open(`${folder}/big.asar/big`);
    assert.ok((await collect(/** @type {any} */ (other.readableWebStream()))).equals(BIG));
    await other.close();
  },
  'stops routing a descriptor number as soon as close() is requested': async (
    /** @type {string} */ folder,
  ) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    const { fd } = handle;
    const closed = handle.close();
    assert.throws(() => fs.readSync(fd, Buffer.alloc(1)), { code: 'EBADF' });
    await closed;
  },
  'does not capture a descriptor number that was closed behind its back': (
    /** @type {string} */ folder,
  ) => {
    const original = require('original-fs');
    const fd = fs.openSync(`${folder}/a.asar/file1`);
    original.closeSync(fd);
    const other = original.openSync(`${folder}/plain.txt`);
    assert.equal(other, fd);
    assert.equal(fs.readFileSync(other, 'utf8'), 'plain\n');
    fs.closeSync(other);
  },
  'close semantics match Node': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    const closed = once(/** @type {any} */ (handle), 'close');
    await Promise.all([handle.close(), handle.close()]);
    await closed;
    await handle.close();
    assert.equal(handle.fd, -1);
    await fails(handle.read(Buffer.alloc(1)), 'EBADF');
  },
  'is closed by what disposes of it, and has names like any object': async (
    /** @type {string} */ folder,
  ) => {
    for (const name of ['a.asar/file1', 'unpack.asar/a.txt', 'plain.txt']) {
      const handle = await fs.promises.open(`${folder}/${name}`);
      assert.ok(Array.isArray(Reflect.ownKeys(handle)), name);
      await handle[Symbol.asyncDispose]();
      assert.equal(handle.fd, -1);
    }
    const dir = fs.opendirSync(`${folder}/a.asar`);
    dir[Symbol.dispose]();
    assert.throws(() => dir.readSync(), { code: 'ERR_DIR_CLOSED' });
  },
  'refuses metadata and write operations': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/a.asar/file1`);
    await fails(handle.write('x'), 'EACCES');
    await fails(handle.writeFile('x'), 'EACCES');
    await fails(handle.appendFile('x'), 'EACCES');
    await fails(handle.chmod(0o777), 'EACCES');
    await fails(handle.utimes(1, 1), 'EACCES');
    await fails(handle.truncate(0), 'EACCES');
    await fails(fs.promises.writeFile(handle, 'x'), 'EACCES');
    await handle.close();
  },
  'rejects write flags, missing files and directories': async (/** @type {string} */ folder) => {
    await fails(fs.promises.open(`${folder}/a.asar/file1`, 'w'), 'EACCES');
    await fails(fs.promises.open(`${folder}/a.asar/dir1`), 'EISDIR');
    await isMissing(fs.promises.open(`${folder}/a.asar/nothing`));
  },
  'opens unpacked files as regular handles': async (/** @type {string} */ folder) => {
    const handle = await fs.promises.open(`${folder}/unpack.asar/a.txt`);
    assert.ok(require('original-fs').fstatSync(handle.fd).isFile());
    await handle.close();
  },
  'lets many handles coexist and be read concurrently': async (/** @type {string} */ folder) => {
    const opened = Array.from({ length: 30 }, () => fs.promises.open(`${folder}/big.asar/big`));
    const handles = await Promise.all(opened);
    for (const bytes of await Promise.all(handles.map((handle) => handle.readFile()))) {
      assert.ok(bytes.equals(BIG));
    }
    await Promise.all(handles.map((handle) => handle.close()));
  },
});

cases['FileHandles of packed files between threads'] = {
  'cannot be transferred, and can be read then as before': async (/** @type {string} */ folder) => {
    const { port1 } = new MessageChannel();
    const handle = /** @type {any} */ (await fs.promises.open(`${folder}/a.asar/file1`));
    assert.throws(() => port1.postMessage(handle, [handle]), { name: 'DataCloneError' });
    assert.throws(() => structuredClone(handle), { name: 'DataCloneError' });
    assert.equal(await handle.readFile('utf8'), 'file1\n');
    port1.close();
    await handle.close();
    const unpacked = /** @type {any} */ (await fs.promises.open(`${folder}/unpack.asar/a.txt`));
    const moved = structuredClone(unpacked, { transfer: [unpacked] });
    assert.equal(await moved.readFile('utf8'), 'a\n');
    await moved.close();
  },
};

cases['original-fs is not affected by the archive-aware fs overrides'] = {
  'treats archives as plain files through every fd, stream, copy and dir API': async (folder) => {
    const original = require('original-fs');
    const archive = `${folder}/a.asar`;
    const bytes = original.readFileSync(archive);
    assert.ok((await collect(original.createReadStream(archive))).equals(bytes));
    assert.ok((await collect(new original.ReadStream(archive))).equals(bytes));
    const fd = original.openSync(archive);
    assert.equal(original.fstatSync(fd).size, bytes.length);
    assert.ok(original.readFileSync(fd).equals(bytes));
    for (const read of [original.readSync, called(original.read)]) {
      const start = Buffer.alloc(16);
      assert.equal(await read(fd, start, 0, 16, 0), 16);
      assert.ok(start.equals(bytes.subarray(0, 16)));
    }
    for (const readv of [original.readvSync, called(original.readv)]) {
      const start = Buffer.alloc(16);
      assert.equal(await readv(fd, [start], 0), 16);
      assert.ok(start.equals(bytes.subarray(0, 16)));
    }
    original.closeSync(fd);
    const copy = path.join(folder, 'copy.asar');
    original.copyFileSync(archive, copy);
    original.cpSync(archive, copy);
    await original.promises.copyFile(archive, copy);
    assert.ok((await original.promises.readFile(copy)).equals(bytes));
    assert.throws(() => original.opendirSync(archive), { code: 'ENOTDIR' });
    assert.throws(() => original.readdirSync(archive), { code: 'ENOTDIR' });
    assert.throws(() => original.statSync(`${archive}/file1`), { code: 'ENOTDIR' });
  },
};

module.exports = cases;
