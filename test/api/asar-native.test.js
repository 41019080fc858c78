'use strict';

/*
 * Native modules in archives: in workers and in the main process. Functions passed to `inWorker` run in a
 * worker: test/support/native-app.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { buildAddon } = require('../support/addons');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');
const { appFolder, inWorker, openWithWorkers } = require('../support/native-app');
const { until } = require('../support/processes');
const { beginExclusive, openAndClose } = require('../support/sqlite-lock');

const MODULES = path.resolve(__dirname, '../../node_modules');

const TALLY = fs.readFileSync(buildAddon('tally'));

/**
 * A folder as packArchive() takes it; builds for other machines are left out.
 * @returns {import('../support/asar').Folder}
 */
function readFolder(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const isWanted = ({ name }) => !/^(darwin|win32|linuxmusl|linux-arm64|deps|src)/.test(name);
  return Object.fromEntries(
    entries.filter(isWanted).map((entry) => {
      const file = path.join(folder, entry.name);
      return [entry.name, entry.isDirectory() ? readFolder(file) : fs.readFileSync(file)];
    }),
  );
}

/** Packs an archive into the app's folder. @returns {Promise<string>} its path */
async function pack(lab, content) {
  const archive = path.join(fs.realpathSync(await appFolder(lab)), 'packed.asar');
  packArchive(archive, content);
  return archive;
}

/** Runs in a worker: counts by a module, and says what was decided about it. */
const load = (file) => {
  const { add } = require(file);
  const [{ path: from, package: name, mode }] = process.getWeftNativeModules();
  return { count: add(), from, name, mode };
};

const place = 'node_modules/tally/tally.node';
const inPackage = (file) => ({ node_modules: { tally: { 'tally.node': file } } });

test('a packed module is each worker’s own, under its path in the archive', async (t) => {
  const lab = await startLab(t);
  const archive = await pack(lab, inPackage(TALLY));
  const win = await openWithWorkers(lab, ['a', 'b']);
  const file = path.join(archive, place);
  for (const worker of ['a', 'b']) {
    const expected = { count: 1, from: file, name: 'tally', mode: 'private' };
    assert.deepEqual(await inWorker(win, worker, load, file), expected);
  }
  await lab.close();
});

test('a packed module that is shared is one for all workers, by each path of its archive', async (t) => {
  const lab = await startLab(t);
  const archive = await pack(lab, inPackage(TALLY));
  const linked = path.join(path.dirname(archive), 'linked.asar');
  fs.symlinkSync(archive, linked);
  const win = await openWithWorkers(lab, ['a', 'b'], { modules: { tally: 'share' } });
  const file = path.join(archive, place);
  const expected = { from: file, name: 'tally', mode: 'share' };
  assert.deepEqual(await inWorker(win, 'a', load, file), { count: 1, ...expected });
  assert.deepEqual(await inWorker(win, 'b', load, path.join(linked, place)), {
    count: 2,
    ...expected,
  });
  await lab.close();
});

test('a module that is not in an archive is ENOENT', async (t) => {
  const lab = await startLab(t);
  const archive = await pack(lab, inPackage(TALLY));
  const dlopen = (file) => {
    try {
      return process.dlopen({ exports: {} }, file);
    } catch ({ code, message }) {
      return { code, message };
    }
  };
  const expected = { code: 'ENOENT', message: `ENOENT, nothing.node not found in ${archive}` };
  const win = await openWithWorkers(lab, ['a']);
  assert.deepEqual(await inWorker(win, 'a', dlopen, `${archive}/nothing.node`), expected);
  const inMain = await lab.main(
    (_scope, source, file) => new Function(`return (${source})`)()(file),
    `${dlopen}`,
    `${archive}/nothing.node`,
  );
  assert.deepEqual(inMain, expected);
  await lab.close();
});

test('rules for packages and paths speak of what is in archives', async (t) => {
  const lab = await startLab(t);
  const archive = await pack(lab, inPackage({ bytes: TALLY, unpacked: true }));
  const file = path.join(archive, place);
  const refusal = (name) => {
    try {
      return typeof require(name);
    } catch ({ code, message }) {
      return { code, isNamed: message.includes(name) };
    }
  };
  for (const key of ['tally', `packed.asar/${place}`, '**/packed.asar/**']) {
    const win = await openWithWorkers(lab, ['a'], { modules: { [key]: 'deny' } });
    assert.deepEqual(await inWorker(win, 'a', refusal, file), {
      code: 'ERR_DLOPEN_DISABLED',
      isNamed: true,
    });
  }
  await lab.close();
});

test('a database’s module in an archive keeps one set of locks for all workers', async (t) => {
  const lab = await startLab(t);
  const content = { 'better-sqlite3': readFolder(`${MODULES}/better-sqlite3`) };
  const archive = await pack(lab, { node_modules: content });
  const modules = `${archive}/node_modules`;
  const file = path.join(lab.app.home, 'database');
  const win = await openWithWorkers(lab, ['a', 'b']);
  const loaded = await inWorker(win, 'a', beginExclusive, modules, file);
  assert.equal(loaded.mode, 'share');
  assert.ok(loaded.path.startsWith(modules), loaded.path);
  // Had the second worker locks of its own, its close would drop the first one's.
  assert.equal(await inWorker(win, 'b', openAndClose, modules, file), 'SQLITE_BUSY');
  assert.equal(openAndClose(MODULES, file), 'SQLITE_BUSY'); // so it finds the file locked, too
  await inWorker(win, 'a', () => void globalThis.database.exec('COMMIT'));
  assert.deepEqual(await inWorker(win, 'b', openAndClose, modules, file), [{ n: 1 }]);
  await lab.close();
});

/** Runs in a worker, and in the main process: makes a picture. */
const picture = async (sharp) => {
  const create = { width: 2, height: 3, channels: 3, background: 'red' };
  const { info } = await require(sharp)({ create }).png().toBuffer({ resolveWithObject: true });
  return [info.width, info.height];
};

test('libraries that a packed module finds by its own place are found', async (t) => {
  const lab = await startLab(t);
  const names = ['sharp', '@img', 'detect-libc', 'semver'];
  const content = names.map((name) => [name, readFolder(path.join(MODULES, name))]);
  const archive = await pack(lab, { node_modules: Object.fromEntries(content) });
  const sharp = `${archive}/node_modules/sharp`;
  const win = await openWithWorkers(lab, ['a', 'b']);
  for (const worker of ['a', 'b']) {
    assert.deepEqual(await inWorker(win, worker, picture, sharp), [2, 3]);
  }
  const inMain = ({ require: load }, source, name) =>
    new Function('require', `return (${source})`)(load)(name);
  assert.deepEqual(await lab.main(inMain, `${picture}`, sharp), [2, 3]);
  await lab.close();
});

/** Folders of what was written out of archives; the app's own, since it has a folder for that. */
const foldersIn = (folder) =>
  fs.readdirSync(folder).filter((name) => name.startsWith('weft-asar-'));

test('what was written out of an archive is one folder a process, which goes with it', async (t) => {
  const folder = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'weft-test-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const lab = await startLab(t, {}, { env: { TMPDIR: folder } });
  const archive = await pack(lab, inPackage(TALLY));
  const win = await openWithWorkers(lab, ['a', 'b']);
  for (const worker of ['a', 'b']) await inWorker(win, worker, load, path.join(archive, place));
  const [own, ...others] = foldersIn(folder);
  assert.deepEqual(others, []);
  assert.equal(fs.statSync(path.join(folder, own)).mode & 0o777, 0o700);
  const files = fs.readdirSync(path.join(folder, own), { recursive: true, withFileTypes: true });
  const modes = files
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => [name, fs.statSync(path.join(parentPath, name)).mode & 0o777]);
  assert.deepEqual(modes, [['tally.node', 0o555]]);
  await lab.close();
  await until('the folder has gone', () => foldersIn(folder).length === 0);
});

test('a folder for temporary files that is not there is named, and asked for again', async (t) => {
  const lab = await startLab(t);
  const archive = await pack(lab, inPackage(TALLY));
  const inMain = ({ require: load }, file) => {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = '/not/there';
    try {
      return load(file).add();
    } catch ({ code, message }) {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      return { code, message, count: load(file).add() };
    }
  };
  const { code, message, count } = await lab.main(inMain, path.join(archive, place));
  assert.equal(code, 'ENOENT');
  assert.match(message, /folder for temporary files, and that is '\/not\/there' \(see TMPDIR\)$/);
  assert.equal(count, 1);
  await lab.close();
});
