'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { promisify } = require('node:util');
const sqlite3 = require('sqlite3');
const { overlap } = require('../forever');

const COUNT = 200;

/** Opens a database; its methods return promises. */
async function open(file) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const db = new sqlite3.Database(file, (error) => (error ? reject(error) : resolve()));
  await promise;
  const names = ['exec', 'all', 'get', 'run', 'close'];
  return Object.fromEntries(names.map((name) => [name, promisify(db[name].bind(db))]));
}

exports.work = async (index, folder) => {
  const db = await open(path.join(folder, 'sqlite3.db'));
  await db.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER PRIMARY KEY, text)');
  await db.exec('BEGIN');
  for (let i = 0; i < COUNT; i++)
    await db.run('INSERT INTO t VALUES (?, ?)', i, `row ${i} of ${index}`);
  await db.exec('COMMIT');
  assert.deepEqual(await db.get('SELECT count(*) c, sum(n) s FROM t'), {
    c: COUNT,
    s: (COUNT * (COUNT - 1)) / 2,
  });
  const rows = await db.all('SELECT text FROM t WHERE n < 2 ORDER BY n');
  assert.deepEqual(rows, [{ text: `row 0 of ${index}` }, { text: `row 1 of ${index}` }]);
  await assert.rejects(db.run('INSERT INTO t VALUES (0, 0)'), /SQLITE_CONSTRAINT/);
  await db.close();
};

exports.busy = async (index, folder) => {
  const db = await open(path.join(folder, 'sqlite3.db'));
  await db.exec('CREATE TABLE IF NOT EXISTS busy (n)');
  await overlap(4, () => db.get('SELECT count(*) FROM busy'));
};
