'use strict';

const assert = require('node:assert/strict');
const zlib = require('node:zlib');
const { crc32, crc32c } = require('@node-rs/crc32');
const { repeat } = require('../forever');

exports.work = async (index) => {
  const data = Buffer.from(`text of worker ${index} `.repeat(500));
  assert.equal(crc32(data), zlib.crc32(data));
  assert.equal(crc32('123456789'), 0xcbf43926); // the check values of both polynomials
  assert.equal(crc32c('123456789'), 0xe3069283);
  assert.equal(crc32(data.subarray(100), crc32(data.subarray(0, 100))), zlib.crc32(data));
};

exports.busy = (index) => {
  const data = Buffer.alloc(200_000, index);
  return repeat(index, () => crc32(data));
};
