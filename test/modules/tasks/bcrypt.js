'use strict';

const assert = require('node:assert/strict');
const bcrypt = require('bcrypt');
const { overlap } = require('../forever');

/** Rounds of the quickest hash that bcrypt makes. */
const ROUNDS = 4;

exports.work = async (index) => {
  const password = `password ${index}`;
  const hash = await bcrypt.hash(password, ROUNDS);
  assert.match(hash, /^\$2b\$04\$.{53}$/);
  assert.equal(await bcrypt.compare(password, hash), true);
  assert.equal(await bcrypt.compare('another', hash), false);

  const second = bcrypt.hashSync(password, bcrypt.genSaltSync(ROUNDS));
  assert.notEqual(second, hash);
  assert.equal(bcrypt.compareSync(password, second), true);
  assert.equal(bcrypt.compareSync('another', second), false);
  assert.equal(bcrypt.getRounds(hash), ROUNDS);
};

exports.busy = () => overlap(4, () => bcrypt.hash('password', ROUNDS + 2));
