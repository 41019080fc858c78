'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { open } = require('lmdb');
const { overlap } = require('../forever');

const COUNT = 200;

exports.work = async (index, folder) => {
  const db = open({ path: path.join(folder, 'lmdb') });
  for (let i = 0; i < COUNT; i++) db.put(i, { index, text: `value ${i}` });
  await db.flushed;
  assert.deepEqual(db.get(7), { index, text: 'value 7' });
  assert.equal(db.get('missing'), undefined);

  await db.transaction(() => {
    db.put('a', (db.get('a') ?? 0) + 1);
    db.put('b', 'second');
  });
  assert.equal(db.get('b'), 'second');
  const before = db.get('a');
  db.transactionSync(() => db.put('a', before + 1));
  assert.equal(db.get('a'), before + 1);

  const keys = [...db.getRange({ start: 0, end: COUNT })].map(({ key }) => key);
  assert.deepEqual(
    keys,
    Array.from({ length: COUNT }, (_, i) => i),
  );
  await db.close();
};

exports.busy = async (index, folder) => {
  const db = open({ path: path.join(folder, 'lmdb') });
  let key = 0;
  await overlap(4, async () => {
    await db.put(key++ % 1000, 'value'.repeat(100));
    for (const { value } of db.getRange({ limit: 20 })) assert.ok(value);
  });
};
