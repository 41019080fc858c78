// @ts-check
'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { ROOT } = require('./sources');

test('scripts that ask for it with @ts-check agree with their types', () => {
  // Not .bin/tsc: that may be the older one, which test/api/libraries.test.js runs in a worker.
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '--project', ROOT, '--pretty', 'false'],
    { encoding: 'utf8' },
  );
  assert.equal(stdout + stderr, '');
});
