'use strict';

const assert = require('node:assert/strict');
const { mask, unmask } = require('bufferutil');
const { repeat } = require('../forever');

exports.work = async (index) => {
  assert.match(`${mask}`, /native code/); // the package has a second form in JavaScript
  const source = Buffer.from(`text of worker ${index} `.repeat(100));
  const key = Buffer.from([index, 0xa5, 0x3c, 0x7e]);
  const target = Buffer.alloc(source.length + 3);
  mask(source, key, target, 3, source.length);
  const expected = source.map((byte, i) => byte ^ key[i % 4]);
  assert.deepEqual(target.subarray(3), Buffer.from(expected));
  const data = Buffer.from(expected);
  unmask(data, key);
  assert.deepEqual(data, source);
};

exports.busy = (index) => {
  const data = Buffer.alloc(100_000, index);
  const key = Buffer.from([1, 2, 3, 4]);
  return repeat(index, () => mask(data, key, data, 0, data.length));
};
