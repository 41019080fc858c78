'use strict';

/* What a page says of itself when it starts a worker may be anything. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { parseEnvironment } = require('../../lib/worker/environment');

const DEFAULTS = {
  userAgent: '',
  languages: ['en-US'],
  onLine: true,
  isSecureContext: false,
  crossOriginIsolated: false,
};

test('what a page sends is taken over', () => {
  const given = {
    userAgent: 'Agent/1',
    languages: ['eo', 'de'],
    onLine: false,
    isSecureContext: true,
    crossOriginIsolated: true,
  };
  assert.deepEqual(parseEnvironment({ ...given, more: 1 }), given);
});

test('what is missing or of another type has its default', () => {
  const wrong = { userAgent: 1, languages: 'en', onLine: 'no', isSecureContext: 1 };
  for (const given of [undefined, null, 1, 'text', [], {}, wrong, { languages: [] }]) {
    assert.deepEqual(parseEnvironment(given), DEFAULTS);
  }
  assert.deepEqual(parseEnvironment({ languages: [1, 'de', null, {}] }).languages, ['de']);
});

test('long texts and lists are cut', () => {
  const { userAgent, languages } = parseEnvironment({
    userAgent: 'x'.repeat(1e6),
    languages: Array(1e5).fill('y'.repeat(2000)),
  });
  assert.equal(userAgent.length, 1024);
  assert.deepEqual([languages.length, languages[0].length], [32, 1024]);
});
