'use strict';

/*
 * What is left when something ends that was in the middle of something: hosts, pages, windows, the
 * app. Functions passed to `page` run in a page, those passed to `run` in a worker of it:
 * test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');
const {
  isAlive,
  until,
  descriptorCount,
  mappingCount,
  threadCount,
  workerCount,
} = require('../support/processes');

const BUSY_WORKERS = 16;
const CYCLES = 100;
/** Descriptors and mappings that come and go: of the engines' own, and of kept segments. */
const SLACK = 12;

/** Node's pool for files and the like starts its threads when it first has work, and keeps them. */
const POOL_THREADS = 5;

/** An app that is told to end ends within this time, or has hung. */
const PROMPT_MS = 30_000;

const FILES = {
  'busy0.js': `postMessage('busy'); for (;;);`,
  'busy1.js': `postMessage('busy'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  'busy2.js': `postMessage('busy'); for (;;) postMessage(new ArrayBuffer(100000));`,
  'busy3.js': `postMessage('busy');
    const fs = require('node:fs');
    const again = () => fs.readFile(__filename, again);
    for (let i = 0; i < 8; i++) again();
    setInterval(() => postMessage('x'.repeat(100)), 1);`,
  'other.html': PAGE,
};

/** Runs in a page: starts workers that are busy in four ways, and waits until they are. */
async function startBusy(count) {
  window.busy = Array.from({ length: count }, (_, i) => new Worker(`busy${i % 4}.js`));
  await Promise.all(busy.map((worker) => next(worker)));
}

/** The worker host of a window's page. */
const hostOf = (win) => win.page(() => runAlone(() => process.pid));

test('the worker host is killed', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('each of its workers has an error event, and the page goes on', async () => {
    const host = await hostOf(win);
    await win.page(async () => {
      window.workers = Array.from({ length: 5 }, startTool);
      window.errors = [];
      await Promise.all(workers.map((worker) => run(worker, () => {})));
      for (const [i, worker] of workers.entries()) {
        worker.addEventListener('error', ({ message }) => errors.push([i, message]));
      }
      window.ended = Promise.all(workers.map((worker) => next(worker, 'error')));
    });
    process.kill(host, 'SIGKILL');
    const errors = await win.page(async () => {
      await ended;
      return errors;
    });
    assert.deepEqual(errors.map(([i]) => i).sort(), [0, 1, 2, 3, 4]);
    for (const [, message] of errors) assert.match(message, /process of this window's workers was killed/);
    assert.equal(isAlive(host), false);
  });

  await t.test('a new Worker works, in a new host', async () => {
    const old = await win.page(() => workers.length);
    const host = await hostOf(win);
    assert.equal(old, 5);
    assert.equal(isAlive(host), true);
  });

  await t.test('what is done to its workers afterwards does nothing', async () => {
    const answer = await win.page(() => {
      const buffer = new ArrayBuffer(100000);
      for (const worker of workers) {
        worker.postMessage('hello');
        worker.postMessage(buffer.slice(0), []);
        worker.terminate();
        worker.terminate();
      }
      return runAlone(() => 'fine');
    });
    assert.equal(answer, 'fine');
  });

  await t.test('a Worker made in the error event works', async () => {
    const host = await hostOf(win);
    await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {});
      window.second = new Promise((resolve, reject) => {
        worker.onerror = () => run(startTool(), () => 'made in the event').then(resolve, reject);
      });
    });
    process.kill(host, 'SIGKILL');
    assert.equal(await win.page(() => second), 'made in the event');
  });

  await t.test('with busy workers and messages on their way, five times in a row', async () => {
    for (let i = 0; i < 5; i++) {
      const host = await hostOf(win);
      await win.page(startBusy, 4);
      await win.page(() => {
        for (const worker of busy) {
          for (let n = 0; n < 200; n++) worker.postMessage(new ArrayBuffer(n * 500));
        }
        window.ended = Promise.all(busy.map((worker) => next(worker, 'error')));
      });
      process.kill(host, 'SIGKILL');
      assert.equal(await win.page(() => ended.then(() => 'all ended')), 'all ended');
      await until('the host has ended', () => !isAlive(host));
    }
    assert.equal(await win.page(() => runAlone(() => 'works')), 'works');
  });

  await t.test('by a worker of its own, with process.kill', async () => {
    const event = await win.page(async () => {
      const worker = startTool();
      worker.postMessage({ source: `() => process.kill(process.pid, 'SIGKILL')`, args: [] });
      return describeEvent(await next(worker, 'error'));
    });
    assert.match(event.message, /process of this window's workers was killed/);
    assert.equal(await win.page(() => runAlone(() => 'works')), 'works');
  });

  await t.test('by an abort in native code', async () => {
    const event = await win.page(async () => {
      const worker = startTool();
      worker.postMessage({ source: `() => process.kill(process.pid, 'SIGSEGV')`, args: [] });
      return describeEvent(await next(worker, 'error'));
    });
    assert.match(event.message, /workers crashed \(SIGSEGV\) with no native module on the stack/);
    assert.equal(await win.page(() => runAlone(() => 'works')), 'works');
  });
  await lab.close({ hostsGone: 10 });
});

test('two windows have hosts of their own', async (t) => {
  const lab = await startLab(t, FILES);
  const [a, b] = [await lab.open(), await lab.open()];
  const [hostA, hostB] = [await hostOf(a), await hostOf(b)];
  assert.notEqual(hostA, hostB);

  await t.test('killing one does not touch the other’s workers', async () => {
    for (const win of [a, b]) {
      await win.page(async () => {
        window.worker = startTool();
        await run(worker, () => (globalThis.kept = 'kept'));
      });
    }
    await a.page(() => void (window.ended = next(worker, 'error')));
    process.kill(hostA, 'SIGKILL');
    await a.page(() => ended.then(() => true));
    assert.equal(await b.page(() => run(worker, () => globalThis.kept)), 'kept');
    assert.equal(isAlive(hostB), true);
    assert.notEqual(await hostOf(a), hostA);
  });

  await t.test('closing one ends its host only', async () => {
    const host = await hostOf(a);
    await a.page(startBusy, 4);
    await a.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).close());
    await a.event('closed');
    await until('the host of the closed window has ended', () => !isAlive(host));
    assert.equal(await b.page(() => run(worker, () => globalThis.kept)), 'kept');
  });
  await lab.close({ hostsGone: 1 });
});

test('the web process is killed', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  for (const round of ['first', 'second']) {
    await t.test(`render-process-gone, and its host ends, the ${round} time`, async () => {
      const page = await win.processId();
      const host = await hostOf(win);
      await win.page(startBusy, BUSY_WORKERS);
      process.kill(page, 'SIGKILL');
      const details = await win.event('render-process-gone');
      assert.match(details.reason, /^(killed|crashed)$/);
      await until('the host has ended', () => !isAlive(host));
      await until('nothing of the page is left', () =>
        lab.processes().every(({ pid }) => pid !== page && pid !== host),
      );
    });

    await t.test(`a reload has workers again, the ${round} time`, async () => {
      await win.main(({ contents }, id) => contents(id).reload());
      await win.event('did-finish-load');
      assert.equal(await win.page(() => runAlone(() => 'again')), 'again');
    });
  }
  await lab.close();
});

test('a document with busy workers goes', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await hostOf(win);

  await t.test('by a reload: their threads end, and the next has its own', async () => {
    await win.page(startBusy, BUSY_WORKERS);
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    await until('only the spare thread is left', () => workerCount(host) === 1);
    assert.equal(await win.page(() => runAlone(() => process.pid)), host);
  });

  await t.test('by a navigation', async () => {
    await win.page(startBusy, BUSY_WORKERS);
    await win.load('other.html');
    await until('only the spare thread is left', () => workerCount(host) === 1);
    assert.equal(await win.page(() => runAlone(() => 'here too')), 'here too');
  });

  await t.test('ten times in a row', async () => {
    for (let i = 0; i < 10; i++) {
      await win.page(startBusy, 4);
      await win.load(i % 2 === 0 ? 'page.html' : 'other.html');
    }
    await until('their threads have ended', () => workerCount(host) === 1);
    assert.equal(await win.page(() => runAlone(() => 'works')), 'works');
  });

  await t.test('by a change of the fragment: nothing ends', async () => {
    const answer = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => {});
      location.hash = 'elsewhere';
      history.pushState({}, '', '#more');
      return run(worker, () => 'still here');
    });
    assert.equal(answer, 'still here');
  });
  await lab.close();
});

test(`${CYCLES} workers one after the other leave nothing behind`, async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await hostOf(win);
  const page = await win.processId();
  const main = lab.processesNamed('/lib/main/init.js')[0].pid;
  const measure = () => ({
    descriptors: [main, host, page].map(descriptorCount),
    threads: threadCount(host),
    memory: [host, page].map((pid) => mappingCount(pid, 'memfd:weft')),
  });
  const cycle = (count) =>
    win.page(async (n) => {
      for (let i = 0; i < n; i++) {
        const worker = i % 5 === 0 ? new Worker(`busy${i % 4}.js`) : startTool();
        if (i % 5 === 0) await next(worker);
        else if (i % 5 === 1) worker.postMessage('unheard'); // it has hardly begun to start
        else if (i % 5 < 4) await run(worker, () => {});
        else (await run(worker, () => new ArrayBuffer(200000))).byteLength;
        worker.terminate();
      }
      await runAlone(() => {});
    }, count);
  await cycle(20);
  const before = measure();
  await cycle(CYCLES);
  const isSettled = () => {
    const now = measure();
    return (
      now.descriptors.every((count, i) => count <= before.descriptors[i] + SLACK) &&
      now.memory.every((count, i) => count <= before.memory[i] + SLACK) &&
      now.threads <= before.threads + POOL_THREADS
    );
  };
  await until('no more descriptors, threads and memory than before', isSettled).catch(() => {});
  assert.ok(isSettled(), JSON.stringify({ before, after: measure() }));
  await lab.close();
});

test(`an app with ${BUSY_WORKERS} busy workers ends`, async (t) => {
  const endings = {
    'when its window is closed': [
      ({ app, BrowserWindow }, id) => {
        app.removeAllListeners('window-all-closed');
        BrowserWindow.fromId(id).close();
      },
      0,
    ],
    'by app.quit()': [({ app }) => app.quit(), 0],
    'by app.exit(7)': [({ app }) => app.exit(7), 7],
    'by process.exit(5)': [({ require }) => require('node:process').exit(5), 5],
  };
  for (const [name, [end, code]] of Object.entries(endings)) {
    await t.test(`${name}, with ${code}, and leaves no process`, async (t) => {
      const lab = await startLab(t, FILES);
      const win = await lab.open();
      await win.page(startBusy, BUSY_WORKERS);
      const start = Date.now();
      win.main(end).catch(() => {});
      await lab.expectEnd(code);
      const took = Date.now() - start;
      assert.ok(took < PROMPT_MS, `took ${took} ms`);
      assert.equal(lab.stderr, '');
    });
  }
});

test('the main process is killed, and no process is left', async (t) => {
  const lab = await startLab(t, FILES);
  const [a, b] = [await lab.open(), await lab.open()];
  await a.page(startBusy, BUSY_WORKERS);
  await b.page(startBusy, 4);
  process.kill(lab.processesNamed('/lib/main/init.js')[0].pid, 'SIGKILL');
  await lab.expectEnd(137);
});
