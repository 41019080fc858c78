// @ts-check
'use strict';

/*
 * Most containers forbid what the sandbox around a page is made of. Tests of other things run there
 * too, outside the sandbox; those of the sandbox itself are skipped.
 */

const { spawnSync } = require('node:child_process');

/** What src/main/sandbox.c tries. */
const PROBE =
  '--unshare-pid --unshare-uts --unshare-net --ro-bind / / --proc /proc --dev /dev true';

const hasSandbox = spawnSync('bwrap', PROBE.split(' ')).status === 0;

/** Options of `weft` for an app whose windows a test needs. */
const sandboxOptions = hasSandbox ? [] : ['--no-sandbox'];

module.exports = { hasSandbox, sandboxOptions };
