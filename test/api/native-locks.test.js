'use strict';

/*
 * Databases that several workers of a window use: their locks are those of one process, also for the
 * other processes of the machine. The test itself is such a process: it loads the same modules, in plain
 * Node. Functions passed to `inWorker` run in a worker: test/support/native-app.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const Database = require('better-sqlite3');
const { ClassicLevel } = require('classic-level');
const lmdb = require('lmdb');
const { startLab } = require('../support/lab');
const { openWithWorkers, inWorker } = require('../support/native-app');
const { beginExclusive, openAndClose } = require('../support/sqlite-lock');

/** For workers, whose app has no packages of its own. */
const MODULES = path.resolve(__dirname, '../../node_modules');

/** Runs in a worker: what was decided about the module whose package, or its binary's, has this name. */
const decision = (part) => {
  const { mode, why } = process
    .getWeftNativeModules()
    .find(({ package: name }) => name.includes(part));
  return { mode, why };
};

/** Runs in a worker: 'open', or why not. */
async function openLevel(modules, folder) {
  const { ClassicLevel } = require(`${modules}/classic-level`);
  const level = new ClassicLevel(folder);
  try {
    await level.open();
  } catch (error) {
    return error.cause.code;
  }
  globalThis.level = level;
  return 'open';
}

/** Takes the lock of all writers for a moment, in this process: 'locked', or why not. */
function lockHere(file) {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return 'locked';
  } catch ({ code }) {
    return code;
  } finally {
    database.close();
  }
}

/** Reads in this process: a value, or why not. */
async function readLevelHere(folder, key) {
  const level = new ClassicLevel(folder);
  try {
    await level.open();
    return await level.get(key);
  } catch (error) {
    return error.cause.code;
  } finally {
    await level.close();
  }
}

test('LevelDB: one of two workers has the folder', async (t) => {
  const lab = await startLab(t);
  const win = await openWithWorkers(lab, ['a', 'b']);
  const folder = path.join(lab.app.home, 'level');

  assert.equal(await inWorker(win, 'a', openLevel, MODULES, folder), 'open');
  assert.equal(await readLevelHere(folder, 'from'), 'LEVEL_LOCKED');
  // Once it has refused, LevelDB closes the lock's file, and so loses the lock for other processes: a
  // fault of its own, which it has in a single thread, too.
  assert.equal(await inWorker(win, 'b', openLevel, MODULES, folder), 'LEVEL_LOCKED');

  await inWorker(win, 'a', async () => {
    await level.put('from', 'a');
    await level.close();
  });
  assert.equal(await inWorker(win, 'b', openLevel, MODULES, folder), 'open');
  assert.equal(await inWorker(win, 'b', () => level.get('from')), 'a');
  assert.equal(await readLevelHere(folder, 'from'), 'LEVEL_LOCKED');
  await inWorker(win, 'b', () => level.close());
  assert.equal(await readLevelHere(folder, 'from'), 'a');
  await lab.close();
});

test('SQLite: a transaction of one worker keeps its lock when another closes the file', async (t) => {
  const lab = await startLab(t);
  const win = await openWithWorkers(lab, ['a', 'b']);
  const file = path.join(lab.app.home, 'numbers.sqlite');

  await inWorker(win, 'a', beginExclusive, MODULES, file);
  assert.equal(lockHere(file), 'SQLITE_BUSY');
  assert.equal(await inWorker(win, 'b', openAndClose, MODULES, file), 'SQLITE_BUSY');
  assert.equal(lockHere(file), 'SQLITE_BUSY');
  await inWorker(win, 'a', () => void database.exec('COMMIT'));
  assert.equal(lockHere(file), 'locked');
  assert.deepEqual(await inWorker(win, 'b', openAndClose, MODULES, file), [{ n: 1 }]);

  const own = new Database(file);
  assert.deepEqual(own.prepare('SELECT n FROM numbers').all(), [{ n: 1 }]);
  assert.equal(own.pragma('integrity_check', { simple: true }), 'ok');
  own.close();
  await lab.close();
});

test('LMDB: an environment stays open for one worker when another closes it', async (t) => {
  const lab = await startLab(t);
  const win = await openWithWorkers(lab, ['a', 'b']);
  const folder = path.join(lab.app.home, 'lmdb');
  const open = (modules, name) => {
    globalThis.store = require(`${modules}/lmdb`).open({ path: name });
  };
  const write = (key) => store.put(key, `${key}'s`);
  const read = (key) => store.get(key);

  await inWorker(win, 'a', open, MODULES, folder);
  await inWorker(win, 'b', open, MODULES, folder);
  await inWorker(win, 'a', write, 'a');
  await inWorker(win, 'b', write, 'b');
  const own = lmdb.open({ path: folder });
  assert.deepEqual([own.get('a'), own.get('b')], [`a's`, `b's`]);

  await inWorker(win, 'b', () => store.close());
  assert.equal(await inWorker(win, 'a', read, 'b'), `b's`);
  await inWorker(win, 'a', write, 'later');
  await own.put('own', 'of another process');
  assert.equal(own.get('later'), `later's`);
  assert.equal(await inWorker(win, 'a', read, 'own'), 'of another process');
  await inWorker(win, 'a', () => store.close());
  await own.close();
  await lab.close();
});

test('they are shared, and say why', async (t) => {
  const lab = await startLab(t);
  const win = await openWithWorkers(lab, ['classic-level', 'better-sqlite3', 'lmdb']);
  const expected = { 'classic-level': /LevelDB/, 'better-sqlite3': /SQLite/, lmdb: /LMDB/ };
  for (const [name, why] of Object.entries(expected)) {
    await inWorker(
      win,
      name,
      (modules, which) => {
        const found = require(`${modules}/${which}`);
        if (which === 'better-sqlite3') found(':memory:').close(); // it loads its binary here
      },
      MODULES,
      name,
    );
    const found = await inWorker(win, name, decision, name);
    assert.equal(found.mode, 'share', name);
    assert.match(found.why, why);
  }
  await lab.close();
});

/* The harm that the tests above would see. */
test('copies of them, which an app may ask for, have locks of their own', async (t) => {
  const lab = await startLab(t);
  const modules = { 'classic-level': 'private', 'better-sqlite3': 'private' };
  const win = await openWithWorkers(lab, ['a', 'b'], { modules });

  await t.test('LevelDB is open twice', async () => {
    const folder = path.join(lab.app.home, 'level');
    assert.equal(await inWorker(win, 'a', openLevel, MODULES, folder), 'open');
    const { mode, why } = await inWorker(win, 'a', decision, 'classic-level');
    assert.equal(mode, 'private');
    assert.match(why, /modules\['classic-level'\] is 'private'\. Careful: .*LevelDB/);
    assert.equal(await inWorker(win, 'b', openLevel, MODULES, folder), 'open');
  });

  await t.test('SQLite loses its lock', async () => {
    const file = path.join(lab.app.home, 'numbers.sqlite');
    await inWorker(win, 'a', beginExclusive, MODULES, file);
    assert.equal(lockHere(file), 'SQLITE_BUSY');
    await inWorker(win, 'b', openAndClose, MODULES, file);
    assert.equal(lockHere(file), 'locked');
  });
  await lab.close();
});
