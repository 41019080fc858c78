'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { ClassicLevel } = require('classic-level');
const { overlap } = require('../forever');

const COUNT = 200;

exports.work = async (index, folder) => {
  const db = new ClassicLevel(path.join(folder, 'level'), { valueEncoding: 'json' });
  const entries = Array.from({ length: COUNT }, (_, i) => [
    String(i).padStart(4, '0'),
    { index, i },
  ]);
  await db.batch(entries.map(([key, value]) => ({ type: 'put', key, value })));
  await db.put('last', { index });
  assert.deepEqual(await db.get('0007'), { index, i: 7 });
  assert.equal(await db.get('missing'), undefined);

  const found = [];
  for await (const entry of db.iterator({ lt: 'a' })) found.push(entry);
  assert.deepEqual(found, entries);
  await db.del('last');
  assert.equal((await db.keys().all()).length, COUNT);
  await db.close();
};

exports.busy = async (index, folder) => {
  const db = new ClassicLevel(path.join(folder, 'level'));
  let key = 0;
  await overlap(4, async () => {
    await db.put(`key ${key++ % 1000}`, 'value'.repeat(100));
    await db.iterator({ limit: 20 }).all();
  });
};
