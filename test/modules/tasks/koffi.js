'use strict';

const assert = require('node:assert/strict');
const koffi = require('koffi');
const { repeat } = require('../forever');

const COUNT = 100;

/** libc's qsort, which calls back for each comparison. */
function bind() {
  const libc = koffi.load('libc.so.6');
  const compare = koffi.proto('int Compare(const void *a, const void *b)');
  const sort = libc.func('qsort', 'void', [
    koffi.inout(koffi.pointer('int32_t')),
    'size_t',
    'size_t',
    koffi.pointer(compare),
  ]);
  const number = (pointer) => koffi.decode(pointer, 'int32_t');
  return {
    sort: (list) => sort(list, list.length, 4, (a, b) => number(a) - number(b)),
    getpid: libc.func('int getpid()'),
  };
}

let bound;

exports.work = async (index) => {
  bound ??= bind();
  const list = Int32Array.from({ length: COUNT }, (_, i) => (i * 37 + index) % COUNT);
  bound.sort(list);
  assert.deepEqual(
    [...list],
    Array.from({ length: COUNT }, (_, i) => i),
  );
  const pid = await new Promise((resolve, reject) =>
    bound.getpid.async((error, value) => (error ? reject(error) : resolve(value))),
  );
  assert.equal(pid, process.pid);
};

exports.busy = (index) => {
  bound ??= bind();
  return repeat(index, () =>
    bound.sort(Int32Array.from({ length: COUNT }, (_, i) => (i * 37) % COUNT)),
  );
};
