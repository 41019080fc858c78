'use strict';

/*
 * Workers that end while native code is at work: the process of the window's workers lives on. The module,
 * test/addons/endings.c, ends it when it is cut off in a call, as most native modules do.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { buildAddon } = require('../support/addons');
const { startLab, PAGE } = require('../support/lab');
const { until, workerCount, descriptorCount, residentBytes } = require('../support/processes');

const addon = buildAddon('endings');
/** Its init is longer than a turn may be, and shorter than a load. */
const slowAddon = buildAddon('endings', { flags: ['-DINIT_MS=1500'] });

/** Longer than any deadline of the supervisor's. */
const ENDLESS_MS = 6000;

/** How often something busy is terminated; more with WEFT_TEST_LONG. */
const TERMINATIONS = process.env.WEFT_TEST_LONG ? 1000 : 150;
const WARM_UP = 30;
/** What the host may have more afterwards: V8's and malloc's, which do not come back at once. */
const RSS_BAND = 48 * 2 ** 20;
/** Descriptors that come and go. */
const SLACK = 12;

const FILES = {
  'ways.js': `
    /** Each says that it is at work, then is. */
    const WAYS = {
      call: (file) => { const { block } = require(file); postMessage('busy'); for (;;) block(200, () => {}); },
      calls: (file) => {
        const { block } = require(file);
        const again = () => { block(50, () => {}); setImmediate(again); };
        postMessage('busy');
        again();
      },
      pool: (file) => {
        const { later } = require(file);
        const again = () => later(5, again);
        for (let i = 0; i < 8; i++) again();
        postMessage('busy');
      },
      ticks: (file) => { require(file).ticks(() => {}); postMessage('busy'); },
      idle: (file) => { require(file); postMessage('busy'); },
      load: (file) => { postMessage('busy'); require(file); },
    };
    const [, way, file] = location.hash.slice(1).split('=');
    WAYS[way](decodeURIComponent(file));`,
  'other.html': PAGE,
};

/** Starts workers that are busy in this way, and waits until they are. Runs in a page. */
async function startWays(way, file, count) {
  window.busy = Array.from(
    { length: count },
    () => new Worker(`ways.js#=${way}=${encodeURIComponent(file)}`),
  );
  await Promise.all(busy.map((worker) => next(worker)));
}

/** A worker that must live, as window.witness; returns its process. */
const startWitness = (win) =>
  win.page(async () => {
    window.witness = startTool();
    window.deaths = [];
    witness.addEventListener('error', ({ message }) => deaths.push(message));
    return run(witness, () => process.pid);
  });

/** Checks that the process is the same, and has no threads but the witness and the spare. */
async function expectAlive(win, host) {
  await until('the threads have ended', () => workerCount(host) <= 2);
  assert.deepEqual(await win.page(() => deaths), []);
  assert.equal(await win.page(() => run(witness, () => process.pid)), host);
  assert.equal(await win.page(() => runAlone(() => process.pid)), host);
}

test('a worker is terminated', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await startWitness(win);

  for (const way of ['calls', 'pool', 'ticks', 'idle']) {
    await t.test(`with native code at work (${way}), and nothing else ends`, async () => {
      for (let round = 0; round < 5; round++) {
        await win.page(startWays, way, addon, 4);
        await win.page(() => void busy.forEach((worker) => worker.terminate()));
      }
      await expectAlive(win, host);
    });
  }

  await t.test('while a native module is being loaded, which takes its time', async () => {
    await win.page(startWays, 'load', slowAddon, 2);
    await win.page(() => void busy.forEach((worker) => worker.terminate()));
    await expectAlive(win, host);
  });

  await t.test('and says and hears nothing more', async () => {
    const heard = await win.page(async (file) => {
      const worker = fromText(`
        const { block } = require(${JSON.stringify(file)});
        postMessage('busy');
        setInterval(() => { block(30, () => {}); postMessage('alive'); });`);
      await next(worker);
      let count = 0;
      worker.onmessage = () => count++;
      worker.terminate();
      await runAlone(() => require('node:timers/promises').setTimeout(200));
      return count;
    }, addon);
    assert.equal(heard, 0);
    await expectAlive(win, host);
  });

  await t.test('by close() and process.exit() of its own, with work in the pool', async () => {
    for (const end of ['close()', 'process.exit(0)', 'process.exit(3)']) {
      await win.page(
        async (file, statement) => {
          window.busy = Array.from({ length: 4 }, () =>
            fromText(`
              const { later } = require(${JSON.stringify(file)});
              const again = () => later(5, again);
              for (let i = 0; i < 8; i++) again();
              postMessage('busy');
              onmessage = () => setTimeout(() => ${statement}, 20);`),
          );
          await Promise.all(busy.map((worker) => next(worker)));
          for (const worker of busy) worker.postMessage('end');
        },
        addon,
        end,
      );
      await expectAlive(win, host);
    }
  });

  await t.test('by the end of the worker that has made it', async () => {
    for (const end of ['terminate', 'close']) {
      await win.page(
        async (file, how) => {
          const parent = startTool();
          await run(
            parent,
            async (url) => {
              globalThis.children = Array.from({ length: 3 }, () => new Worker(url));
              await Promise.all(
                children.map((child) => new Promise((resolve) => (child.onmessage = resolve))),
              );
            },
            `ways.js#=calls=${encodeURIComponent(file)}`,
          );
          if (how === 'terminate') parent.terminate();
          else await run(parent, () => void setTimeout(close));
        },
        addon,
        end,
      );
      await expectAlive(win, host);
    }
  });

  await t.test('by its parent, which lives on', async () => {
    await win.page(
      async (url) => {
        const parent = startTool();
        await run(
          parent,
          async (address) => {
            const child = new Worker(address);
            await new Promise((resolve) => (child.onmessage = resolve));
            child.terminate();
          },
          url,
        );
        window.parentAnswer = await run(parent, () => 'lives');
        parent.terminate();
      },
      `ways.js#=pool=${encodeURIComponent(addon)}`,
    );
    assert.equal(await win.page(() => parentAnswer), 'lives');
    await expectAlive(win, host);
  });
  await lab.close();
});

test('a worker that does not come to the end of its turn is ended all the same', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await startWitness(win);

  await t.test('in an endless loop', async () => {
    await win.page(async (file) => {
      const worker = fromText(`require(${JSON.stringify(file)}); postMessage('busy'); for (;;);`);
      await next(worker);
      worker.terminate();
    }, addon);
    await expectAlive(win, host);
  });

  await t.test('in an Atomics.wait', async () => {
    await win.page(async (file) => {
      const worker = fromText(`
        require(${JSON.stringify(file)});
        postMessage('busy');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`);
      await next(worker);
      worker.terminate();
    }, addon);
    await expectAlive(win, host);
  });

  await t.test('in a native call that lasts, as soon as that returns', async () => {
    await win.page(
      async (file, ms) => {
        const worker = fromText(`
          const { wait } = require(${JSON.stringify(file)});
          postMessage('busy');
          wait(${ms});
          for (;;);`);
        await next(worker);
        worker.terminate();
      },
      addon,
      ENDLESS_MS,
    );
    assert.equal(
      await win.page(() => runAlone(() => 'others start meanwhile')),
      'others start meanwhile',
    );
    await expectAlive(win, host);
  });
  await t.test(
    'in calls without an end, which may cost the process, and the window goes on',
    async () => {
      const message = await win.page(
        async (url) => {
          const died = next(witness, 'error');
          const worker = new Worker(url);
          await next(worker);
          worker.terminate();
          return (await died).message;
        },
        `ways.js#=call=${encodeURIComponent(addon)}`,
      );
      assert.equal(
        message,
        `The process of this window's workers crashed (SIGABRT) in ${addon}. ` +
          'All workers of the window have ended; new ones can be started.',
      );
      assert.notEqual(await win.page(() => runAlone(() => process.pid)), host);
    },
  );
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('the last messages of a worker with a native module arrive', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  for (const end of ['close()', 'process.exit(0)']) {
    await t.test(`at its page, before ${end}`, async () => {
      const count = await win.page(
        (file, statement) => {
          const worker = fromText(`
            require(${JSON.stringify(file)});
            for (let i = 0; i < 20000; i++) postMessage('x'.repeat(100));
            postMessage('last');
            ${statement};`);
          let received = 0;
          return new Promise((resolve, reject) => {
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.onmessage = ({ data }) => (data === 'last' ? resolve(received) : received++);
          });
        },
        addon,
        end,
      );
      assert.equal(count, 20000);
    });
  }

  await t.test('at the worker that has made it', async () => {
    const count = await win.page(
      (file) =>
        runAlone((path) => {
          const text = `require(${JSON.stringify(path)});
          for (let i = 0; i < 20000; i++) postMessage(i);
          postMessage('last');
          close();`;
          const child = new Worker(URL.createObjectURL(new Blob([text])));
          let received = 0;
          return new Promise((resolve) => {
            child.onmessage = ({ data }) => (data === 'last' ? resolve(received) : received++);
          });
        }, file),
      addon,
    );
    assert.equal(count, 20000);
  });
  await lab.close();
});

test('a page with native code at work goes', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await win.page(() => runAlone(() => process.pid));

  for (const way of ['calls', 'pool', 'ticks']) {
    await t.test(`by a reload (${way}), and its host is the next one’s`, async () => {
      await win.page(startWays, way, addon, 4);
      await win.main(({ contents }, id) => contents(id).reload());
      await win.event('did-finish-load');
      await until('the threads have ended', () => workerCount(host) <= 1);
      assert.equal(await win.page(() => runAlone(() => process.pid)), host);
    });
  }

  await t.test('by a navigation', async () => {
    await win.page(startWays, 'pool', addon, 4);
    await win.load('other.html');
    await win.event('did-finish-load');
    assert.equal(await win.page(() => runAlone(() => process.pid)), host);
  });

  await t.test('with its window', async () => {
    for (const way of ['calls', 'pool', 'ticks']) {
      const other = await lab.open();
      await other.page(startWays, way, addon, 4);
      const pid = await other.page(() => runAlone(() => process.pid));
      await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).close());
      await until('its host has ended', () => descriptorCount(pid) === 0);
    }
  });

  await t.test('with the app, and no host had crashed', async () => {
    await win.page(startWays, 'pool', addon, 4);
    await lab.close({ hostsGone: 0 });
  });
});

/** Busy with what Node does outside of its thread. No native modules but Node's own. */
const BUSY_WITH_NODE = `
  const { spawn } = require('node:child_process');
  const crypto = require('node:crypto');
  const fs = require('node:fs');
  const net = require('node:net');
  const zlib = require('node:zlib');
  const forever = (start) => { const again = () => start(again); again(); };
  for (let i = 0; i < 4; i++) forever((again) => fs.readFile(__filename, again));
  forever((again) => crypto.pbkdf2('a', 'b', 2000, 32, 'sha256', again));
  forever((again) => crypto.randomBytes(1000, again));
  forever((again) => zlib.deflate(Buffer.alloc(50000), again));
  forever((again) => setTimeout(again, 0));
  forever((again) => setImmediate(again));
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () =>
    forever((again) => {
      const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end('hello'));
      socket.on('error', () => {}).on('close', again).resume();
    }));
  if (location.hash === '#spawn') spawn('true', { stdio: 'pipe' }).on('error', () => {});
  setTimeout(() => postMessage('busy'));`;

test(`${TERMINATIONS} workers are terminated at work with files, sockets, processes and ciphers`, async (t) => {
  const lab = await startLab(t, { 'node.js': BUSY_WITH_NODE });
  const win = await lab.open();
  const host = await startWitness(win);

  const round = (count) =>
    win.page(async (n) => {
      for (let i = 0; i < n; i++) {
        const worker = new Worker(i % 10 === 0 ? 'node.js#spawn' : 'node.js');
        await next(worker);
        worker.terminate();
      }
    }, count);
  await round(WARM_UP);
  await until('the threads have ended', () => workerCount(host) <= 2);
  const before = { memory: residentBytes(host), descriptors: descriptorCount(host) };
  await round(TERMINATIONS);
  await expectAlive(win, host);
  const grown = residentBytes(host) - before.memory;
  t.diagnostic(`${(grown / 2 ** 20).toFixed(1)} MiB more after ${TERMINATIONS}`);
  assert.ok(grown < RSS_BAND, `${grown} bytes more`);
  await until('descriptors are closed', () => descriptorCount(host) <= before.descriptors + SLACK);
  await lab.close();
});
