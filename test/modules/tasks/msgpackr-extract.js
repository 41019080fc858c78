'use strict';

const assert = require('node:assert/strict');
const { Packr, isNativeAccelerationEnabled } = require('msgpackr');
const extract = require('msgpackr-extract');
const { repeat } = require('../forever');

/** Many strings: the module reads those of a message, all at once. */
const make = (index) =>
  Array.from({ length: 200 }, (_, i) => ({
    name: `name ${i} of worker ${index}`,
    text: 'a longer text of ASCII alone, '.repeat(5),
    umlauts: 'ü€𝄞'.repeat(20),
    number: i / 3,
  }));

exports.work = async (index) => {
  assert.equal(isNativeAccelerationEnabled, true);
  assert.equal(typeof extract.extractStrings, 'function');
  const packr = new Packr({ useRecords: false });
  const value = make(index);
  assert.deepEqual(packr.unpack(packr.pack(value)), value);
};

exports.busy = (index) => {
  const packr = new Packr({ useRecords: false });
  const packed = packr.pack(make(index));
  return repeat(index, () => packr.unpack(packed));
};
