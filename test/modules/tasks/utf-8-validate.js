'use strict';

const assert = require('node:assert/strict');
const isValid = require('utf-8-validate');
const { repeat } = require('../forever');

exports.work = async (index) => {
  assert.match(`${isValid}`, /native code/); // the package has a second form in JavaScript
  const good = Buffer.from(`worker ${index}: ü€𝄞 `.repeat(100));
  assert.equal(isValid(good), true);
  for (const bad of [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xe2, 0x82],
  ]) {
    assert.equal(isValid(Buffer.concat([good, Buffer.from(bad)])), false);
  }
};

exports.busy = (index) => {
  const data = Buffer.from('ü€𝄞'.repeat(10_000));
  return repeat(index, () => isValid(data));
};
