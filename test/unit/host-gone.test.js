// @ts-check
'use strict';

/* What `app` tells of a worker host that has ended has the types of electron.d.ts: tsc checks them. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { detailsOf } = require('../../lib/main/host-gone');

const constant = /** @type {const} */ ({
  type: 'Utility',
  serviceName: 'weft.worker-host',
  name: 'Worker Host',
});

/** @type {{ end: import('../../lib/main/worker-host').HostEnd, reason: string, exitCode: number }[]} */
const ENDS = [
  { end: { code: 0, signal: 11, module: '/a.node' }, reason: 'crashed', exitCode: 11 },
  { end: { code: 0, signal: 6, module: '' }, reason: 'crashed', exitCode: 6 },
  { end: { code: 0, signal: 9, module: '' }, reason: 'killed', exitCode: 9 },
  { end: { code: 0, signal: 15, module: '' }, reason: 'killed', exitCode: 15 },
  { end: { code: 3, signal: 0, module: '' }, reason: 'abnormal-exit', exitCode: 768 },
  { end: { code: 0, signal: 0, module: '' }, reason: 'clean-exit', exitCode: 0 },
];

test('a worker host that is gone is told as Electron tells of its child processes', () => {
  for (const { end, reason, exitCode } of ENDS) {
    /** @type {import('electron').Details} */
    const details = detailsOf(end);
    assert.deepEqual(details, { ...constant, reason, exitCode });
  }
});
