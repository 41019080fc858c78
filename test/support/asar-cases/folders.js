'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { packArchive } = require('../asar');
const { called, fails, formsOf, isMissing } = require('./forms');

const ROOT = ['dir1', 'dir2', 'dir3', 'file1', 'file2', 'file3', 'link1', 'link2', 'ping.js'];
const IN_DIR1 = ['file1', 'file2', 'file3', 'link1', 'link2'];
const ALL = [
  ...ROOT,
  ...IN_DIR1.map((name) => `dir1/${name}`),
  ...['dir2', 'dir3'].flatMap((dir) => ['file1', 'file2', 'file3'].map((name) => `${dir}/${name}`)),
].sort();

/** @param {fs.Dirent[]} entries */
const namesOf = (entries) => entries.map(({ name }) => name);

/** @param {fs.Dirent} entry */
const kindOf = (entry) =>
  [entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()].indexOf(true);

/** @param {string} folder */
function nested(folder) {
  const archive = path.join(folder, 'nested.asar');
  if (!fs.existsSync(archive)) packArchive(archive, { a: { b: { c: '' } }, d: { e: '' } });
  return archive;
}

const DEPTH = 1000;

/** @param {string} folder */
function deep(folder) {
  const archive = path.join(folder, 'deep.asar');
  /** @type {import('../asar').Folder} */
  let content = {};
  for (let i = 0; i < DEPTH; i++) content = { a: content };
  if (!fs.existsSync(archive)) packArchive(archive, content);
  return archive;
}

/** A plain folder with an archive, what is called like one, and others. @param {string} folder */
function plainTree(folder) {
  const original = require('original-fs');
  const tree = fs.mkdtempSync(path.join(folder, 'tree-'));
  fs.mkdirSync(`${tree}/in/real.asar`, { recursive: true });
  original.copyFileSync(`${folder}/a.asar`, `${tree}/in/a.asar`);
  for (const name of ['plain', 'none.asar', 'in/real.asar/file'])
    original.writeFileSync(`${tree}/${name}`, 'plain');
  return tree;
}

const OF_TREE = ['in', 'in/a.asar', 'in/real.asar', 'in/real.asar/file', 'none.asar', 'plain'];
const IN_TREE = [...OF_TREE, ...ALL.map((name) => `in/a.asar/${name}`)].sort();

/** So many folders with so many files. */
const WIDE = 120;

/** @param {string} folder */
function wide(folder) {
  const archive = path.join(folder, 'wide.asar');
  const names = Array.from({ length: WIDE }, (_, i) => `${i}`);
  const files = Object.fromEntries(names.map((name) => [name, '']));
  const content = Object.fromEntries(names.map((name) => [name, files]));
  if (!fs.existsSync(archive)) packArchive(archive, content);
  return archive;
}

/** @type {import('./forms').Cases} */
const cases = {};

for (const [group, readdir] of formsOf('readdir')) {
  /** @param {string} inner @param {string[]} expected @returns {import('./forms').Case} */
  const lists = (inner, expected) => async (folder) =>
    assert.deepEqual(await readdir(path.join(folder, 'a.asar', inner)), expected);
  cases[group] = {
    'reads dirs from root': lists('', ROOT),
    'reads dirs from a normal dir': lists('dir1', IN_DIR1),
    'reads dirs from a linked dir': lists('link2/link2', IN_DIR1),
    'supports recursive readdir': async (folder) =>
      assert.deepEqual((await readdir(`${folder}/a.asar`, { recursive: true })).sort(), ALL),
    'supports recursive readdir withFileTypes': async (folder) => {
      const entries = await readdir(`${folder}/a.asar`, { recursive: true, withFileTypes: true });
      const found = entries.map((/** @type {fs.Dirent} */ entry) =>
        path.relative(`${folder}/a.asar`, path.join(entry.parentPath, entry.name)),
      );
      assert.deepEqual(found.sort(), ALL);
    },
    'names what is in a folder before what is below, as for plain folders': async (folder) => {
      const found = await readdir(nested(folder), { recursive: true });
      assert.deepEqual(found, ['a', 'd', 'a/b', 'd/e', 'a/b/c']);
    },
    'supports recursive readdir of folders that lie very deep': async (folder) => {
      const found = await readdir(deep(folder), { recursive: true });
      assert.equal(found.length, DEPTH);
      assert.equal(found.at(-1), Array(DEPTH).fill('a').join('/'));
    },
    'supports recursive readdir of plain folders with archives': async (folder) => {
      const tree = plainTree(folder);
      assert.deepEqual((await readdir(tree, { recursive: true })).sort(), IN_TREE);
      assert.deepEqual((await readdir(pathToFileURL(tree), { recursive: true })).sort(), IN_TREE);
      const plain = require('original-fs').readdirSync(tree, { recursive: true });
      assert.deepEqual(plain.sort(), OF_TREE);
    },
    'supports recursive readdir of plain folders with archives, withFileTypes': async (folder) => {
      const tree = plainTree(folder);
      const entries = await readdir(tree, { recursive: true, withFileTypes: true });
      const kinds = new Map(
        entries.map((/** @type {fs.Dirent} */ entry) => [
          path.relative(tree, path.join(entry.parentPath, entry.name)),
          kindOf(entry),
        ]),
      );
      assert.deepEqual([...kinds.keys()].sort(), IN_TREE);
      const asked = ['none.asar', 'in/a.asar', 'in/a.asar/dir1', 'in/a.asar/dir1/link1'];
      assert.deepEqual(
        asked.map((name) => kinds.get(name)),
        [0, 1, 1, 2],
      );
    },
    'supports withFileTypes': async (folder) => {
      const entries = await readdir(`${folder}/a.asar`, { withFileTypes: true });
      assert.deepEqual(namesOf(entries), ROOT);
      assert.deepEqual(entries.map(kindOf), [1, 1, 1, 0, 0, 0, 2, 2, 0]);
      assert.ok(entries[0] instanceof fs.Dirent);
    },
    'supports withFileTypes for a deep directory': async (folder) => {
      const entries = await readdir(`${folder}/a.asar/dir1`, { withFileTypes: true });
      assert.deepEqual(entries.map(kindOf), [0, 0, 0, 2, 2]);
      assert.equal(entries[0].parentPath, `${folder}/a.asar/dir1`);
    },
    'names the folder as it was given, with withFileTypes': async (folder) => {
      const relative = path.relative(process.cwd(), `${folder}/a.asar`);
      for (const given of [`${relative}/dir1`, `${folder}/a.asar//dir1/`]) {
        const [{ parentPath }] = await readdir(given, { withFileTypes: true });
        assert.equal(parentPath, given);
      }
      const all = await readdir(`./${relative}/`, { recursive: true, withFileTypes: true });
      assert.equal(all[0].parentPath, `./${relative}/`);
      assert.equal(all.at(-1).parentPath, `${relative}/dir3`);
    },
    'leaves wrong options to Node': async (folder) => {
      await fails(readdir(`${folder}/a.asar`, 5), 'ERR_INVALID_ARG_TYPE');
      await fails(readdir(`${folder}/a.asar`, { recursive: 'yes' }), 'ERR_INVALID_ARG_TYPE');
      await fails(readdir(`${folder}/a.asar`, 'nonsense'), 'ERR_INVALID_ARG_VALUE');
    },
    'throws ENOENT error when can not find file': (folder) =>
      isMissing(readdir(`${folder}/a.asar/not-exist`)),
    'throws ENOTDIR for a file': (folder) => fails(readdir(`${folder}/a.asar/file1`), 'ENOTDIR'),
    'handles null for options': async (folder) =>
      assert.equal((await readdir(`${folder}/a.asar/dir1`, null)).length, 5),
    'handles undefined for options': async (folder) =>
      assert.equal((await readdir(`${folder}/a.asar/dir1`, undefined)).length, 5),
  };
}

const GLOB = 'supports withFileTypes with a cwd inside an asar archive';
cases['fs.globSync'] = {
  [GLOB]: (folder) => {
    const options = { cwd: `${folder}/a.asar`, withFileTypes: /** @type {const} */ (true) };
    const found = fs.globSync('*', options);
    assert.deepEqual(namesOf(found).sort(), ROOT);
    assert.deepEqual(fs.globSync('**/file1', { cwd: `${folder}/a.asar` }).sort(), [
      'dir1/file1',
      'dir2/file1',
      'dir3/file1',
      'file1',
    ]);
  },
};
cases['fs.glob'] = {
  [GLOB]: async (folder) => {
    const options = { cwd: `${folder}/a.asar`, withFileTypes: /** @type {const} */ (true) };
    const found = await new Promise((resolve, reject) => {
      fs.glob('*', options, (error, entries) => (error ? reject(error) : resolve(entries)));
    });
    assert.deepEqual(namesOf(found).sort(), ROOT);
    const later = [];
    for await (const entry of fs.promises.glob('*', options)) later.push(entry.name);
    assert.deepEqual(later.sort(), ROOT);
  },
};

/** @param {fs.Dir} dir */
async function drain(dir) {
  const names = [];
  for await (const { name } of dir) names.push(name);
  return names;
}

const OPENDIR = 'fs.opendir / fs.opendirSync / fs.promises.opendir on archives';
cases[OPENDIR] = {
  'lists entries with correct types (sync)': (folder) => {
    const dir = fs.opendirSync(`${folder}/a.asar`);
    const entries = [];
    for (let entry = dir.readSync(); entry; entry = dir.readSync()) entries.push(entry);
    dir.closeSync();
    assert.deepEqual(entries.map(kindOf), [1, 1, 1, 0, 0, 0, 2, 2, 0]);
    assert.ok(dir instanceof fs.Dir && dir.path === `${folder}/a.asar`);
    assert.throws(() => dir.readSync(), { code: 'ERR_DIR_CLOSED' });
  },
  'lists entries via callbacks, promises and async iteration': async (folder) => {
    for (const [, opendir] of formsOf('opendir')) {
      assert.deepEqual(await drain(await opendir(`${folder}/a.asar`)), ROOT);
      const dir = await opendir(`${folder}/a.asar/dir1`);
      assert.equal((await dir.read()).name, 'file1');
      await new Promise((resolve) =>
        dir.read((/** @type {any} */ _error, /** @type {any} */ entry) =>
          resolve(assert.equal(entry.name, 'file2')),
        ),
      );
      await dir.close();
    }
  },
  'supports recursive iteration': async (folder) => {
    for (const [, opendir] of formsOf('opendir')) {
      const names = await drain(await opendir(`${folder}/a.asar`, { recursive: true }));
      assert.equal(names.length, ALL.length);
    }
  },
  'lists sub directories, linked directories and empty archives': async (folder) => {
    for (const [, opendir] of formsOf('opendir')) {
      assert.deepEqual(await drain(await opendir(`${folder}/a.asar/link2`)), IN_DIR1);
      assert.deepEqual(await drain(await opendir(`${folder}/empty.asar/empty-dir`)), []);
    }
  },
  'supports the buffer and other name encodings': (folder) => {
    const dir = fs.opendirSync(`${folder}/a.asar`, { encoding: /** @type {any} */ ('buffer') });
    assert.deepEqual(dir.readSync()?.name, Buffer.from('dir1'));
    dir.closeSync();
    assert.equal(fs.readdirSync(`${folder}/a.asar`, 'hex')[0], Buffer.from('dir1').toString('hex'));
  },
  'has the path that it was given, and is closed once': async (folder) => {
    const relative = path.relative(process.cwd(), `${folder}/a.asar`);
    const dir = fs.opendirSync(`${relative}/dir1/`);
    assert.equal(dir.path, `${relative}/dir1/`);
    assert.equal(dir.readSync()?.parentPath, `${relative}/dir1/`);
    const close = (/** @type {any} */ done) => dir.close(done);
    assert.throws(() => close(5), { code: 'ERR_INVALID_ARG_TYPE' });
    await called(close)();
    await fails(called(close)(), 'ERR_DIR_CLOSED');
  },
  'reports ENOTDIR and ENOENT': async (folder) => {
    for (const [, opendir] of formsOf('opendir')) {
      await fails(opendir(`${folder}/a.asar/file1`), 'ENOTDIR');
      await isMissing(opendir(`${folder}/a.asar/nothing`));
      await fails(opendir(`${folder}/a.asar`, { bufferSize: 0 }), 'ERR_OUT_OF_RANGE');
    }
  },
};

/** @type {[string, (archive: string) => Promise<{ length: number }>][]} */
const WALKS = [
  ['fs.promises.readdir', (archive) => fs.promises.readdir(archive, { recursive: true })],
  [
    'fs.promises.opendir',
    async (archive) => drain(await fs.promises.opendir(archive, { recursive: true })),
  ],
  ['fs.promises.glob', (archive) => Array.fromAsync(fs.promises.glob('*/*', { cwd: archive }))],
];
cases['walks of large archives'] = {};
for (const [name, walk] of WALKS) {
  cases['walks of large archives'][`let others have their turn: ${name}`] = async (folder) => {
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    assert.ok((await walk(wide(folder))).length >= WIDE * WIDE);
    clearImmediate(timer);
    assert.ok(turns > 0);
  };
}

module.exports = cases;
