'use strict';

const assert = require('node:assert/strict');
const argon2 = require('argon2');
const { overlap } = require('../forever');

const COST = { memoryCost: 1024, timeCost: 2, parallelism: 1 };

exports.work = async (index) => {
  const password = `password ${index}`;
  const hash = await argon2.hash(password, COST);
  assert.match(hash, /^\$argon2id\$v=19\$m=1024,/);
  assert.equal(await argon2.verify(hash, password), true);
  assert.equal(await argon2.verify(hash, 'another'), false);

  const salt = Buffer.alloc(16, index);
  const raw = () => argon2.hash(password, { ...COST, salt, raw: true });
  const [first, second] = await Promise.all([raw(), raw()]);
  assert.deepEqual(first, second);
};

exports.busy = () => overlap(4, () => argon2.hash('password', COST));
