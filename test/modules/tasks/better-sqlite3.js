'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const Database = require('better-sqlite3');
const { repeat } = require('../forever');

const COUNT = 200;

exports.work = async (index, folder) => {
  const db = new Database(path.join(folder, 'better.db'));
  db.pragma('journal_mode = WAL');
  db.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER PRIMARY KEY, text)');
  const insert = db.prepare('INSERT INTO t VALUES (?, ?)');
  db.transaction(() => {
    for (let i = 0; i < COUNT; i++) insert.run(i, `worker ${index} row ${i}`);
  })();
  assert.throws(
    () =>
      db.transaction(() => {
        insert.run(COUNT, 'goes with the transaction');
        insert.run(0, 'twice');
      })(),
    { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' },
  );
  assert.deepEqual(db.prepare('SELECT count(*) c, sum(n) s FROM t').get(), {
    c: COUNT,
    s: (COUNT * (COUNT - 1)) / 2,
  });
  db.function('twice', (n) => 2 * n);
  assert.equal(db.prepare('SELECT twice(n) v FROM t WHERE n = 21').pluck().get(), 42);
  assert.equal(db.prepare('SELECT text FROM t WHERE n = 7').pluck().get(), `worker ${index} row 7`);
  db.close();
};

exports.busy = (index, folder) => {
  const db = new Database(path.join(folder, 'better.db'));
  db.exec('CREATE TABLE IF NOT EXISTS busy (n)');
  const insert = db.prepare('INSERT INTO busy VALUES (?)');
  const count = db.prepare('SELECT count(*) FROM busy').pluck();
  return repeat(index, () => insert.run(count.get()));
};
