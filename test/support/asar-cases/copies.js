'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { BIG, packArchive } = require('../asar');
const { fails, formsOf, isMissing } = require('./forms');

const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;

/** @param {string} folder */
const scratch = (folder) => fs.mkdtempSync(path.join(folder, 'copies-'));

/** @type {import('./forms').Cases} */
const cases = {};

for (const [group, copyFile] of formsOf('copyFile')) {
  cases[group] = {
    'copies a normal file': async (folder) => {
      const target = path.join(scratch(folder), 'copy');
      await copyFile(`${folder}/a.asar/file1`, target);
      assert.equal(fs.readFileSync(target, 'utf8'), 'file1\n');
    },
    'copies a unpacked file': async (folder) => {
      const target = path.join(scratch(folder), 'copy');
      await copyFile(`${folder}/unpack.asar/a.txt`, target);
      assert.equal(fs.readFileSync(target, 'utf8'), 'a\n');
    },
  };
}
for (const [group, cp] of formsOf('cp')) {
  cases[group] = {
    'copies a normal file': async (folder) => {
      const target = path.join(scratch(folder), 'copy');
      await cp(`${folder}/a.asar/file1`, target);
      assert.equal(fs.readFileSync(target, 'utf8'), 'file1\n');
    },
  };
}

/** @param {string} name @param {(form: (...args: any[]) => Promise<any>, folder: string, target: string) => any} check */
const inForms = (name, check) => async (/** @type {string} */ folder) => {
  for (const [, form] of formsOf(name))
    await check(form, folder, path.join(scratch(folder), 'copy'));
};

cases['fs.copyFile flags and errors'] = {
  'honours COPYFILE_EXCL and overwrites otherwise': inForms(
    'copyFile',
    async (copyFile, folder, target) => {
      fs.writeFileSync(target, 'something longer than the copy');
      const file = `${folder}/a.asar/file1`;
      const wrong = { syscall: 'copyfile', path: file };
      const exists = { ...wrong, code: 'EEXIST', dest: target };
      await assert.rejects(copyFile(file, target, COPYFILE_EXCL), exists);
      const dest = `${target}/nowhere/copy`;
      await assert.rejects(copyFile(file, dest), { ...wrong, code: 'ENOTDIR', dest });
      await copyFile(`${folder}/a.asar/file1`, target, COPYFILE_FICLONE);
      await copyFile(`${folder}/a.asar/file1`, target, null);
      assert.equal(fs.readFileSync(target, 'utf8'), 'file1\n');
      await fails(copyFile(`${folder}/a.asar/file1`, target, COPYFILE_FICLONE_FORCE), 'ENOTSUP');
    },
  ),
  'validates the mode argument like Node': inForms('copyFile', async (copyFile, folder, target) => {
    await assert.rejects((async () => copyFile(`${folder}/a.asar/file1`, target, 8))(), {
      code: 'ERR_OUT_OF_RANGE',
    });
    await assert.rejects((async () => copyFile(`${folder}/a.asar/file1`, target, 'x'))(), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }),
  'reports ENOENT / EISDIR for bad sources': inForms(
    'copyFile',
    async (copyFile, folder, target) => {
      await isMissing(copyFile(`${folder}/a.asar/nothing`, target));
      await fails(copyFile(`${folder}/a.asar/dir1`, target), 'EISDIR');
    },
  ),
  'copies linked files, larger files and executable bits': inForms(
    'copyFile',
    async (copyFile, folder, target) => {
      await copyFile(`${folder}/a.asar/link1`, target);
      assert.equal(fs.readFileSync(target, 'utf8'), 'file1\n');
      assert.equal(fs.statSync(target).mode & 0o777, 0o644);
      await copyFile(`${folder}/big.asar/big`, target);
      assert.ok(fs.readFileSync(target).equals(BIG));
      await copyFile(`${folder}/big.asar/run`, `${target}2`);
      assert.equal(fs.statSync(`${target}2`).mode & 0o777, 0o755);
    },
  ),
  'fails when the destination is inside an archive': inForms(
    'copyFile',
    async (copyFile, folder) => {
      await fails(copyFile(`${folder}/a.asar/file1`, `${folder}/a.asar/file9`), 'ENOTDIR');
      await fails(copyFile(`${folder}/plain.txt`, `${folder}/a.asar/file9`), 'ENOTDIR');
    },
  ),
};

/** An archive with a small file and one of two blocks; the last byte of both is another. @param {string} folder */
function damagedArchive(folder) {
  const archive = path.join(scratch(folder), 'damaged.asar');
  packArchive(archive, { large: Buffer.alloc(5_000_000, BIG), small: 'small' });
  const original = require('original-fs');
  const bytes = original.readFileSync(archive);
  bytes[bytes.length - 1] ^= 1;
  bytes[bytes.length - 1 - 'small'.length] ^= 1;
  original.writeFileSync(archive, bytes);
  return archive;
}

for (const form of ['copyFile', 'cp']) {
  cases[`fs.${form} of damaged files`] = {
    'leaves its target as it was': inForms(form, async (copy, folder, target) => {
      const archive = damagedArchive(folder);
      fs.writeFileSync(target, 'precious');
      for (const name of ['large', 'small']) {
        await fails(copy(`${archive}/${name}`, target), 'EIO');
        assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
        await fails(copy(`${archive}/${name}`, `${target}2`), 'EIO');
        assert.ok(!fs.existsSync(`${target}2`));
      }
    }),
  };
}

/**
 * All that is in a folder; what links lead to is not.
 * @param {string} folder @param {string} [below] @returns {string[]}
 */
const listed = (folder, below = '') =>
  fs
    .readdirSync(path.join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const inner = path.join(below, entry.name);
      return [inner, ...(entry.isDirectory() ? listed(folder, inner) : [])];
    })
    .sort();

cases['fs.cp / fs.cpSync / fs.promises.cp from archives'] = {
  'copies a directory tree recursively (sync, callback, promises)': inForms(
    'cp',
    async (cp, folder, target) => {
      await cp(`${folder}/a.asar`, target, { recursive: true });
      assert.deepEqual(listed(target), listed(`${folder}/a.asar`));
      assert.equal(fs.readFileSync(`${target}/dir2/file3`, 'utf8'), 'file3\n');
      assert.equal(fs.readFileSync(`${target}/link1`, 'utf8'), 'file1\n');
    },
  ),
  'copies symlinks verbatim when asked, producing a self-contained tree': inForms(
    'cp',
    async (cp, folder, target) => {
      await cp(`${folder}/a.asar`, target, { recursive: true, verbatimSymlinks: true });
      assert.equal(fs.readlinkSync(`${target}/dir1/link1`), 'file1');
      assert.equal(fs.readFileSync(`${target}/link2/file1`, 'utf8'), 'file1\n');
    },
  ),
  'requires recursive for directories': inForms('cp', (cp, folder, target) =>
    assert.rejects(cp(`${folder}/a.asar/dir2`, target), (/** @type {any} */ error) => {
      const from = `${folder}/a.asar/dir2`;
      assert.equal(error.code, 'ERR_FS_EISDIR');
      assert.equal(
        error.message,
        `Path is a directory: cp returned EISDIR (${from} is a directory (not copied)) ${from}`,
      );
      assert.equal(error.info.code, 'EISDIR');
      return true;
    }),
  ),
  'honours errorOnExist and force': inForms('cp', async (cp, folder, target) => {
    fs.writeFileSync(target, 'old');
    await cp(`${folder}/a.asar/file1`, target, { force: false });
    assert.equal(fs.readFileSync(target, 'utf8'), 'old');
    await fails(
      cp(`${folder}/a.asar/file1`, target, { force: false, errorOnExist: true }),
      'ERR_FS_CP_EEXIST',
    );
    await cp(`${folder}/a.asar/file1`, target);
    assert.equal(fs.readFileSync(target, 'utf8'), 'file1\n');
    fs.mkdirSync(`${target}2`);
    const neither = { recursive: true, force: false, errorOnExist: true };
    await assert.rejects(cp(`${folder}/a.asar/dir2`, `${target}2`, neither), {
      code: 'ERR_FS_CP_EEXIST',
      message: /^Target already exists: cp returned EEXIST /,
    });
  }),
  'applies filter functions': inForms('cp', async (cp, folder, target) => {
    await cp(`${folder}/a.asar`, target, {
      recursive: true,
      filter: (/** @type {string} */ from) => !from.includes('file2'),
    });
    assert.ok(!listed(target).some((name) => name.includes('file2')));
    /** @type {string[]} */
    const asked = [];
    const filter = (/** @type {string} */ from) => asked.push(from) > 0;
    await cp(`${folder}/a.asar/dir2`, `${target}2`, { recursive: true, filter });
    const inner = ['', '/file1', '/file2', '/file3'].map((name) => `${folder}/a.asar/dir2${name}`);
    assert.deepEqual(asked.sort(), inner);
  }),
  'applies filter functions that are asynchronous': async (folder) => {
    const filter = async (/** @type {string} */ from) => !from.endsWith('file2');
    for (const [, cp] of formsOf('cp').slice(1)) {
      const target = path.join(scratch(folder), 'copy');
      await cp(`${folder}/a.asar/dir2`, target, { recursive: true, filter });
      assert.deepEqual(listed(target), ['file1', 'file3']);
    }
    const given = /** @type {any} */ ({ recursive: true, filter });
    assert.throws(
      () => fs.cpSync(`${folder}/a.asar/dir2`, path.join(scratch(folder), 'copy'), given),
      {
        code: 'ERR_INVALID_RETURN_VALUE',
      },
    );
  },
  'dereferences symlinks when asked': inForms('cp', async (cp, folder, target) => {
    await cp(`${folder}/a.asar/link1`, target, { dereference: true });
    assert.ok(fs.lstatSync(target).isFile());
  }),
  'errors on non-existent sources and file-to-directory mismatches': inForms(
    'cp',
    async (cp, folder, target) => {
      await fails(cp(`${folder}/a.asar/nothing`, target), 'ENOENT');
      fs.mkdirSync(target);
      await fails(cp(`${folder}/a.asar/file1`, target), 'ERR_FS_CP_NON_DIR_TO_DIR');
      fs.writeFileSync(`${target}2`, '');
      await fails(
        cp(`${folder}/a.asar/dir2`, `${target}2`, { recursive: true }),
        'ERR_FS_CP_DIR_TO_NON_DIR',
      );
    },
  ),
  'goes on when process.noAsar is set meanwhile': async (folder) => {
    const { noAsar } = process;
    const target = path.join(scratch(folder), 'copy');
    const copying = fs.promises.cp(`${folder}/a.asar`, target, { recursive: true });
    process.noAsar = true;
    await copying.finally(() => (process.noAsar = noAsar));
    assert.deepEqual(listed(target), listed(`${folder}/a.asar`));
  },
  'copies to a URL and to a Buffer': inForms('cp', async (cp, folder, target) => {
    for (const to of [pathToFileURL(target), Buffer.from(`${target}2`)]) {
      await cp(`${folder}/a.asar/dir1`, to, { recursive: true });
    }
    assert.deepEqual(listed(target), listed(`${folder}/a.asar/dir1`));
    assert.deepEqual(listed(`${target}2`), listed(target));
  }),
  'leaves wrong arguments to Node': inForms('cp', async (cp, folder, target) => {
    const file = `${folder}/a.asar/file1`;
    for (const to of [undefined, null, 5, {}])
      await fails(cp(file, to, {}), 'ERR_INVALID_ARG_TYPE');
    await fails(cp(file, ''), 'ENOENT');
    await fails(cp(file, target, { filter: 5 }), 'ERR_INVALID_ARG_TYPE');
    const both = { dereference: true, verbatimSymlinks: true };
    await fails(cp(file, target, both), 'ERR_INCOMPATIBLE_OPTION_PAIR');
    assert.ok(!fs.existsSync(target));
  }),
  'copies unpacked files and mixed archives': inForms('cp', async (cp, folder, target) => {
    await cp(`${folder}/unpack.asar`, target, { recursive: true });
    assert.deepEqual(listed(target), ['a.txt', 'b.txt']);
  }),
};

module.exports = cases;
