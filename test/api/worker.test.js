'use strict';

/*
 * The page's Worker object: its constructor, its events and handlers, its end. Functions passed to
 * `page` run in a page, those passed to `run` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');
const { until, workerCount } = require('../support/processes');

/** More than Electron can have (about 240). */
const MANY_WORKERS = 300;

/** Enough for a window, and for some ten workers. */
const FEW_DESCRIPTORS = 256;

const FILES = {
  'echo.js': 'onmessage = ({ data }) => postMessage(data);',
  'sub/echo.js': `onmessage = ({ data }) => postMessage(['sub', data]);`,
  'based.html': `<!doctype html><base href="sub/"><script src="../page-tools.js"></script>`,
  'csp.html': `<!doctype html>
    <meta http-equiv="content-security-policy" content="default-src 'self'; worker-src 'self' blob:">
    <script src="page-tools.js"></script>`,
  'loop.js': `postMessage('busy'); for (;;);`,
  'wasm.js': `
    const loop = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
      10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11];
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(loop)));
    postMessage('busy');
    exports.f();`,
  'wait.js': `postMessage('busy');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  'microtasks.js': `postMessage('busy');
    const again = () => Promise.resolve().then(again);
    again();`,
  'flood.js': `postMessage('busy'); for (;;) postMessage('x'.repeat(1000));`,
};

test('new Worker()', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('takes what has a URL for a text, relative to the document', async () => {
    const found = await win.page(async () => {
      const urls = ['echo.js', new URL('echo.js', document.baseURI), './sub/../echo.js',
        { toString: () => 'echo.js' }, new URL('echo.js', location).pathname];
      const answers = [];
      for (const url of urls) {
        const worker = new Worker(url);
        answers.push(await ask(worker, 'ping'));
        worker.terminate();
      }
      return answers;
    });
    assert.deepEqual(found, Array(5).fill('ping'));
  });

  await t.test('follows the document’s base address', async () => {
    const other = await lab.open(undefined, 'based.html');
    assert.deepEqual(await other.page(() => ask(new Worker('echo.js'), 'x')), ['sub', 'x']);
  });

  await t.test('runs blob scripts where the page’s policy allows them as workers alone', async () => {
    const other = await lab.open(undefined, 'csp.html');
    assert.equal(
      await other.page(() => ask(fromText('onmessage = ({ data }) => postMessage(data)'), 'x')),
      'x',
    );
  });

  await t.test('refuses in the standard’s words what cannot be a worker', async () => {
    const thrown = await win.page(() => {
      const gone = URL.createObjectURL(new Blob(['']));
      URL.revokeObjectURL(gone);
      return {
        nothing: thrownBy(() => new Worker()),
        noURL: thrownBy(() => new Worker('http://[')),
        elsewhere: thrownBy(() => new Worker('https://example.com/w.js')),
        type: thrownBy(() => new Worker('echo.js', { type: 'shared' })),
        call: thrownBy(() => Worker('echo.js')),
        symbol: thrownBy(() => new Worker(Symbol('w'))),
      };
    });
    const names = Object.fromEntries(
      Object.entries(thrown).map(([key, error]) => [key, error?.name]),
    );
    assert.deepEqual(names, {
      ...{ nothing: 'TypeError', noURL: 'SyntaxError', elsewhere: 'SecurityError' },
      ...{ type: 'TypeError', call: 'TypeError', symbol: 'TypeError' },
    });
    assert.match(thrown.nothing.message, /^Failed to construct 'Worker': 1 argument required/);
    assert.match(thrown.elsewhere.message, /'https:\/\/example\.com\/w\.js' cannot be accessed/);
    assert.match(thrown.type.message, /'shared' is not a valid enum value of type WorkerType/);
  });

  await t.test('a revoked blob is an error event', async () => {
    const event = await win.page(async () => {
      const url = URL.createObjectURL(new Blob(['postMessage(1)']));
      URL.revokeObjectURL(url);
      return describeEvent(await next(new Worker(url), 'error'));
    });
    assert.equal(event.type, 'error');
  });

  await t.test('is a class that can be extended, with the methods of the standard', async () => {
    const found = await win.page(async () => {
      class Calculator extends Worker {
        constructor() {
          super('echo.js', { name: 'calculator' });
        }
        ask(value) {
          return ask(this, value);
        }
      }
      const one = new Calculator();
      return [
        await one.ask(41),
        one instanceof Worker,
        one instanceof EventTarget,
        `${one}`,
        Object.keys(Worker.prototype).sort(),
        one.onmessage,
        one.onerror,
        one.onmessageerror,
        Worker.prototype.postMessage.length,
      ];
    });
    assert.deepEqual(found, [
      ...[41, true, true, '[object Worker]'],
      ['onerror', 'onmessage', 'onmessageerror', 'postMessage', 'terminate'],
      ...[null, null, null, 1],
    ]);
  });

  await t.test('its methods refuse other objects and missing arguments', async () => {
    const names = await win.page(() => {
      const worker = new Worker('echo.js');
      return [
        thrownBy(() => worker.postMessage())?.name,
        thrownBy(() => Worker.prototype.postMessage.call({}, 1))?.name,
        thrownBy(() => Worker.prototype.terminate.call({}))?.name,
      ];
    });
    assert.deepEqual(names, ['TypeError', 'TypeError', 'TypeError']);
  });
  await lab.close();
});

test('events of a Worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a message is a MessageEvent with the standard’s fields', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const answer = next(worker);
      worker.postMessage({ a: [1] });
      const event = await answer;
      const { type, data, origin, lastEventId, source, ports, target } = event;
      return [
        ...[event instanceof MessageEvent, event.constructor === MessageEvent, `${event}`, type],
        ...[data.a[0], origin, lastEventId, source, ports.length, target === worker],
      ];
    });
    assert.deepEqual(found, [
      ...[true, true, '[object MessageEvent]', 'message', 1, '', '', null, 0, true],
    ]);
  });

  await t.test('onmessage is a handler among the listeners, in its place', async () => {
    const log = await win.page(async () => {
      const worker = new Worker('echo.js');
      const seen = [];
      worker.addEventListener('message', () => seen.push('before'));
      worker.onmessage = () => seen.push('first handler');
      worker.addEventListener('message', ({ data }) => seen.push(`after ${data}`));
      worker.onmessage = function () {
        seen.push(this === worker);
      };
      await ask(worker, 1);
      worker.onmessage = null;
      await ask(worker, 2);
      return seen;
    });
    assert.deepEqual(log, ['before', true, 'after 1', 'before', 'after 2']);
  });

  await t.test('a listener that throws does not stop the others, nor later messages', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const seen = [];
      const reported = next(window, 'error');
      window.onerror = () => true;
      worker.addEventListener('message', ({ data }) => {
        if (data === 'throw') throw new Error('in a listener');
      });
      worker.addEventListener('message', ({ data }) => seen.push(data));
      await ask(worker, 'throw');
      await ask(worker, 'later');
      window.onerror = null;
      return [...seen, (await reported).message];
    });
    assert.deepEqual(found.slice(0, 2), ['throw', 'later']);
    assert.match(found[2], /in a listener/);
  });

  await t.test('two messages that arrive together are two tasks, in the page', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      const seen = [];
      await run(worker, () =>
        addEventListener('message', ({ data }) => {
          if (data === 'go') for (let i = 0; i < 500; i++) postMessage(i);
        }),
      );
      const once = () =>
        new Promise((resolve) =>
          worker.addEventListener('message', ({ data }) => resolve(data), { once: true }),
        );
      worker.postMessage('go');
      for (let i = 0; i < 500; i++) seen.push(await once());
      return seen;
    });
    assert.deepEqual(found, Array.from({ length: 500 }, (_, i) => i));
  });

  await t.test('two messages that arrive together are two tasks, in the worker', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`
        const once = () => new Promise((resolve) =>
          addEventListener('message', ({ data }) => resolve(data), { once: true }));
        (async () => {
          const seen = [];
          for (let i = 0; i < 500; i++) seen.push(await once());
          postMessage(seen);
        })();`);
      const answer = next(worker);
      for (let i = 0; i < 500; i++) worker.postMessage(i);
      return (await answer).data;
    });
    assert.deepEqual(found, Array.from({ length: 500 }, (_, i) => i));
  });

  await t.test('large messages are tasks too, and keep their place among small ones', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`
        const once = () => new Promise((resolve) =>
          addEventListener('message', ({ data }) => resolve(data), { once: true }));
        (async () => {
          for (;;) {
            const data = await once();
            postMessage(data);
          }
        })();`);
      const sizes = Array.from({ length: 60 }, (_, i) => [3, 70000, 1000, 200000][i % 4] + i);
      const once = () =>
        new Promise((resolve) =>
          worker.addEventListener('message', ({ data }) => resolve(data), { once: true }),
        );
      for (const size of sizes) {
        if (size % 3 === 0) worker.postMessage(new ArrayBuffer(size));
        else worker.postMessage('x'.repeat(size));
      }
      const back = [];
      for (let i = 0; i < sizes.length; i++) {
        const data = await once();
        back.push(data.length ?? data.byteLength);
      }
      return back.every((size, i) => size === sizes[i]);
    });
    assert.equal(found, true);
  });
  await lab.close();
});

test('terminate()', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await win.page(() => runAlone(() => process.pid));

  for (const [name, file] of [
    ['while (true)', 'loop.js'],
    ['a loop of WebAssembly', 'wasm.js'],
    ['Atomics.wait', 'wait.js'],
    ['microtasks without end', 'microtasks.js'],
    ['a flood of messages', 'flood.js'],
  ]) {
    await t.test(`ends ${name}`, async () => {
      await win.page(async (script) => {
        window.worker = new Worker(script);
        await next(worker);
      }, file);
      await win.page(() => worker.terminate());
      await until(`the thread of ${file} has ended`, () => workerCount(host) === 1); // the spare
      assert.equal(await win.page(() => runAlone(() => 'lives')), 'lives');
    });
  }

  await t.test('nothing comes after it, and nothing after it throws', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('echo.js');
      const other = new Worker('echo.js');
      const seen = [];
      await ask(worker, 'up');
      worker.onmessage = ({ data }) => seen.push(data);
      worker.onerror = () => seen.push('error');
      for (let i = 0; i < 100; i++) worker.postMessage(i);
      seen.push(worker.terminate());
      worker.postMessage('later');
      const buffer = new ArrayBuffer(100000);
      worker.postMessage(buffer, [buffer]);
      worker.terminate();
      seen.push(buffer.byteLength, thrownBy(() => worker.postMessage(Symbol()))?.name);
      for (let i = 0; i < 20; i++) await ask(other, i);
      return seen;
    });
    assert.deepEqual(found, [undefined, 0, 'DataCloneError']);
  });

  await t.test('works in the constructor’s own task, and in a listener', async () => {
    const found = await win.page(async () => {
      for (let i = 0; i < 50; i++) new Worker('loop.js').terminate();
      const worker = startTool();
      await run(worker, () => {
        for (let i = 0; i < 10; i++) postMessage({ value: i });
      }).catch(() => {});
      let count = 0;
      const flood = new Worker('flood.js');
      await new Promise((resolve) => {
        flood.onmessage = () => {
          if (++count < 5) return;
          flood.terminate();
          resolve();
        };
      });
      const after = count;
      await runAlone(() => {});
      return [count === after, count];
    });
    assert.deepEqual(found, [true, 5]);
  });

  await t.test('a worker that is not referenced any more goes on', async () => {
    const found = await win.page(async () => {
      const got = new Promise((resolve) => {
        new Worker('echo.js').onmessage = ({ data }) => resolve(data);
      });
      const last = (() => {
        const worker = fromText(
          'let n = 0; setInterval(() => { if (++n === 20) postMessage(n); }, 5);',
        );
        return new Promise((resolve) => worker.addEventListener('message', resolve));
      })();
      for (let i = 0; i < 200; i++) new Array(100000).fill(i); // the collector has work to do
      void got;
      return (await last).data;
    });
    assert.equal(found, 20);
  });
  await lab.close();
});

test('in the middle of things', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a getter may post, transfer and terminate while a message is made', async () => {
    const found = await win.page(async () => {
      const worker = fromText('onmessage = ({ data }) => postMessage(data);');
      const seen = [];
      worker.onmessage = ({ data }) => seen.push(data.byteLength ?? data.length ?? data);
      const inner = new ArrayBuffer(100000);
      const outer = new ArrayBuffer(200000);
      const last = new Promise((resolve) =>
        worker.addEventListener('message', ({ data }) => data === 'last' && resolve()),
      );
      worker.postMessage(
        [
          {
            get first() {
              worker.postMessage(inner, [inner]);
              worker.postMessage('x'.repeat(300000));
              return outer;
            },
          },
          outer,
        ],
        [outer],
      );
      const sizes = [inner.byteLength, outer.byteLength];
      worker.postMessage('last');
      await last;
      const end = {
        get end() {
          worker.terminate();
          return new ArrayBuffer(100000);
        },
      };
      worker.postMessage(end);
      return [sizes, seen];
    });
    assert.deepEqual(found, [[0, 0], [100000, 300000, 2, 4]]);
  });

  await t.test('so may a getter in the worker, and it may close', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`onmessage = () => {
        const inner = new ArrayBuffer(100000);
        const outer = new ArrayBuffer(200000);
        postMessage([{ get first() { postMessage(inner, [inner]); return 'x'.repeat(300000); } },
          outer], [outer]);
        postMessage({ get end() { close(); return 'closing'; } });
      };`);
      const seen = [];
      worker.postMessage('go');
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          seen.push(data.byteLength ?? data[1]?.byteLength ?? data.end);
          if (data.end) resolve();
        };
      });
      return seen;
    });
    assert.deepEqual(found, [100000, 200000, 'closing']);
  });

  await t.test('a listener may start and end workers', async () => {
    const count = await win.page(async () => {
      const flood = new Worker('flood.js');
      const workers = [];
      await new Promise((resolve) => {
        flood.onmessage = () => {
          if (workers.length < 20) workers.push(new Worker('echo.js'));
          if (workers.length % 2 === 0) workers.at(-1).terminate();
          if (workers.length === 20) resolve(flood.terminate());
        };
      });
      const odd = workers.filter((worker, i) => i % 2 === 0);
      const answers = await Promise.all(odd.map((worker, i) => ask(worker, i)));
      workers.forEach((worker) => worker.terminate());
      return answers.length;
    });
    assert.equal(count, 10);
  });

  await t.test('a listener may wait for a request, as sync XHR does', async () => {
    const found = await win.page(async () => {
      const worker = startTool();
      await run(worker, () => setInterval(() => postMessage('tick'), 1) && undefined);
      const seen = [];
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          seen.push(`in ${data}`);
          const request = new XMLHttpRequest();
          request.open('GET', 'echo.js', false);
          request.send();
          seen.push(`out ${request.responseText.length > 0}`);
          if (seen.length >= 20) resolve(worker.terminate());
        };
      });
      return seen;
    });
    assert.deepEqual(found, Array.from({ length: 20 }, (_, i) => (i % 2 ? 'out true' : 'in tick')));
  });

  for (const [name, leave] of Object.entries({
    'reload its document': () => location.reload(),
    'go to another document': () => (location.href = 'csp.html'),
    'replace its document': () => location.replace('page.html?again'),
  })) {
    await t.test(`a listener may ${name}`, async () => {
      await win.page((source) => {
        const act = (0, eval)(`(${source})`);
        for (let i = 0; i < 3; i++) {
          let count = 0;
          const flood = new Worker('flood.js');
          flood.onmessage = () => ++count === 50 && act();
        }
        for (let i = 0; i < 3; i++) new Worker('echo.js').postMessage('x'.repeat(1e6));
      }, `${leave}`);
      await win.event('did-finish-load');
      assert.equal(await win.page(() => ask(new Worker('echo.js'), 'next')), 'next');
      await win.load('page.html');
      await win.event('did-finish-load');
    });
  }

  await t.test('a listener may close the window', async () => {
    const other = await lab.open();
    await other.page(() => {
      for (let i = 0; i < 3; i++) {
        let count = 0;
        const flood = new Worker('flood.js');
        flood.onmessage = () => ++count === 50 && window.close();
      }
    });
    await other.event('closed');
    assert.equal(await win.page(() => runAlone(() => 'lives')), 'lives');
  });
  await lab.close();
});

test('many workers', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test(`${MANY_WORKERS} run at once, each a thread of its own`, async () => {
    const { ids, pids, answers } = await win.page(async (count) => {
      window.workers = Array.from({ length: count }, startTool);
      const found = await Promise.all(
        workers.map((worker, i) =>
          run(worker, (n) => [require('node:worker_threads').threadId, process.pid, n * 2], i),
        ),
      );
      const [threads, processes, results] = [0, 1, 2].map((at) => found.map((one) => one[at]));
      return { ids: threads, pids: processes, answers: results };
    }, MANY_WORKERS);
    assert.equal(new Set(ids).size, MANY_WORKERS);
    assert.equal(new Set(pids).size, 1);
    assert.deepEqual(answers, Array.from({ length: MANY_WORKERS }, (_, i) => i * 2));
    const host = pids[0];
    assert.ok(workerCount(host) >= MANY_WORKERS);
    await win.page(() => workers.forEach((worker) => worker.terminate()));
    await until('their threads have ended', () => workerCount(host) === 1);
    assert.equal(await win.page(() => runAlone(() => 'one more')), 'one more');
  });
  await lab.close();
});

test('at the limit of a page a new Worker is an error, and the page goes on', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await win.page(() => runAlone(() => process.pid));
  // No machine for tests should have to run so many: the host hears of them, and does not act.
  process.kill(host, 'SIGSTOP');
  const found = await win.page(() => {
    window.workers = [];
    window.errors = 0;
    const error = thrownBy(() => {
      for (let i = 0; i < 1100; i++) {
        const worker = new Worker('echo.js');
        worker.onerror = () => errors++;
        workers.push(worker);
        worker.postMessage(i);
      }
    });
    return { error, length: workers.length };
  });
  assert.equal(
    found.error?.message,
    "Failed to construct 'Worker': this page has too many workers",
  );
  assert.ok(found.length >= MANY_WORKERS, `${found.length} workers`);
  // Listens before there is anything to hear.
  const before = await win.page(() => {
    window.lastError = next(workers.at(-1), 'error');
    return errors;
  });
  assert.equal(before, 0);

  process.kill(host, 'SIGKILL');
  const errors = await win.page(async () => {
    await lastError;
    const answer = await runAlone(() => 'a new one works');
    return [errors, answer];
  });
  assert.deepEqual(errors, [found.length, 'a new one works']);
  await lab.close({ hostsGone: 1 });
});

test('where descriptors run out a Worker is an error, and the window goes on', async (t) => {
  const lab = await startLab(t, FILES, { wrap: ['prlimit', `--nofile=${FEW_DESCRIPTORS}`] });
  const win = await lab.open();
  const outcomes = await win.page(async (count) => {
    const start = async () => {
      try {
        return await run(startTool(), () => 'works');
      } catch (error) {
        return error.message;
      }
    };
    const all = [];
    for (let i = 0; i < count / 4; i++) all.push(await start()); // one after the other
    return [...all, ...(await Promise.all(Array.from({ length: count }, start)))]; // at once
  }, FEW_DESCRIPTORS);
  const failures = outcomes.filter((outcome) => outcome !== 'works');
  assert.equal(outcomes[0], 'works');
  assert.ok(failures.length > 0, 'descriptors do not run out');
  assert.ok(failures.every((message) => message.length > 20), `${new Set(failures)}`);
  await win.main(({ contents }, id) => contents(id).reload());
  await win.event('did-finish-load');
  assert.equal(await win.page(() => runAlone(() => 'works again')), 'works again');
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});
