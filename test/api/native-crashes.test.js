'use strict';

/*
 * What a window, its page and the app hear when native code ends the process of the window's workers.
 * test/addons/crash.c does it.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { buildAddon } = require('../support/addons');
const { startLab } = require('../support/lab');
const { until } = require('../support/processes');

const addon = buildAddon('crash');

/** Ways to end, as functions of the addon, and how that is told. */
const WAYS = [
  { way: 'segfault', told: 'crashed (SIGSEGV) in', reason: 'crashed', exitCode: 11 },
  { way: 'abort', told: 'crashed (SIGABRT) in', reason: 'crashed', exitCode: 6 },
  { way: 'fatal', told: 'crashed (SIGABRT) in', reason: 'crashed', exitCode: 6 },
  { way: 'illegal', told: 'crashed (SIGILL) in', reason: 'crashed', exitCode: 4 },
  { way: 'overflow', told: 'crashed (SIGSEGV) in', reason: 'crashed', exitCode: 11 },
  { way: 'inPool', told: 'crashed (SIGSEGV) in', reason: 'crashed', exitCode: 11 },
  {
    way: 'exit',
    told: 'was ended by a call of exit() in',
    reason: 'abnormal-exit',
    exitCode: 7 << 8,
  },
];

/** What a worker says on stderr when Node aborts is not Weft's. */
const warnings = (stderr) => stderr.split('\n').filter((line) => line.startsWith('weft: '));

/** @param {import('../support/lab').Lab} lab */
async function reportGone(lab) {
  await lab.main(({ app, emit }) => {
    app.on('child-process-gone', (event, details) => emit('child-process-gone', details));
  });
}

test('native code ends the process of a window’s workers', async (t) => {
  const lab = await startLab(t);
  await reportGone(lab);
  const win = await lab.open();

  for (const { way, told, reason, exitCode } of WAYS) {
    await t.test(`by ${way}: each worker has an error event that says how and where`, async () => {
      const messages = await win.page(
        async (file, name) => {
          const workers = [startTool(), startTool()];
          await Promise.all(workers.map((worker) => run(worker, () => {})));
          const ends = workers.map((worker) => next(worker, 'error'));
          const source = `(file, name) => { require(file)[name](); return new Promise(() => {}); }`;
          workers[0].postMessage({ source, args: [file, name] });
          return (await Promise.all(ends)).map((event) => event.message);
        },
        addon,
        way,
      );
      const text =
        `The process of this window's workers ${told} ${addon}. ` +
        'All workers of the window have ended; new ones can be started.';
      assert.deepEqual(messages, [text, text]);
      assert.deepEqual(await lab.event('child-process-gone'), {
        type: 'Utility',
        reason,
        exitCode,
        serviceName: 'weft.worker-host',
        name: 'Worker Host',
      });
      assert.equal(await win.page(() => runAlone(() => 'works')), 'works');
    });
  }

  await t.test('by a signal that was sent, which blames no module', async () => {
    const { message } = await win.page(async (file) => {
      const worker = startTool();
      worker.postMessage({ source: `(file) => require(file).sent()`, args: [file] });
      return describeEvent(await next(worker, 'error'));
    }, addon);
    assert.match(message, /crashed \(SIGILL\) with no native module on the stack/);
    const { reason, exitCode } = await lab.event('child-process-gone');
    assert.deepEqual({ reason, exitCode }, { reason: 'crashed', exitCode: 4 });
  });

  await t.test('without a word', async () => {
    const { message } = await win.page(async (file) => {
      const worker = startTool();
      worker.postMessage({ source: `(file) => require(file).quietly()`, args: [file] });
      return describeEvent(await next(worker, 'error'));
    }, addon);
    assert.match(message, /was killed, ran out of memory, or could not be started/);
    const { reason, exitCode } = await lab.event('child-process-gone');
    assert.deepEqual({ reason, exitCode }, { reason: 'abnormal-exit', exitCode: 8 << 8 });
  });

  await t.test('by another process', async () => {
    // A child that a module has forked has crashed before: that is nobody's last word.
    const signal = await win.page(async (file) => {
      window.worker = startTool();
      window.ended = next(worker, 'error');
      window.pid = await run(worker, () => process.pid);
      return run(worker, (path) => require(path).child(), file);
    }, addon);
    assert.equal(signal, 6);
    process.kill(await win.page(() => window.pid), 'SIGKILL');
    const { message } = await win.page(async () => describeEvent(await ended));
    assert.match(message, /was killed, ran out of memory, or could not be started/);
    const { reason, exitCode } = await lab.event('child-process-gone');
    assert.deepEqual({ reason, exitCode }, { reason: 'killed', exitCode: 9 });
  });

  await t.test('with a line on stderr for each', async () => {
    // The page is told by its host, and the main process by the kernel.
    await until('all lines are there', () => warnings(lab.stderr).length >= WAYS.length + 3);
    const lines = warnings(lab.stderr);
    assert.equal(lines.length, WAYS.length + 3);
    assert.match(
      lines[0],
      /^weft: warning: the worker host of file:\/\/\/.*page\.html: crashed \(SIGSEGV\) in \/.*crash\.node; its workers have ended$/,
    );
    assert.match(lines.at(-1) ?? '', /: killed \(SIGKILL\); its workers have ended$/);
  });

  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('a trap of WebAssembly is an error of the script, and no crash', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();
  const result = await win.page(() =>
    runAlone(async () => {
      // (module (memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load))
      const bytes = new Uint8Array([
        0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 8,
        1, 4, 108, 111, 97, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11,
      ]);
      const { instance } = await WebAssembly.instantiate(bytes);
      const load = instance.exports.load;
      const errors = [];
      for (let i = 0; i < 100; i++) {
        try {
          load(0x7fff0000 + i);
        } catch (error) {
          errors.push(`${error.name}: ${error.message}`);
        }
      }
      return { value: load(0), errors: [...new Set(errors)] };
    }),
  );
  assert.deepEqual(result, { value: 0, errors: ['RuntimeError: memory access out of bounds'] });
  await lab.close();
});
