'use strict';

/*
 * The control of test/api/native-modules.test.js, run by plain Node: loads a racy module in some
 * worker_threads at once, and prints what came of it as JSON:
 * { errors, foreign, rounds, counted }.
 */

const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const THREADS = 4;
const SLICES = 40;
const ROUNDS = 500_000;

function work({ file, mark, turn }) {
  const { work } = require(file);
  // All at once.
  Atomics.add(turn, 0, 1);
  while (Atomics.load(turn, 0) < THREADS);
  let foreign = 0;
  let counted = 0;
  for (let i = 0; i < SLICES; i++) {
    const [found, total] = work(ROUNDS, mark);
    foreign += found;
    counted = total;
  }
  parentPort.postMessage({ foreign, counted });
}

async function main(file) {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const results = await Promise.all(
    Array.from({ length: THREADS }, (_, i) => {
      const { promise, resolve } = Promise.withResolvers();
      const worker = new Worker(__filename, { workerData: { file, mark: i + 1, turn } });
      worker.once('message', resolve);
      worker.once('error', ({ message }) => {
        Atomics.add(turn, 0, 1); // the others do not wait for it
        resolve({ error: message, foreign: 0, counted: 0 });
      });
      return promise;
    }),
  );
  const done = results.filter(({ error }) => error === undefined);
  const outcome = {
    errors: results.flatMap(({ error }) => error ?? []),
    foreign: done.reduce((sum, { foreign }) => sum + foreign, 0),
    rounds: done.length * SLICES * ROUNDS,
    counted: Math.max(...done.map(({ counted }) => counted)),
  };
  process.stdout.write(JSON.stringify(outcome));
}

if (isMainThread) main(process.argv[2]);
else work(workerData);
