'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { essenceOf, isJavaScript, isJSON, mimeTypeOf } = require('../../lib/common/mime-types');

test('a file’s name says its type, whatever its case', () => {
  const types = ['a/b.c/x.MJS', 'x.json', '.js', 'x.wasm', 'x.tar.gz', 'x', 'a.js/x', ''].map(
    mimeTypeOf,
  );
  assert.deepEqual(types, [
    ...['text/javascript', 'application/json', 'text/javascript', 'application/wasm'],
    ...['application/gzip', '', '', ''],
  ]);
});

test('a prototype’s names are no extensions', () => {
  assert.equal(mimeTypeOf('x.constructor'), '');
});

test('JavaScript’s MIME types are those of the standard', () => {
  const yes = [
    'application/ecmascript application/javascript application/x-ecmascript application/x-javascript',
    'text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2',
    'text/javascript1.3 text/javascript1.4 text/javascript1.5 text/jscript text/livescript',
    'text/x-ecmascript text/x-javascript TEXT/JavaScript',
  ];
  assert.ok(yes.flatMap((line) => line.split(' ')).every(isJavaScript));
  assert.ok(isJavaScript('text/javascript; charset=utf-8'));
  const no = ['', 'text/plain', 'application/json', 'text/javascript1.6', 'x/text/javascript'];
  assert.ok(!no.some(isJavaScript));
});

test('JSON’s are two and all that end in +json', () => {
  assert.ok(['application/json', 'text/json', 'a/b+json', 'A/B+JSON;c=d'].every(isJSON));
  assert.ok(!['', 'a/json', 'text/javascript', '+json'].some(isJSON));
  assert.equal(essenceOf(' Text/HTML ; charset=x'), 'text/html');
});
