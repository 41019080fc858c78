'use strict';

/*
 * Modules that are not made for threads, in many workers at once; the same in plain Node, as a control
 * that the modules tell when they are used wrongly. WEFT_TEST_SECONDS makes it long: 60 is what we
 * promise.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const { buildAddon } = require('../support/addons');
const { startLab } = require('../support/lab');
const { addToApp, openWithWorkers, inWorker } = require('../support/native-app');

const WORKERS = 16;
const SECONDS = Number(process.env.WEFT_TEST_SECONDS ?? 2);
const CONTROL = path.join(__dirname, '../support/racy-control.js');

const names = Array.from({ length: WORKERS }, (_, i) => `worker ${i}`);

const MODULES = {
  'Node-API, by a symbol': { name: 'racy', kind: 'napi-symbol' },
  'Node-API, by a static constructor': {
    ...{ name: 'racy', flags: ['-DBY_CONSTRUCTOR'] },
    kind: 'napi-constructor',
  },
  'V8’s interface, not context-aware': { name: 'racy-v8', kind: 'v8-constructor' },
};

/** Runs in a worker: works for some time; [foreign, counted] and the rounds that it has done. */
function workFor(file, mark, seconds) {
  const { work } = require(file);
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  let foreign = 0;
  let counted = 0;
  do {
    const [found, total] = work(200_000, mark);
    foreign += found;
    counted = total;
    rounds += 200_000;
  } while (performance.now() < end);
  const { kind, mode } = process.getWeftNativeModules().at(-1);
  return { foreign, isExact: counted === rounds, rounds, kind, mode };
}

for (const [title, { name, flags, kind }] of Object.entries(MODULES)) {
  test(`${WORKERS} workers run a racy module for ${SECONDS} s: ${title}`, async (t) => {
    const lab = await startLab(t);
    const file = await addToApp(lab, buildAddon(name, { flags }), 'racy.node');
    const win = await openWithWorkers(lab, names);
    const results = await Promise.all(
      names.map((worker, i) => inWorker(win, worker, workFor, file, i + 1, SECONDS)),
    );
    for (const { rounds, ...result } of results) {
      assert.ok(rounds > 0);
      assert.deepEqual(result, { foreign: 0, isExact: true, kind, mode: 'private' });
    }
    await lab.close();
  });

  test(`the control, plain worker_threads, fails: ${title}`, async () => {
    const file = buildAddon(name, { flags });
    const { stdout } = await promisify(execFile)(process.execPath, [CONTROL, file]);
    const { errors, foreign, rounds, counted } = JSON.parse(stdout);
    if (kind === 'v8-constructor') {
      assert.ok(errors.length > 0);
      for (const message of errors) assert.match(message, /Module did not self-register/);
    } else {
      assert.deepEqual(errors, []);
      assert.ok(foreign > 0 || counted < rounds, stdout);
    }
  });
}
