'use strict';

/*
 * Workers with a process of their own: new Worker(url, { weft: { process: true } }).
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { buildAddon } = require('../support/addons');
const { startLab } = require('../support/lab');
const { isAlive, until } = require('../support/processes');

const crash = buildAddon('crash');

/** Of src/page/host.h. */
const OWN_HOSTS_MAX = 16;

const FILES = {
  'own-tools.js': `
    const startOwn = (options) => new Worker('worker-tool.js', { ...options, weft: { process: true } });
    const pidOf = (worker) => run(worker, () => process.pid);`,
  'own.html': `<!doctype html><script src="page-tools.js"></script><script src="own-tools.js"></script>`,
};

/** @param {import('../support/lab').Lab} lab */
const openOwn = (lab) => lab.open(undefined, 'own.html');

/** @param {import('../support/lab').Lab} lab */
const hostsOf = (lab) =>
  lab.processes().filter(({ command }) => /worker-host|supervisor\.js/.test(command));

test('a worker with a process of its own', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await openOwn(lab);

  await t.test('is in another process than the others, which share theirs', async () => {
    const pids = await win.page(() =>
      Promise.all([startOwn(), startOwn(), startTool(), startTool()].map(pidOf)),
    );
    assert.equal(new Set(pids).size, 3);
    assert.equal(pids[2], pids[3]);
  });

  await t.test('has its name, its type, its errors and its console', async () => {
    const found = await win.page(async () => {
      const worker = startOwn({ name: 'solo' });
      const name = await run(worker, () => {
        console.log('from its own process');
        return self.name;
      });
      const failed = next(worker, 'error');
      await run(worker, () => void setTimeout(() => (0, eval)('nothing()')));
      const { message } = await failed;
      const module = fromText(`postMessage([typeof this, import.meta.url.slice(0, 5)])`, {
        type: 'module',
        weft: { process: true },
      });
      return { name, message, module: (await next(module)).data };
    });
    assert.equal(found.name, 'solo');
    assert.match(found.message, /^Uncaught ReferenceError: nothing is not defined/);
    assert.deepEqual(found.module, ['undefined', 'blob:']);
    let message;
    do ({ message } = await win.event('console-message'));
    while (message !== 'from its own process');
  });

  await t.test('gets and gives messages, buffers and files', async () => {
    const found = await win.page(async () => {
      const worker = startOwn();
      await run(worker, () => {
        self.onmessage = ({ data, ports }) => {
          if (data.buffer) postMessage(data, [data.buffer, ...ports]);
        };
      });
      const buffer = new Uint8Array(1_000_000).fill(7).buffer;
      const back = await ask(worker, { buffer, map: new Map([['a', new Blob(['text'])]]) }, [
        buffer,
      ]);
      return {
        detached: buffer.byteLength,
        size: back.buffer.byteLength,
        last: new Uint8Array(back.buffer).at(-1),
        text: await back.map.get('a').text(),
      };
    });
    assert.deepEqual(found, { detached: 0, size: 1_000_000, last: 7, text: 'text' });
  });

  await t.test('makes workers, in its process, and they end with it', async () => {
    const pids = await win.page(async () => {
      window.parent2 = startOwn();
      await run(parent2, async () => {
        globalThis.children = [new Worker('worker-tool.js'), new Worker('worker-tool.js')];
        const answers = children.map(
          (child) =>
            new Promise((resolve) => (child.onmessage = ({ data }) => resolve(data.value))),
        );
        for (const child of children) child.postMessage({ source: '() => process.pid', args: [] });
        globalThis.pids = await Promise.all(answers);
      });
      return run(parent2, () => [process.pid, ...pids]);
    });
    assert.equal(pids.length, 3);
    assert.equal(new Set(pids).size, 1);
    await win.page(() => parent2.terminate());
    await until('its process has ended', () => !isAlive(pids[0]));
  });

  await t.test('cannot be asked for by a worker', async () => {
    const error = await win.page(() =>
      runAlone(() => {
        try {
          new Worker('worker-tool.js', { weft: { process: true } });
        } catch ({ name, message }) {
          return { name, message };
        }
      }),
    );
    assert.deepEqual(error, {
      name: 'NotSupportedError',
      message:
        "Failed to construct 'Worker': only a page can give a worker a process of its own (weft.process).",
    });
  });
  await lab.close();
});

test('the option is read as WebIDL reads a dictionary', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await openOwn(lab);
  const found = await win.page(async () => {
    const shared = await pidOf(startTool());
    const isOwn = async (weft) => {
      const worker = new Worker('worker-tool.js', { weft });
      const pid = await pidOf(worker);
      worker.terminate();
      return pid !== shared;
    };
    const order = [];
    const spy = new Proxy({}, { get: (target, name) => void order.push(name) });
    new Worker('worker-tool.js', spy).terminate();
    return {
      shared: [
        await isOwn(undefined),
        await isOwn(null),
        await isOwn({}),
        await isOwn({ other: 1 }),
      ],
      off: [await isOwn({ process: false }), await isOwn({ process: 0 })],
      own: [await isOwn({ process: 'yes' }), await isOwn(Object.assign(() => {}, { process: 1 }))],
      wrong: [1, 'text', true, Symbol.iterator].map((weft) =>
        thrownBy(() => new Worker('worker-tool.js', { weft })),
      ),
      order,
    };
  });
  assert.deepEqual(found.shared, [false, false, false, false]);
  assert.deepEqual(found.off, [false, false]);
  assert.deepEqual(found.own, [true, true]);
  assert.deepEqual(found.order, ['credentials', 'name', 'type', 'weft']);
  for (const { name, message } of found.wrong) {
    assert.equal(name, 'TypeError');
    assert.equal(
      message,
      "Failed to construct 'Worker': Failed to read the 'weft' property from 'WorkerOptions': " +
        "The provided value is not of type 'WeftWorkerOptions'.",
    );
  }
  await lab.close();
});

test('a process of one worker ends', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await openOwn(lab);

  /** Starts one in the page, as window.own. */
  const start = () =>
    win.page(async () => {
      window.own = startOwn();
      return pidOf(own);
    });
  const ended = (pid) => until('the process has ended', () => !isAlive(pid));

  await t.test('with the worker: terminate(), close(), process.exit()', async () => {
    const pids = [await start()];
    await win.page(() => own.terminate());
    pids.push(await start());
    await win.page(() => run(own, () => void setTimeout(close)));
    pids.push(await start());
    await win.page(() => run(own, () => void setTimeout(() => process.exit(3))));
    for (const pid of pids) await ended(pid);
    assert.equal(new Set(pids).size, 3);
  });

  await t.test('with the last message of a worker that closes itself', async () => {
    const count = await win.page(async () => {
      const worker = fromText(`for (let i = 0; i < 5000; i++) postMessage(i); close();`, {
        weft: { process: true },
      });
      let received = 0;
      return new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          received++;
          if (data === 4999) resolve(received);
        };
      });
    });
    assert.equal(count, 5000);
  });

  await t.test('by a crash, which costs no other worker anything', async () => {
    const pid = await start();
    const found = await win.page(async (file) => {
      const others = [startOwn(), startTool()];
      await Promise.all(others.map((worker) => run(worker, () => (globalThis.kept = 'kept'))));
      const failed = next(own, 'error');
      own.postMessage({ source: '(file) => require(file).segfault()', args: [file] });
      const { message } = await failed;
      const kept = await Promise.all(others.map((worker) => run(worker, () => globalThis.kept)));
      for (const other of others) other.terminate();
      return { message, kept };
    }, crash);
    assert.equal(
      found.message,
      `The process of this worker crashed (SIGSEGV) in ${crash}. ` +
        'It has ended with the workers that it had made; a new one can be started.',
    );
    assert.deepEqual(found.kept, ['kept', 'kept']);
    await ended(pid);
  });

  await t.test('with a reload of the page', async () => {
    const pids = [await start(), await start()];
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    for (const pid of pids) await ended(pid);
  });

  await t.test('with its window', async () => {
    const other = await openOwn(lab);
    const pid = await other.page(() => {
      window.own = startOwn();
      return pidOf(own);
    });
    await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).close());
    await ended(pid);
  });
  await lab.close({ hostsGone: 1 });
});

test('a page has a limited number of such processes, and is told', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await openOwn(lab);
  const found = await win.page(async (most) => {
    window.owns = Array.from({ length: most }, () => startOwn());
    const pids = await Promise.all(owns.map(pidOf));
    const refused = await next(startOwn(), 'error');
    const shared = await runAlone(() => 'works');
    owns[0].terminate();
    for (;;) {
      const worker = startOwn();
      const pid = await pidOf(worker).catch(() => 0);
      if (pid !== 0) return { pids: new Set(pids).size, message: refused.message, shared };
    }
  }, OWN_HOSTS_MAX);
  assert.deepEqual(found, {
    pids: OWN_HOSTS_MAX,
    message:
      `Failed to construct 'Worker': this page has ${OWN_HOSTS_MAX} workers with a process of their own ` +
      '(weft.process), and may have no more at a time',
    shared: 'works',
  });
  assert.equal(hostsOf(lab).length >= OWN_HOSTS_MAX, true);
  await lab.close();
});

test('between processes', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await openOwn(lab);

  await t.test('ports of two workers go through the page and lose nothing', async () => {
    const found = await win.page(async () => {
      const workers = [startOwn(), startTool(), startOwn()];
      const results = [];
      for (const [a, b] of [
        [0, 1],
        [1, 0],
        [0, 2],
      ]) {
        const { port1, port2 } = new MessageChannel();
        const take = () =>
          new Promise((resolve) => {
            self.addEventListener('message', function got({ ports }) {
              if (ports.length === 0) return;
              self.removeEventListener('message', got);
              globalThis.port = ports[0];
              resolve('has it');
            });
          });
        const taken = [run(workers[a], take), run(workers[b], take)];
        workers[a].postMessage('port', [port1]);
        workers[b].postMessage('port', [port2]);
        await Promise.all(taken);
        const received = run(workers[b], () => {
          const list = [];
          return new Promise((resolve) => {
            port.onmessage = ({ data }) => {
              list.push(data.n);
              port.postMessage(data.n);
              if (list.length === 2000) resolve(list.every((n, i) => n === i));
            };
          });
        });
        const echoed = run(workers[a], () => {
          let sum = 0;
          let count = 0;
          return new Promise((resolve) => {
            port.onmessage = ({ data }) => {
              sum += data;
              if (++count === 2000) resolve(sum);
            };
            for (let n = 0; n < 2000; n++) port.postMessage({ n, pad: 'x'.repeat(n) });
          });
        });
        results.push([await received, await echoed]);
      }
      return results;
    });
    assert.deepEqual(
      found,
      [1, 2, 3].map(() => [true, 1999000]),
    );
  });

  await t.test('a broadcast reaches all', async () => {
    const found = await win.page(async () => {
      const workers = [startOwn(), startOwn(), startTool()];
      const listen = () => {
        globalThis.channel = new BroadcastChannel('all');
        globalThis.heard = new Promise(
          (resolve) => (channel.onmessage = ({ data }) => resolve(data)),
        );
      };
      await Promise.all(workers.map((worker) => run(worker, listen)));
      // The page opens its own behind the workers' wishes for theirs.
      const channel = new BroadcastChannel('all');
      channel.postMessage('from the page');
      return Promise.all(workers.map((worker) => run(worker, () => heard)));
    });
    assert.deepEqual(found, ['from the page', 'from the page', 'from the page']);
  });

  await t.test('memory is shared, and the page’s notify reaches every process', async () => {
    const found = await win.page(async () => {
      const view = new Int32Array(new SharedArrayBuffer(64));
      const workers = [startOwn(), startOwn(), startTool()];
      const give = (worker) => {
        const got = run(
          worker,
          () =>
            new Promise((resolve) => {
              self.addEventListener('message', ({ data }) => {
                if (!data.view) return;
                globalThis.view = data.view;
                resolve();
              });
            }),
        );
        worker.postMessage({ view });
        return got;
      };
      await Promise.all(workers.map(give));
      await Promise.all(workers.map((worker) => run(worker, () => void Atomics.add(view, 0, 1))));
      const waits = workers.map((worker) =>
        run(worker, () => {
          Atomics.add(view, 1, 1);
          return Atomics.wait(view, 2, 0);
        }),
      );
      let woken = 0;
      while (woken < workers.length) {
        woken += Atomics.notify(view, 2);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return { sum: view[0], how: await Promise.all(waits), woken };
    });
    assert.deepEqual(found, { sum: 3, how: ['ok', 'ok', 'ok'], woken: 3 });
  });

  await t.test('a worker that has memory alone wakes the page', async () => {
    const how = await win.page(async () => {
      const worker = startOwn();
      const view = new Int32Array(new SharedArrayBuffer(8));
      const wait = Atomics.waitAsync(view, 0, 0);
      await run(worker, () => {
        self.onmessage = ({ data }) => data.view && Atomics.notify(data.view, 0);
      });
      worker.postMessage({ view });
      return wait.value;
    });
    assert.equal(how, 'ok');
  });
  await lab.close();
});
