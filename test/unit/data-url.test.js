'use strict';

/* lib/worker/loader/data-url.js reads data: addresses as Node's fetch does, which is tested by others. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { parseDataURL } = require('../../lib/worker/loader/data-url');

const ADDRESSES = [
  'data:,',
  'data:,plain',
  'data:text/javascript,postMessage(1)',
  'data:text/javascript;charset=utf-8,%C3%A9%E6%97%A5',
  'data:;charset=x,a',
  'data:TEXT/HTML;CHARSET=UTF-8,<p>',
  'data:no type,a',
  'data:a/b;base64,aGVsbG8=',
  'data:a/b;base64,aGVsbG8',
  'data:a/b;  base64,aGVs%20bG8%3D',
  'data:a/b;base64;x=y,aGVsbG8=',
  'data:a/b,with#hash',
  'data:a/b,with?search=%26',
  'data:a/b,%',
  'data:a/b,%4',
  'data:a/b,%zz%41',
  'data:a/b,é日本',
  'data:a/b,a,b,c',
  'data:a/b;quoted="x;y",z',
];

test('type and bytes are those of fetch', async () => {
  for (const address of ADDRESSES) {
    const { href } = new URL(address);
    const response = await fetch(href);
    const { type, body } = parseDataURL(href);
    assert.deepEqual(body, new Uint8Array(await response.arrayBuffer()), address);
    assert.equal(type.toLowerCase(), response.headers.get('content-type').toLowerCase(), address);
  }
});

test('what fetch refuses throws', async () => {
  for (const address of ['data:no-comma', 'data:a/b;base64,%%%', 'data:a/b;base64,a']) {
    await assert.rejects(fetch(address), address);
    assert.throws(() => parseDataURL(address), address);
  }
});
