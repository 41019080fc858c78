'use strict';

const assert = require('node:assert/strict');
const RE2 = require('re2');
const { repeat } = require('../forever');

exports.work = async (index) => {
  const word = new RE2('(?<first>[a-z]+)-(\\d+)', 'g');
  const text = `worker-${index} and other-77`;
  assert.equal(word.exec(text).groups.first, 'worker');
  assert.deepEqual(text.match(word), [`worker-${index}`, 'other-77']);
  assert.equal(text.replace(word, '$2:$1'), `${index}:worker and 77:other`);
  assert.equal(
    new RE2('[aeiou]', 'gi').replace('Umlaut ü', (vowel) => `<${vowel}>`),
    '<U>ml<a><u>t ü',
  );
  assert.equal(new RE2('^(a+)+$').test(`${'a'.repeat(5000)}!`), false); // backtracking takes for ever
  assert.throws(() => new RE2('(?=ahead)'), SyntaxError);
};

exports.busy = (index) => {
  const pattern = new RE2('(\\w+)@(\\w+)\\.com', 'g');
  const text = 'someone@example.com and more '.repeat(100);
  return repeat(index, () => pattern.replace(text, (all, user) => user));
};
