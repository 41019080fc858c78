'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { called, fails, formsOf, isMissing } = require('./forms');

/** @type {import('./forms').Cases} */
const cases = {};

for (const [group, lstat] of formsOf('lstat')) {
  /** @param {string} inner @param {any} [options] */
  const about = (inner, options) => (/** @type {string} */ folder) =>
    lstat(path.join(folder, 'a.asar', inner), options ?? {});
  const isLink = (/** @type {any} */ stats) => {
    assert.deepEqual(
      [stats.isFile(), stats.isDirectory(), stats.isSymbolicLink()],
      [false, false, true],
    );
  };
  const isFolder = (/** @type {any} */ stats) => {
    assert.deepEqual(
      [stats.isFile(), stats.isDirectory(), stats.isSymbolicLink()],
      [false, true, false],
    );
  };
  cases[group] = {
    'handles path with trailing slash correctly': async (folder) => {
      isLink(await lstat(`${folder}/a.asar/link2/`.slice(0, -1)));
      assert.ok((await lstat(`${folder}/a.asar/dir1//`)).isDirectory());
    },
    'returns information of root': async (folder) => isFolder(await about('')(folder)),
    'returns information of root with stats as bigint': async (folder) => {
      const stats = await about('', { bigint: true })(folder);
      assert.equal(typeof stats.size, 'bigint');
      isFolder(stats);
    },
    'returns information of a normal file': async (folder) => {
      for (const file of ['file1', 'file2', 'file3', 'dir1/file1', 'link2/file1']) {
        const stats = await about(file)(folder);
        assert.ok(stats.isFile());
        assert.equal(stats.size, 6);
      }
    },
    'returns information of a normal directory': async (folder) => {
      for (const name of ['dir1', 'dir2', 'dir3']) isFolder(await about(name)(folder));
    },
    'returns information of a linked file': async (folder) => {
      for (const name of ['link1', 'dir1/link1', 'link2/link1']) isLink(await about(name)(folder));
    },
    'returns information of a linked directory': async (folder) => {
      for (const name of ['link2', 'dir1/link2', 'link2/link2']) isLink(await about(name)(folder));
    },
    'throws ENOENT error when can not find file': async (folder) => {
      for (const name of ['file4', 'file5', 'dir1/file4']) await isMissing(about(name)(folder));
    },
  };
}

cases['fs.lstatSync']['returns stat properties with types matching a real file'] = (folder) => {
  const packed = /** @type {any} */ (fs.lstatSync(`${folder}/a.asar/file1`));
  const real = /** @type {any} */ (fs.lstatSync(__filename));
  for (const key of Object.keys(real)) assert.equal(typeof packed[key], typeof real[key], key);
  for (const key of ['atime', 'mtime', 'ctime', 'birthtime'])
    assert.ok(packed[key] instanceof Date, key);
  assert.ok(packed instanceof fs.Stats);
};
cases['fs.lstatSync']['returns null when can not find file with throwIfNoEntry === false'] = (
  folder,
) => {
  assert.equal(fs.lstatSync(`${folder}/a.asar/file4`, { throwIfNoEntry: false }), null);
};

/** @type {[string, (...args: any[]) => Promise<any>][]} */
const realpaths = [
  ...formsOf('realpath'),
  [
    'fs.realpathSync.native',
    async (...args) => fs.realpathSync.native(.../** @type {[any]} */ (args)),
  ],
  ['fs.realpath.native', called(fs.realpath.native)],
];
for (const [group, realpath] of realpaths) {
  /** @param {string} inner @param {string} expected @param {string} [archive] @returns {import('./forms').Case} */
  const leads =
    (inner, expected, archive = 'a.asar') =>
    async (folder) => {
      const real = path.join(fs.realpathSync(folder), archive, expected);
      assert.equal(await realpath(path.join(folder, archive, inner)), real);
    };
  cases[group] = {
    'returns real path root': leads('', ''),
    'returns real path of a normal file': leads('file1', 'file1'),
    'returns real path of a normal directory': leads('dir1', 'dir1'),
    'returns real path of a linked file': leads('link2/link1', 'dir1/file1'),
    'returns real path of a linked directory': leads('link2/link2', 'dir1'),
    'returns real path in other encodings': async (folder) => {
      const real = Buffer.from(path.join(fs.realpathSync(folder), 'a.asar/file1'));
      assert.deepEqual(await realpath(`${folder}/a.asar/link1`, 'buffer'), real);
      assert.equal(await realpath(`${folder}/a.asar/link1`, 'hex'), real.toString('hex'));
      await fails(realpath(`${folder}/a.asar/file1`, 'nonsense'), 'ERR_INVALID_ARG_VALUE');
    },
    'returns real path of an unpacked file': leads('a.txt', 'a.txt', 'unpack.asar'),
    'throws ENOENT error when can not find file': (folder) =>
      isMissing(realpath(`${folder}/a.asar/not-exist`)),
  };
}

for (const [group, access] of formsOf('access')) {
  cases[group] = {
    'accesses a normal file': async (folder) => {
      await access(`${folder}/a.asar/file1`);
      await access(`${folder}/a.asar/file1`, fs.constants.R_OK);
    },
    'throws an error when called with write mode': (folder) =>
      fails(access(`${folder}/a.asar/file1`, fs.constants.R_OK | fs.constants.W_OK), 'EACCES'),
    'throws an error when called on non-existent file': (folder) =>
      isMissing(access(`${folder}/a.asar/not-exist`)),
    'leaves wrong modes to Node': async (folder) => {
      await fails(access(`${folder}/a.asar/file1`, 8), 'ERR_OUT_OF_RANGE');
      await fails(access(`${folder}/a.asar/file1`, 'r'), 'ERR_INVALID_ARG_TYPE');
    },
    'allows write mode for unpacked files': (folder) =>
      access(`${folder}/unpack.asar/a.txt`, fs.constants.R_OK | fs.constants.W_OK),
  };
}

cases['fs.access']['calls back with nothing but the error'] = async (folder) => {
  const given = await new Promise((resolve) => {
    fs.access(`${folder}/a.asar/file1`, (...all) => resolve(all));
  });
  assert.deepEqual(given, [null]);
};

const exists = (/** @type {string} */ file) =>
  new Promise((resolve) => {
    fs.exists(file, resolve);
  });

cases['fs.exists'] = {
  'handles an existing file': async (folder) =>
    assert.equal(await exists(`${folder}/a.asar/file1`), true),
  'handles a non-existent file': async (folder) =>
    assert.equal(await exists(`${folder}/a.asar/not-exist`), false),
  'promisified version handles an existing file': async (folder) =>
    assert.equal(await promisify(fs.exists)(`${folder}/a.asar/file1`), true),
  'promisified version handles a non-existent file': async (folder) =>
    assert.equal(await promisify(fs.exists)(`${folder}/a.asar/not-exist`), false),
};
cases['fs.existsSync'] = {
  'handles an existing file': (folder) =>
    assert.equal(fs.existsSync(`${folder}/a.asar/file1`), true),
  'handles a non-existent file': (folder) =>
    assert.equal(fs.existsSync(`${folder}/a.asar/not-exist`), false),
};
cases['fs.exists on an invalid archive'] = {
  'reports false rather than an error object': async (folder) => {
    assert.equal(await exists(`${folder}/invalid.asar/file`), false);
    assert.equal(fs.existsSync(`${folder}/invalid.asar/file`), false);
    assert.throws(
      () => fs.readFileSync(`${folder}/invalid.asar/file`),
      /^Error: Invalid package .*invalid\.asar/,
    );
  },
};

for (const [group, mkdir] of formsOf('mkdir')) {
  cases[group] = {
    'throws error when calling inside asar archive': (folder) =>
      fails(mkdir(`${folder}/a.asar/not-exist`), 'ENOTDIR'),
  };
}

cases['fs.readlink / fs.readlinkSync / fs.promises.readlink on archives'] = {
  'returns link targets relative to the link, like a real filesystem': async (folder) => {
    for (const [, readlink] of formsOf('readlink')) {
      assert.equal(await readlink(`${folder}/a.asar/link1`), 'file1');
      assert.equal(await readlink(`${folder}/a.asar/dir1/link1`), 'file1');
      assert.equal(await readlink(`${folder}/a.asar/link2`), 'dir1');
      assert.deepEqual(await readlink(`${folder}/a.asar/link2`, 'buffer'), Buffer.from('dir1'));
    }
  },
  'reports EINVAL for non-links and ENOENT for missing paths': async (folder) => {
    for (const [, readlink] of formsOf('readlink')) {
      await fails(readlink(`${folder}/a.asar/file1`), 'EINVAL');
      await fails(readlink(`${folder}/a.asar/dir1`), 'EINVAL');
      await isMissing(readlink(`${folder}/a.asar/nothing`));
    }
  },
};
cases['fs.stat follows symbolic links inside archives'] = {
  'reports the link target for stat and the link itself for lstat': async (folder) => {
    for (const [, stat] of formsOf('stat')) {
      assert.ok((await stat(`${folder}/a.asar/link1`)).isFile());
      assert.ok((await stat(`${folder}/a.asar/link2`)).isDirectory());
    }
    assert.ok(fs.lstatSync(`${folder}/a.asar/link1`).isSymbolicLink());
  },
};
cases['fs.stat with throwIfNoEntry, in forms that wait'] = {
  'gives undefined, as Node does': async (folder) => {
    const options = { throwIfNoEntry: false };
    for (const [, stat] of formsOf('stat').slice(1)) {
      for (const name of ['nothing', 'file1/x']) {
        assert.equal(await stat(`${folder}/a.asar/${name}`, options), undefined);
      }
      assert.equal((await stat(`${folder}/a.asar/file1`, options)).size, 6);
      await assert.rejects(stat(`${folder}/invalid.asar/file`, options), /Invalid package/);
    }
  },
};
cases['fs.stat / fs.lstat with bigint on archives'] = {
  'returns BigIntStats when requested': async (folder) => {
    for (const [, stat] of [...formsOf('stat'), ...formsOf('lstat')]) {
      const stats = await stat(`${folder}/a.asar/file1`, { bigint: true });
      assert.equal(stats.size, 6n);
      assert.equal(typeof stats.mtimeNs, 'bigint');
      assert.ok(stats.isFile() && stats.mtime instanceof Date);
    }
  },
};
cases.splitPath = {
  'does not treat a real directory named like an archive as an archive': (folder) =>
    assert.equal(fs.readFileSync(`${folder}/real-folder.asar/file`, 'utf8'), 'in a folder'),
  'splits at the deepest .asar file component and normalizes the relative part': (folder) => {
    assert.equal(
      fs.readFileSync(`${folder}/real-folder.asar/../a.asar//dir1/.//file1`, 'utf8'),
      'file1\n',
    );
    assert.equal(fs.readFileSync(`${folder}//a.asar/dir1/../file2`, 'utf8'), 'file2\n');
  },
  'matches the archive extension the same way base::FilePath does': (folder) => {
    fs.copyFileSync(`${folder}/plain.txt`, path.join(folder, 'x.asar.txt'));
    const original = require('original-fs');
    for (const name of ['UPPER.ASAR', '.asar']) {
      original.copyFileSync(path.join(folder, 'a.asar'), path.join(folder, name));
      assert.equal(fs.readFileSync(path.join(folder, name, 'file1'), 'utf8'), 'file1\n');
    }
    for (const name of ['x.asar.gz', 'x.asarx']) {
      original.copyFileSync(path.join(folder, 'a.asar'), path.join(folder, name));
      assert.throws(() => fs.readFileSync(path.join(folder, name, 'file1')), { code: 'ENOTDIR' });
    }
  },
};

module.exports = cases;
