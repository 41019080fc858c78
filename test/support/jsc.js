// @ts-check
'use strict';

/*
 * Runs scripts in the shell of JavaScriptCore, the engine of the pages, without a page.
 */

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const PRELUDE = path.join('test', 'support', 'jsc-prelude.js');

/** Debian 12 has no shell of the 6.0 library; this one is of the same version, built from the same source. */
const PACKAGE = 'libjavascriptcoregtk-4.0-bin';

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Whether the shell is installed. */
function hasJsc() {
  return spawnSync('jsc', ['-e', '0']).error === undefined;
}

/**
 * Runs a script of this tree in jsc, with `requireLib('lib/...')`, `arguments` and `print` at hand.
 * @param {string} script its path from the root
 * @param {string[]} [args]
 * @returns {string} what it printed
 */
function runJsc(script, args = []) {
  const { error, status, signal, stdout, stderr } = spawnSync('jsc', [PRELUDE, script, '--', ...args], {
    cwd: ROOT, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT,
  });
  if (error && /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT')
    throw new Error(`jsc is not installed: apt-get install --no-install-recommends ${PACKAGE}`);
  if (error) throw error;
  if (status !== 0) throw new Error(`jsc ${script} ended with ${signal ?? status}:\n${stdout.slice(-2000)}${stderr}`);
  return stdout;
}

module.exports = { hasJsc, runJsc, ROOT };
