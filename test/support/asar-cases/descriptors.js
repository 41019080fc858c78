'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { BIG } = require('../asar');
const { called, fails, formsOf, isMissing } = require('./forms');

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

/** @param {string} file @param {(fd: number) => any} use @param {any} [flags] */
async function withFd(file, use, flags) {
  const fd = fs.openSync(file, flags);
  try {
    return await use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** @type {import('./forms').Cases} */
const cases = {};

for (const [group, open] of formsOf('open')) {
  cases[group] = {
    'opens a normal/linked/under-linked-directory file': async (folder) => {
      for (const name of ['file1', 'link1', 'link2/file1']) {
        const handle = await open(`${folder}/a.asar/${name}`, 'r');
        const buffer = Buffer.alloc(6);
        fs.readSync(handle.fd ?? handle, buffer, 0, 6, 0);
        assert.equal(buffer.toString(), 'file1\n');
        if (typeof handle === 'number') fs.closeSync(handle);
        else await handle.close();
      }
    },
    'throws ENOENT error when can not find file': (folder) =>
      isMissing(open(`${folder}/a.asar/not-exist`, 'r')),
  };
}

cases['fs.openSync (fd semantics)'] = {
  'returns a usable, closable file descriptor': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => assert.equal(fs.readSync(fd, Buffer.alloc(3)), 3)),
  'accepts default, string and numeric read-only flags': async (folder) => {
    for (const flags of [undefined, null, 'r', 'rs', 'sr', O_RDONLY]) {
      await withFd(`${folder}/a.asar/file1`, (fd) => assert.equal(fs.fstatSync(fd).size, 6), flags);
    }
    assert.throws(() => fs.openSync(`${folder}/a.asar/file1`, 'nonsense'), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  },
  'accepts a mode argument': (folder) =>
    fs.closeSync(fs.openSync(`${folder}/a.asar/file1`, 'r', 0o644)),
  'refuses to open a packed file for writing': async (folder) => {
    const flags = [
      'r+',
      'w',
      'w+',
      'a',
      'a+',
      O_WRONLY,
      O_RDWR,
      O_RDONLY | O_TRUNC,
      O_RDONLY | O_APPEND,
    ];
    for (const flag of flags) {
      for (const [, open] of formsOf('open'))
        await fails(open(`${folder}/a.asar/file1`, flag), 'EACCES');
    }
  },
  'throws EEXIST for O_CREAT | O_EXCL on an existing packed file': (folder) =>
    assert.throws(() => fs.openSync(`${folder}/a.asar/file1`, O_CREAT | O_EXCL), {
      code: 'EEXIST',
    }),
  'throws EISDIR when opening a directory': (folder) => {
    for (const name of ['', 'dir1', 'link2']) {
      assert.throws(() => fs.openSync(`${folder}/a.asar/${name}`), { code: 'EISDIR' });
    }
  },
  'opens files with an empty size': (folder) =>
    withFd(`${folder}/empty.asar/file1`, (fd) => assert.equal(fs.readSync(fd, Buffer.alloc(3)), 0)),
  'opens unpacked files as regular files': (folder) =>
    withFd(`${folder}/unpack.asar/a.txt`, (fd) => {
      const original = require('original-fs');
      assert.ok(original.fstatSync(fd).isFile());
      assert.equal(fs.readFileSync(fd, 'utf8'), 'a\n');
    }),
  'hands out a descriptor that is not usable outside of fs': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      const original = require('original-fs');
      assert.ok(original.fstatSync(fd).isCharacterDevice());
      const other = fs.openSync('/proc/self/fd', 'r');
      fs.closeSync(other);
      assert.throws(() =>
        require('node:child_process').execFileSync('cat', { stdio: [fd, 'pipe', 'ignore'] }),
      );
    }),
  'does not leak file descriptors': (folder) => {
    const count = () => fs.readdirSync('/proc/self/fd').length;
    const once = () => {
      const fd = fs.openSync(`${folder}/a.asar/file1`);
      fs.readSync(fd, Buffer.alloc(1));
      fs.closeSync(fd);
    };
    once();
    const before = count();
    for (let i = 0; i < 50; i++) once();
    assert.throws(() => fs.openSync(`${folder}/a.asar/file1`, 'w'));
    assert.equal(count(), before);
  },
  'gives every open its own file position': (folder) =>
    withFd(`${folder}/a.asar/file1`, (first) =>
      withFd(`${folder}/a.asar/file1`, (second) => {
        const buffer = Buffer.alloc(3);
        fs.readSync(first, buffer);
        fs.readSync(second, buffer);
        assert.equal(buffer.toString(), 'fil');
        fs.readSync(first, buffer);
        assert.equal(buffer.toString(), 'e1\n');
      }),
    ),
};

cases['fs.open (callback forms)'] = {
  'supports (path, cb), (path, flags, cb) and (path, flags, mode, cb)': async (folder) => {
    for (const rest of [[], ['r'], ['r', 0o644]]) {
      const fd = await called(fs.open)(`${folder}/a.asar/file1`, ...rest);
      await called(fs.close)(fd);
    }
  },
  'reports EACCES for write flags asynchronously': (folder) =>
    fails(called(fs.open)(`${folder}/a.asar/file1`, 'w'), 'EACCES'),
  'reports EISDIR for directories asynchronously': (folder) =>
    fails(called(fs.open)(`${folder}/a.asar/dir1`, 'r'), 'EISDIR'),
};

cases['fs.readSync / fs.read on packed files'] = {
  'reads into Buffers and Uint8Arrays with an explicit position': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      for (const array of [Buffer.alloc(8), new Uint8Array(8)]) {
        assert.equal(fs.readSync(fd, array, 2, 3, 1), 3);
        assert.equal(Buffer.from(array).toString('latin1'), '\0\0ile\0\0\0');
      }
    }),
  'returns 0 bytes when reading beyond the end of the file': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) =>
      assert.equal(fs.readSync(fd, Buffer.alloc(8), 0, 8, 100), 0),
    ),
  'clamps reads that run past the end of the entry': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) =>
      assert.equal(fs.readSync(fd, Buffer.alloc(99), 0, 99, 4), 2),
    ),
  'honours a null position by using and advancing the file position': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const buffer = Buffer.alloc(2);
      for (const expected of ['fi', 'le', '1\n']) {
        assert.equal(fs.readSync(fd, buffer, 0, 2, null), 2);
        assert.equal(buffer.toString(), expected);
      }
      assert.equal(await called(fs.read)(fd, buffer, 0, 2, null), 0);
    }),
  'accepts a bigint position': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const buffer = Buffer.alloc(1);
      fs.readSync(fd, buffer, 0, 1, 4n);
      assert.equal(buffer.toString(), '1');
      assert.equal(await called(fs.read)(fd, buffer, 0, 1, 5n), 1);
    }),
  'supports the options-object forms': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const buffer = Buffer.alloc(4);
      assert.equal(fs.readSync(fd, buffer, { offset: 1, length: 2, position: 3 }), 2);
      assert.equal(buffer.toString('latin1'), '\0e1\0');
      assert.equal(await called(fs.read)(fd, { buffer, position: 0 }), 4);
      assert.equal(await called(fs.read)(fd, buffer, { position: 5 }), 1);
      assert.equal(await called(fs.read)(fd, buffer), 4);
      assert.equal(await called(fs.read)(fd), 2);
    }),
  'handles zero-length reads and rejects empty buffers like Node': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      assert.equal(fs.readSync(fd, Buffer.alloc(1), 0, 0, 0), 0);
      assert.throws(() => fs.readSync(fd, Buffer.alloc(0), 0, 1, 0), {
        code: 'ERR_INVALID_ARG_VALUE',
      });
    }),
  'validates arguments like Node': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      const buffer = Buffer.alloc(4);
      const any = /** @type {any} */ (fs);
      assert.throws(() => any.readSync(fd, 'text'), { code: 'ERR_INVALID_ARG_TYPE' });
      assert.throws(() => fs.readSync(fd, buffer, 9, 1, 0), { code: 'ERR_OUT_OF_RANGE' });
      assert.throws(() => fs.readSync(fd, buffer, 0, 9, 0), { code: 'ERR_OUT_OF_RANGE' });
      assert.throws(() => any.readSync(fd, buffer, 0, 1, 'x'), { code: 'ERR_INVALID_ARG_TYPE' });
      assert.throws(() => any.read(fd, buffer, 0, 9, 0, () => {}), { code: 'ERR_OUT_OF_RANGE' });
    }),
  'reads a larger packed file back byte-for-byte in odd sized chunks': (folder) =>
    withFd(`${folder}/big.asar/big`, (fd) => {
      const parts = [];
      for (let count = 1; count > 0;) {
        const part = Buffer.alloc(7777);
        count = fs.readSync(fd, part);
        parts.push(part.subarray(0, count));
      }
      assert.ok(Buffer.concat(parts).equals(BIG));
    }),
};

cases['fs.readvSync / fs.readv / FileHandle.readv on packed files'] = {
  'reads into an array of buffers with and without a position': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const two = [Buffer.alloc(2), Buffer.alloc(2)];
      assert.equal(fs.readvSync(fd, two), 4);
      assert.equal(Buffer.concat(two).toString(), 'file');
      assert.equal(await called(fs.readv)(fd, two, 2), 4);
      assert.equal(Buffer.concat(two).toString(), 'le1\n');
      const handle = await fs.promises.open(`${folder}/a.asar/file1`);
      assert.equal((await handle.readv(two, 1)).bytesRead, 4);
      await handle.close();
    }),
  'takes what is no position for none': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const handle = await fs.promises.open(`${folder}/a.asar/file1`);
      const one = [Buffer.alloc(1)];
      for (const position of [NaN, 0.5, -1, '1', {}, null]) {
        const given = /** @type {any} */ (position);
        assert.equal(fs.readvSync(fd, one, given), 1);
        assert.equal((await handle.readv(one, given)).bytesRead, 1);
      }
      assert.equal(fs.readvSync(fd, one), 0);
      await handle.close();
    }),
  'skips zero-length buffers and clamps at the end of the entry like preadv': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      const buffers = [Buffer.alloc(0), Buffer.alloc(4), Buffer.alloc(0), Buffer.alloc(9)];
      assert.equal(fs.readvSync(fd, buffers, 0), 6);
      assert.equal(fs.readvSync(fd, buffers, 6), 0);
    }),
  'rejects invalid buffer arguments like Node': (folder) =>
    withFd(`${folder}/a.asar/file1`, (fd) => {
      const any = /** @type {any} */ (fs);
      assert.throws(() => any.readvSync(fd, 'text'), { code: 'ERR_INVALID_ARG_TYPE' });
      assert.throws(() => any.readvSync(fd, [1]), { code: 'ERR_INVALID_ARG_TYPE' });
    }),
};

cases['fs.fstat on packed files'] = {
  'describes the entry': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const stats = await called(fs.fstat)(fd);
      assert.ok(stats.isFile());
      assert.equal(stats.size, 6);
      assert.equal(stats.ino, fs.fstatSync(fd).ino);
      assert.equal(fs.fstatSync(fd, { bigint: true }).size, 6n);
    }),
  'reports executable entries as executable': (folder) =>
    withFd(`${folder}/big.asar/run`, (fd) => assert.equal(fs.fstatSync(fd).mode & 0o777, 0o755)),
  'reports conventional permission bits for stat/lstat': (folder) => {
    assert.equal(fs.statSync(`${folder}/a.asar/file1`).mode & 0o777, 0o644);
    assert.equal(fs.statSync(`${folder}/a.asar/dir1`).mode & 0o777, 0o755);
    assert.equal(fs.lstatSync(`${folder}/a.asar/link1`).mode & 0o777, 0o777);
  },
};

cases['fs.readFile / fs.readFileSync with a packed file descriptor'] = {
  'reads from the current file position': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      fs.readSync(fd, Buffer.alloc(2));
      assert.equal(fs.readFileSync(fd, 'utf8'), 'le1\n');
      assert.equal(await called(fs.readFile)(fd, 'utf8'), '');
    }),
  'reads an empty file through a descriptor': (folder) =>
    withFd(`${folder}/empty.asar/file1`, (fd) => assert.equal(fs.readFileSync(fd, 'utf8'), '')),
};

cases['fs.close / fs.closeSync of packed file descriptors'] = {
  'closes and rejects further use': async (folder) => {
    const fd = fs.openSync(`${folder}/a.asar/file1`);
    fs.closeSync(fd);
    assert.throws(() => fs.readSync(fd, Buffer.alloc(1)), { code: 'EBADF' });
    assert.throws(() => fs.closeSync(fd), { code: 'EBADF' });
    const other = fs.openSync(`${folder}/a.asar/file1`);
    await called(fs.close)(other);
    await fails(called(fs.fstat)(other), 'EBADF');
  },
};

cases['fchmod / fchown / futimes on packed file descriptors'] = {
  'are refused so the archive itself cannot be modified through them': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const refused = { fchmod: [0o777], fchown: [0, 0], futimes: [1, 1], ftruncate: [0] };
      const any = /** @type {any} */ (fs);
      for (const [name, args] of Object.entries(refused)) {
        assert.throws(() => any[`${name}Sync`](fd, ...args), { code: 'EACCES' });
        await fails(called(any[name])(fd, ...args), 'EACCES');
      }
    }),
};

cases['fsync / fdatasync on packed file descriptors'] = {
  'have nothing to do': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      for (const name of ['fsync', 'fdatasync']) {
        for (const [, sync] of formsOf(name).slice(0, 2)) assert.equal(await sync(fd), undefined);
      }
    }),
};

cases['write APIs on packed files'] = {
  'fail without touching the archive': (folder) =>
    withFd(`${folder}/a.asar/file1`, async (fd) => {
      const original = require('original-fs');
      const before = original.readFileSync(`${folder}/a.asar`);
      assert.throws(() => fs.writeSync(fd, 'x'), { code: 'EACCES' });
      await fails(called(fs.write)(fd, Buffer.from('x')), 'EACCES');
      for (const [, write] of [...formsOf('writeFile'), ...formsOf('appendFile')]) {
        for (const data of ['x', Buffer.from('x')]) {
          await fails(write(`${folder}/a.asar/file1`, data), 'EACCES');
          await isMissing(write(`${folder}/a.asar/new`, data, { flag: 'a' }));
        }
      }
      for (const [, truncate] of formsOf('truncate'))
        await assert.rejects(truncate(`${folder}/a.asar/file1`, 0));
      assert.ok(original.readFileSync(`${folder}/a.asar`).equals(before));
    }),
  'write what lies beside the archive': async (folder) => {
    const file = `${folder}/unpack.asar/a.txt`;
    for (const [, write] of formsOf('writeFile')) await write(file, 'a');
    for (const [, append] of formsOf('appendFile')) await append(file, '\n', 'utf8');
    assert.equal(fs.readFileSync(`${folder}/unpack.asar.unpacked/a.txt`, 'utf8'), 'a\n\n\n');
    fs.writeFileSync(file, 'a\n');
  },
};

module.exports = cases;
