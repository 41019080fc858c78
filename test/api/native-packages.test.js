// @ts-check
'use strict';

/*
 * Packages of npm with native modules do real work in workers, main beside them. These are the root's
 * own; `make test-modules` tries more of them, and longer. What is done with each: test/modules/trial.js.
 */

const { test } = require('node:test');
const path = require('node:path');
const { startTrialApp, Trial } = require('../modules/trial');

const NODE_MODULES = path.resolve(__dirname, '../../node_modules');
const PACKAGES = [
  ...['better-sqlite3', 'sharp', 'bcrypt', 'lmdb', '@parcel/watcher', 'bufferutil', 'koffi'],
  'classic-level',
];

test('native modules of npm', async (t) => {
  const app = await startTrialApp(t, NODE_MODULES);
  const seed = Math.floor(Math.random() * 1e9);
  t.diagnostic(`the moments of termination are of the seed ${seed}`);

  for (const name of PACKAGES) {
    const trial = new Trial(app, name, seed);
    await t.test(`${name} works in workers whose page is reloaded`, () => trial.reload(1));
    await t.test(`${name} works in 8 workers at once, and in main`, () => trial.atOnce(1));
    await t.test(`${name} is at work in workers that are terminated`, async () => {
      await trial.terminated({ rounds: 1 });
    });
  }
  await t.test('the app ends', () => app.lab.close());
});
