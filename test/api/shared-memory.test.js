'use strict';

/*
 * SharedArrayBuffer and Atomics between a page and its workers: the same memory, and waits that are
 * woken from everywhere. Functions passed to `page` run in a page, those passed to `run` in a worker of
 * it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');
const { descriptorCount, mappingCount, until, workerCount } = require('../support/processes');

/** How often each side counts up. */
const COUNTS = 200_000;
/** Waits that a page may have at a time: channel/control.h. */
const WAITS_MAX = 16_384;
/** Buffers that a process may have at a time: channel/shared.h. */
const BUFFERS_MAX = 4096;
/** Buffers that come and go. */
const SHORT_LIVED = 10_000;
/** Buffers, and descriptors of theirs, that may be left when 10,000 have gone: a collector takes its time. */
const BAND = 64;
/** What the kernel calls the memory. */
const MEMORY = 'memfd:weft-shared';

const FILES = {
  'shared-tools.js': `
    /** Notifies until somebody was waiting there; how many were woken. */
    async function wake(view, index, count) {
      for (;;) {
        const woken = Atomics.notify(view, index, count);
        if (woken > 0) return woken;
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    /** A tool worker that has the view as the global \`view\`. */
    async function startWith(view) {
      const worker = startTool();
      await run(worker, (given) => void (globalThis.view = given), view);
      return worker;
    }
    const makeView = (bytes = 64) => new Int32Array(new SharedArrayBuffer(bytes));`,
  'nested-notify.js': `onmessage = ({ data: view }) => {
      postMessage('started');
      Atomics.store(view, 0, 7);
      while (Atomics.notify(view, 3) === 0);
      while (Atomics.notify(view, 2) === 0);
    };`,
  'page.html': `<!doctype html><meta charset="utf-8"><script src="page-tools.js"></script>
    <script src="shared-tools.js"></script><body>page</body>`,
};

/** The worker host of a window's page. */
const hostOf = (win) => win.page(() => runAlone(() => process.pid));

test('memory is shared', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const host = await hostOf(win);

  await t.test('G13: a counter from the page and three workers is exact', async () => {
    const counter = await win.page(async (counts) => {
      const view = makeView();
      const workers = await Promise.all([startWith(view), startWith(view), startWith(view)]);
      const done = workers.map((worker) =>
        run(
          worker,
          (total) => {
            Atomics.add(view, 1, 1);
            for (let i = 0; i < total; i++) Atomics.add(view, 0, 1);
          },
          counts,
        ),
      );
      while (Atomics.load(view, 1) === 0); // no turn of the page's loop: both sides count at once
      for (let i = 0; i < counts; i++) Atomics.add(view, 0, 1);
      await Promise.all(done);
      for (const worker of workers) worker.terminate();
      return view[0];
    }, COUNTS);
    assert.equal(counter, 4 * COUNTS);
  });

  await t.test('64 MiB go each way without a copy', async () => {
    const seen = await win.page(async () => {
      const size = 64 * 1024 * 1024;
      const view = new Uint8Array(new SharedArrayBuffer(size));
      view[size - 1] = 1;
      const worker = await startWith(view);
      const workers = await run(worker, () => {
        const before = view[view.length - 1];
        view[0] = 2;
        globalThis.theirs = new Uint8Array(new SharedArrayBuffer(view.length));
        return { before, length: view.length, theirs };
      });
      const { before, length, theirs } = workers;
      theirs[size - 1] = 3;
      view[1] = 4;
      const after = await run(worker, () => [theirs[theirs.length - 1], view[1]]);
      window.kept = [worker, view, theirs];
      return { before, length, first: view[0], after };
    });
    assert.deepEqual(seen, { before: 1, length: 2 ** 26, first: 2, after: [3, 4] });
    // One mapping of each in the host, however often it was posted.
    assert.equal(mappingCount(host, MEMORY), 2);
    await win.page(async () => {
      const [worker, view] = kept;
      for (let i = 0; i < 20; i++) await run(worker, (again) => void (globalThis.again = again), view);
    });
    assert.equal(mappingCount(host, MEMORY), 2);
    await win.page(() => kept[0].terminate());
  });

  await t.test('posted on to other workers and back, it stays the same', async () => {
    const values = await win.page(async () => {
      const [first, second] = [startTool(), startTool()];
      const fromWorker = await run(first, () => (globalThis.view = new Int32Array(new SharedArrayBuffer(8))));
      await run(second, (given) => void (globalThis.view = given), fromWorker);
      await run(second, () => void (view[0] = 11));
      const back = await run(second, () => ({ twice: [view, view.buffer], buffer: view.buffer }));
      back.twice[0][1] = 22;
      const there = await run(first, () => [...view]);
      const same = back.twice[1] === back.buffer && back.twice[0].buffer === back.buffer;
      for (const worker of [first, second]) worker.terminate();
      return { there, here: [...fromWorker], same };
    });
    assert.deepEqual(values, { there: [11, 22], here: [11, 22], same: true });
  });

  await t.test('every kind of view keeps its class, its offset and its length', async () => {
    const kinds = await win.page(async () => {
      const buffer = new SharedArrayBuffer(256);
      const classes = [
        Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
        Float32Array, Float64Array, BigInt64Array, BigUint64Array,
      ];
      const views = classes.map((View, i) => new View(buffer, 16 * i, 1));
      views.push(new DataView(buffer, 200, 7));
      const worker = startTool();
      const there = await run(
        worker,
        (given) => {
          for (const view of given) {
            if (view instanceof DataView) view.setInt8(0, 5);
            else view[0] = typeof view[0] === 'bigint' ? 5n : 5;
          }
          return given.map((view) => [
            view.constructor.name, view.byteOffset, view.byteLength, view.buffer === given[0].buffer,
          ]);
        },
        views,
      );
      worker.terminate();
      const here = views.map((view) => [view.constructor.name, view.byteOffset, view.byteLength, true]);
      const values = views.map((view) => Number(view instanceof DataView ? view.getInt8(0) : view[0]));
      return { there, here, values };
    });
    assert.deepEqual(kinds.there, kinds.here);
    assert.deepEqual(kinds.values, Array(12).fill(5));
  });

  await t.test('a buffer of no bytes, and one that does not fill its pages', async () => {
    const lengths = await win.page(async () => {
      const worker = startTool();
      const there = await run(
        worker,
        (...given) => given.map((buffer) => [buffer.byteLength, Object.prototype.toString.call(buffer)]),
        new SharedArrayBuffer(),
        new SharedArrayBuffer(4097),
      );
      worker.terminate();
      return there;
    });
    assert.deepEqual(lengths, [
      [0, '[object SharedArrayBuffer]'],
      [4097, '[object SharedArrayBuffer]'],
    ]);
  });

  await t.test('through message ports: page and worker, worker and worker, within the page', async () => {
    const found = await win.page(async () => {
      const view = makeView();
      const [first, second] = [startTool(), startTool()];
      /** In a worker: adds to what comes through the port, and answers there. */
      const listen = (port, add) => {
        port.onmessage = ({ data }) => {
          Atomics.add(data, 0, add);
          port.postMessage(data.subarray(1));
        };
      };
      const give = (worker, port, add) =>
        ask(worker, { source: `(port) => (${listen})(port, ${add})`, args: [port] }, [port]);
      const results = [];

      const toWorker = new MessageChannel();
      await give(first, toWorker.port2, 1);
      const answer = next(toWorker.port1);
      toWorker.port1.start();
      toWorker.port1.postMessage(view);
      const { data } = await answer;
      data[0] = 11;
      results.push([view[0], view[1], data.byteOffset, data.buffer instanceof SharedArrayBuffer]);

      const between = new MessageChannel();
      await give(second, between.port2, 10);
      const source = `async (port, view) => {
        const answered = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
        port.postMessage(view);
        (await answered)[0] = 22;
      }`;
      await ask(first, { source, args: [between.port1, view] }, [between.port1]);
      results.push([view[0], view[1]]);

      const here = new MessageChannel();
      const received = next(here.port2);
      here.port2.start();
      here.port1.postMessage({ view });
      (await received).data.view[1] = 33;
      results.push([view[0], view[1]]);
      for (const worker of [first, second]) worker.terminate();
      return results;
    });
    assert.deepEqual(found, [[1, 11, 4, true], [11, 22], [11, 33]]);
  });

  await t.test('to a nested worker, memory of WebAssembly goes as well', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
        const view = new Int32Array(memory.buffer);
        const nested = new Worker('nested-notify.js');
        const started = new Promise((resolve) => nested.addEventListener('message', resolve));
        nested.postMessage(view);
        await started;
        const hows = [Atomics.wait(view, 3, 0, 20_000), Atomics.wait(view, 2, 0, 20_000)];
        nested.terminate();
        return [hows, view[0]];
      }),
    );
    assert.deepEqual(found, [['ok', 'ok'], 7]);
  });

  await t.test('a nested worker has it, and wakes the worker that made it and the page', async () => {
    const found = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const waited = Atomics.waitAsync(view, 2, 0);
      const there = run(worker, async () => {
        const nested = new Worker('nested-notify.js');
        nested.postMessage(view);
        await new Promise((resolve) => nested.addEventListener('message', resolve));
        return [Atomics.wait(view, 3, 0, 20_000), view[0]];
      });
      const result = { how: await waited.value, there: await there };
      worker.terminate();
      return result;
    });
    assert.deepEqual(found, { how: 'ok', there: ['ok', 7] });
  });

  await t.test('a thread of node:worker_threads in a worker has it, too, and wakes the page', async () => {
    const found = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const waited = Atomics.waitAsync(view, 2, 0);
      await run(worker, async () => {
        const { Worker: Thread } = require('node:worker_threads');
        const text = `const { workerData } = require('node:worker_threads');
          Atomics.add(workerData, 0, 7);
          Atomics.store(workerData, 3, Atomics.notify(workerData, 2));`;
        const thread = new Thread(text, { eval: true, workerData: view });
        await require('node:events').once(thread, 'exit');
      });
      const how = await waited.value;
      worker.terminate();
      return { how, added: view[0], woken: view[3] };
    });
    assert.deepEqual(found, { how: 'ok', added: 7, woken: 1 });
  });

  await lab.close();
});

test('waits are woken', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();

  await t.test('of a worker, by the page', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const waited = run(worker, () => Atomics.wait(view, 0, 0));
      const woken = await wake(view, 0);
      const long = run(worker, () => Atomics.wait(new BigInt64Array(view.buffer), 2, 0n));
      const wokenLong = await wake(new BigInt64Array(view.buffer), 2);
      const results = [await waited, await long];
      worker.terminate();
      return { woken, wokenLong, results };
    });
    assert.deepEqual(outcome, { woken: 1, wokenLong: 1, results: ['ok', 'ok'] });
  });

  await t.test('as many as the page says, and no more', async () => {
    const counts = await win.page(async () => {
      const view = makeView();
      const workers = await Promise.all([startWith(view), startWith(view), startWith(view)]);
      const waiting = workers.map((worker) =>
        run(worker, () => {
          Atomics.add(view, 1, 1);
          const how = Atomics.wait(view, 0, 0);
          Atomics.add(view, 2, 1);
          return how;
        }),
      );
      while (Atomics.load(view, 1) < 3) await null;
      let woken = 0;
      const each = [];
      while (woken < 2) {
        const count = Atomics.notify(view, 0, 1);
        if (count !== 0) each.push(count);
        woken += count;
      }
      const zero = Atomics.notify(view, 0, 0);
      while (Atomics.load(view, 2) < 2) await null;
      const running = Atomics.load(view, 2);
      const rest = await wake(view, 0);
      const results = await Promise.all(waiting);
      for (const worker of workers) worker.terminate();
      return { each, zero, running, rest, results };
    });
    assert.deepEqual(counts, {
      each: [1, 1],
      zero: 0,
      running: 2,
      rest: 1,
      results: ['ok', 'ok', 'ok'],
    });
  });

  await t.test('of a worker, by another worker', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const [waiting, notifying] = await Promise.all([startWith(view), startWith(view)]);
      const waited = run(waiting, () => Atomics.wait(view, 0, 0));
      const woken = await run(notifying, () => {
        for (;;) {
          const count = Atomics.notify(view, 0);
          if (count > 0) return count;
        }
      });
      const result = await waited;
      for (const worker of [waiting, notifying]) worker.terminate();
      return { woken, result };
    });
    assert.deepEqual(outcome, { woken: 1, result: 'ok' });
  });

  await t.test('of the page, by a worker, which is told how many', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const waits = [0, 0, 0].map(() => Atomics.waitAsync(view, 0, 0));
      const order = [];
      waits.forEach(({ value }, i) => value.then(() => order.push(i)));
      const first = await run(worker, () => Atomics.notify(view, 0, 2));
      await waits[1].value;
      const others = order.length;
      const second = await run(worker, () => Atomics.notify(view, 0));
      const none = await run(worker, () => Atomics.notify(view, 0));
      const results = await Promise.all(waits.map(({ value }) => value));
      worker.terminate();
      return { async: waits.map((wait) => wait.async), first, others, second, none, results, order };
    });
    assert.deepEqual(outcome, {
      async: [true, true, true],
      first: 2,
      others: 2,
      second: 1,
      none: 0,
      results: ['ok', 'ok', 'ok'],
      order: [0, 1, 2],
    });
  });

  await t.test('of the page, by the page: on memory that was posted, and on other', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const results = [];
      for (const memory of [view, makeView()]) {
        const waits = [1, 2, 3].map(() => Atomics.waitAsync(memory, 4, 0));
        const elsewhere = Atomics.notify(memory, 5);
        const counts = [Atomics.notify(memory, 4, 1), Atomics.notify(memory, 4), Atomics.notify(memory, 4)];
        results.push({ elsewhere, counts, hows: await Promise.all(waits.map(({ value }) => value)) });
      }
      worker.terminate();
      return results;
    });
    const expected = { elsewhere: 0, counts: [1, 2, 0], hows: ['ok', 'ok', 'ok'] };
    assert.deepEqual(outcome, [expected, expected]);
  });

  await t.test('that began before the memory was posted, whatever it holds by then', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const waits = [Atomics.waitAsync(view, 0, 0), Atomics.waitAsync(view, 1, 0, 50)];
      view[0] = 9;
      view[1] = 9;
      const worker = await startWith(view);
      const woken = await run(worker, () => Atomics.notify(view, 0));
      const results = await Promise.all(waits.map(({ value }) => value));
      worker.terminate();
      return { woken, results };
    });
    assert.deepEqual(outcome, { woken: 1, results: ['ok', 'timed-out'] });
  });

  await t.test('or not at all: another value, no time, time is over', async () => {
    const outcome = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      view[0] = 1;
      const results = [];
      for (const memory of [view, makeView()]) {
        memory[0] = 1;
        const timed = Atomics.waitAsync(memory, 0, 1, 20);
        const long = Atomics.waitAsync(new BigInt64Array(memory.buffer), 1, 0n, 20);
        results.push(
          Atomics.waitAsync(memory, 0, 0),
          Atomics.waitAsync(memory, 0, 1, 0),
          Atomics.waitAsync(memory, 0, 1, -5),
          [timed.async, await timed.value],
          [long.async, await long.value],
        );
      }
      const late = await run(worker, () => [Atomics.notify(view, 0), Atomics.wait(view, 0, 1, 20)]);
      worker.terminate();
      return { results, late };
    });
    const each = [
      { async: false, value: 'not-equal' },
      { async: false, value: 'timed-out' },
      { async: false, value: 'timed-out' },
      [true, 'timed-out'],
      [true, 'timed-out'],
    ];
    assert.deepEqual(outcome, { results: [...each, ...each], late: [0, 'timed-out'] });
  });

  await t.test('waits that cannot be are errors, as in browsers', async () => {
    const errors = await win.page(() => {
      const view = makeView();
      return [
        thrownBy(() => Atomics.wait(view, 0, 0)),
        thrownBy(() => Atomics.waitAsync(view, 16, 0)),
        thrownBy(() => Atomics.waitAsync(view, -1, 0)),
        thrownBy(() => Atomics.waitAsync(new Uint8Array(view.buffer), 0, 0)),
        thrownBy(() => Atomics.waitAsync(new Int32Array(4), 0, 0)),
        thrownBy(() => Atomics.waitAsync(new BigInt64Array(view.buffer), 0, 0)),
        thrownBy(() => Atomics.notify(view, 16)),
        thrownBy(() => Atomics.notify(new Float64Array(view.buffer), 0)),
      ].map((error) => error?.name);
    });
    assert.deepEqual(errors, [
      'TypeError', 'RangeError', 'RangeError', 'TypeError', 'TypeError', 'TypeError', 'RangeError', 'TypeError',
    ]);
  });

  await t.test(`more than ${WAITS_MAX} waits of a page are refused, and the others go on`, async () => {
    const found = await win.page(async (most) => {
      const view = makeView();
      const worker = await startWith(view);
      const waits = [];
      for (let i = 0; i < most; i++) waits.push(Atomics.waitAsync(view, i % 2, 0).value);
      const error = thrownBy(() => Atomics.waitAsync(view, 0, 0));
      const woken = await run(worker, () => [Atomics.notify(view, 0), Atomics.notify(view, 1)]);
      const hows = new Set(await Promise.all(waits));
      const again = Atomics.waitAsync(view, 0, 0);
      worker.terminate();
      return { error, woken, hows: [...hows], again: [again.async, Atomics.notify(view, 0)] };
    }, WAITS_MAX);
    assert.equal(found.error.name, 'RangeError');
    assert.match(found.error.message, /more than 16384 waits/);
    assert.deepEqual(found.woken, [WAITS_MAX / 2, WAITS_MAX / 2]);
    assert.deepEqual(found.hows, ['ok']);
    assert.deepEqual(found.again, [true, 1]);
  });

  await t.test('a lock that page and worker both take keeps them apart', async () => {
    const wrong = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      // 0: the lock; 1, 2: what it guards, always the same.
      const there = run(worker, () => {
        let wrong = 0;
        for (let i = 0; i < 300; i++) {
          while (Atomics.compareExchange(view, 0, 0, 1) !== 0) Atomics.wait(view, 0, 1);
          if (view[1]++ !== view[2]++) wrong++;
          Atomics.store(view, 0, 0);
          Atomics.notify(view, 0, 1);
        }
        return wrong;
      });
      let here = 0;
      for (let i = 0; i < 300; i++) {
        while (Atomics.compareExchange(view, 0, 0, 1) !== 0) {
          const wait = Atomics.waitAsync(view, 0, 1);
          if (wait.async) await wait.value;
        }
        if (view[1]++ !== view[2]++) here++;
        Atomics.store(view, 0, 0);
        Atomics.notify(view, 0, 1);
      }
      const result = { here, there: await there, total: view[1] };
      worker.terminate();
      return result;
    });
    assert.deepEqual(wrong, { here: 0, there: 0, total: 600 });
  });

  await lab.close();
});

test('what cannot be shared is refused at the sender', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('by the page', async () => {
    const errors = await win.page(async () => {
      const worker = startTool();
      const growable = new SharedArrayBuffer(8, { maxByteLength: 16 });
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const values = [growable, { deep: [memory.buffer] }, new Uint8Array(memory.buffer)];
      const sent = new ArrayBuffer(8);
      const found = values.map((value) => thrownBy(() => worker.postMessage([value, sent], [sent])));
      found.push(thrownBy(() => worker.postMessage(0, [new SharedArrayBuffer(8)])));
      const alive = await run(worker, () => 'alive');
      worker.terminate();
      return { found, alive, detached: sent.detached, grows: growable.growable };
    });
    for (const { name, code } of errors.found) assert.deepEqual([name, code], ['DataCloneError', 25]);
    for (const { message } of errors.found.slice(0, 3))
      assert.match(message, /SharedArrayBuffer.* could not be cloned: .*new SharedArrayBuffer\(length\)/);
    assert.match(errors.found[3].message, /index 0 does not have a transferable type/);
    assert.deepEqual([errors.alive, errors.detached, errors.grows], ['alive', false, true]);
  });

  await t.test(`more than ${BUFFERS_MAX} buffers: the others work in the page alone`, async () => {
    const found = await win.page(async (most) => {
      const worker = startTool();
      const all = Array.from({ length: most + 1 }, (_, i) => new Int32Array(new SharedArrayBuffer(4)).fill(i));
      const first = await run(worker, (view) => view[0]++, all[1]);
      const last = all.at(-1);
      const error = thrownBy(() => worker.postMessage(last));
      worker.terminate();
      return { first: [first, all[1][0]], last: [last.length, last[0], last.buffer.byteLength], error };
    }, BUFFERS_MAX);
    assert.deepEqual(found.first, [1, 2]);
    assert.deepEqual(found.last, [1, BUFFERS_MAX, 4]);
    assert.equal(found.error.name, 'DataCloneError');
    assert.match(found.error.message, /at most 4096 buffers at a time/);
  });

  await t.test('by a worker; another thread of Node gets it all the same', async () => {
    const errors = await win.page(() =>
      runAlone(async () => {
        const { MessageChannel } = require('node:worker_threads');
        const { port1, port2 } = new MessageChannel();
        const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
        const values = [new SharedArrayBuffer(8, { maxByteLength: 16 }), memory.buffer, new Uint8Array(memory.buffer)];
        const found = values.map((value) => {
          try {
            postMessage({ value });
            return null;
          } catch (error) {
            return { name: error.name, message: error.message, isDOM: error instanceof DOMException };
          }
        });
        const ours = new Int32Array(new SharedArrayBuffer(8));
        const received = new Promise((resolve) => port2.once('message', resolve));
        port1.postMessage([...values, ours]);
        const [growable, wasm, , again] = await received;
        again[0] = 5;
        port1.close();
        return { found, sizes: [growable.byteLength, wasm.byteLength], ours: ours[0] };
      }),
    );
    for (const { name, message, isDOM } of errors.found) {
      assert.deepEqual([name, isDOM], ['DataCloneError', true]);
      assert.match(message, /SharedArrayBuffer.* could not be cloned: .*WebAssembly\.Memory/);
    }
    assert.deepEqual([errors.sizes, errors.ours], [[8, 65536], 5]);
  });

  await lab.close();
});

test('SharedArrayBuffer looks as it should', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  /** Runs in a page and in a worker. */
  const describe = () => {
    const buffer = new SharedArrayBuffer(16);
    const bytes = new Uint8Array(buffer);
    bytes.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const slice = buffer.slice(2, -10);
    class Sub extends SharedArrayBuffer {
      get isSub() {
        return true;
      }
    }
    const errorOf = (fn) => {
      try {
        fn();
        return null;
      } catch (error) {
        return error.constructor === globalThis[error.name] ? error.name : `another ${error.name}`;
      }
    };
    const getter = (name) => Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, name).get;
    const grows = new SharedArrayBuffer(8, { maxByteLength: 16 });
    grows.grow(12);
    const sub = new Sub(5);
    return {
      tag: Object.prototype.toString.call(buffer),
      is: [buffer instanceof SharedArrayBuffer, buffer instanceof ArrayBuffer, ArrayBuffer.isView(bytes)],
      sizes: [buffer.byteLength, buffer.maxByteLength, buffer.growable],
      type: [typeof SharedArrayBuffer, SharedArrayBuffer.name, SharedArrayBuffer.length],
      text: /^function SharedArrayBuffer\(\) \{\s+\[native code\]\s+\}$/.test(`${SharedArrayBuffer}`),
      own: Object.keys(buffer),
      links: [
        buffer.constructor === SharedArrayBuffer,
        SharedArrayBuffer.prototype.constructor === SharedArrayBuffer,
        SharedArrayBuffer[Symbol.species] === SharedArrayBuffer,
        Object.getPrototypeOf(buffer) === SharedArrayBuffer.prototype,
        Object.getOwnPropertyDescriptor(globalThis, 'SharedArrayBuffer').enumerable,
      ],
      slice: [slice instanceof SharedArrayBuffer, slice !== buffer, ...new Uint8Array(slice)],
      slices: [buffer.slice().byteLength, buffer.slice(20).byteLength, buffer.slice(-3, undefined).byteLength],
      sub: [sub.isSub, sub instanceof SharedArrayBuffer, sub.byteLength, sub.slice(1) instanceof Sub],
      grows: [grows.byteLength, grows.maxByteLength, grows.growable],
      sizesGiven: ['7', 2.9, null, -0.5, { valueOf: () => 3 }].map((size) => new SharedArrayBuffer(size).byteLength),
      errors: [
        errorOf(() => SharedArrayBuffer(8)),
        errorOf(() => new SharedArrayBuffer(-1)),
        errorOf(() => new SharedArrayBuffer(2 ** 53)),
        errorOf(() => new SharedArrayBuffer(1n)),
        errorOf(() => new SharedArrayBuffer(Symbol('size'))),
        errorOf(() => new SharedArrayBuffer(8, { maxByteLength: 4 })),
        errorOf(() => buffer.grow(32)),
        errorOf(() => getter('byteLength').call(new ArrayBuffer(8))),
        errorOf(() => getter('growable').call({})),
      ],
      text16: new TextDecoder().decode(new Uint8Array(new SharedArrayBuffer(2)).fill(65).slice()),
      view: [new DataView(buffer, 2, 3).getUint8(1), new Uint16Array(buffer, 4, 2).length, bytes.buffer === buffer],
    };
  };

  const expected = {
    tag: '[object SharedArrayBuffer]',
    is: [true, false, true],
    sizes: [16, 16, false],
    type: ['function', 'SharedArrayBuffer', 1],
    own: [],
    links: [true, true, true, true, false],
    slice: [true, true, 3, 4, 5, 6],
    slices: [16, 0, 3],
    sub: [true, true, 5, true],
    grows: [12, 16, true],
    sizesGiven: [7, 2, 0, 0, 3],
    errors: [
      'TypeError', 'RangeError', 'RangeError', 'TypeError', 'TypeError', 'RangeError', 'TypeError', 'TypeError',
      'TypeError',
    ],
    text16: 'AA',
    view: [4, 2, true],
  };

  await t.test('in a page', async () => {
    assert.deepEqual(await win.page(describe), { ...expected, text: true });
  });

  await t.test('in a worker', async () => {
    const { text, ...found } = await win.page((source) => runAlone((0, eval)(source)), `(${describe})`);
    assert.deepEqual(found, expected);
  });

  await t.test('structuredClone in the page shares the memory, and nothing else', async () => {
    const found = await win.page(() => {
      const view = makeView();
      const plain = new Uint8Array([1, 2]);
      const value = { view, again: view, map: new Map([['buffer', view.buffer]]), plain, self: null };
      value.self = value;
      const moved = new ArrayBuffer(8);
      const clone = structuredClone([value, moved], { transfer: [moved] })[0];
      clone.view[0] = 7;
      clone.plain[0] = 9;
      const waited = Atomics.waitAsync(view, 1, 0);
      return {
        shared: view[0],
        same: [clone.again === clone.view, clone.map.get('buffer') === clone.view.buffer, clone.self === clone],
        other: clone.view.buffer !== view.buffer,
        isShared: clone.view.buffer instanceof SharedArrayBuffer,
        plain: plain[0],
        moved: moved.detached,
        woken: [waited.async, Atomics.notify(clone.view, 1)],
        usual: structuredClone(new Date(5)).getTime(),
        refused: thrownBy(() => structuredClone([view, () => {}])).name,
      };
    });
    assert.deepEqual(found, {
      shared: 7,
      same: [true, true, true],
      other: true,
      isShared: true,
      plain: 1,
      moved: true,
      woken: [true, 1],
      usual: 5,
      refused: 'DataCloneError',
    });
  });

  await t.test('and cannot be detached', async () => {
    const found = await win.page(() => {
      const view = makeView(8);
      thrownBy(() => ArrayBuffer.prototype.transfer.call(view.buffer));
      thrownBy(() => structuredClone(1, { transfer: [view.buffer] }));
      const { buffer } = view;
      return [buffer.byteLength, view.length, typeof buffer.transfer, typeof buffer.resize];
    });
    assert.deepEqual(found, [8, 2, 'undefined', 'undefined']);
  });

  await lab.close();
});

test('ends in the middle of a wait', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();
  const host = await hostOf(win);

  await t.test('a worker that waits is terminated, and the memory lives on', async () => {
    await until('only the spare thread is there', () => workerCount(host) === 1);
    await win.page(async () => {
      window.view = makeView();
      const worker = await startWith(view);
      run(worker, () => {
        Atomics.store(view, 1, 1);
        Atomics.wait(view, 0, 0);
        Atomics.store(view, 1, 2);
      });
      while (Atomics.load(view, 1) === 0) await null;
      worker.terminate();
    });
    await until('the thread has ended', () => workerCount(host) === 1);
    const found = await win.page(async () => {
      const woken = Atomics.notify(view, 0);
      const next = await startWith(view);
      const value = await run(next, () => Atomics.exchange(view, 1, 5));
      next.terminate();
      return [woken, value, view[1]];
    });
    assert.deepEqual(found, [0, 1, 5]);
  });

  await t.test('the host is killed: the page waits on, and a new host has the same memory', async () => {
    await win.page(async () => {
      window.mine = makeView();
      const worker = await startWith(mine);
      window.theirs = await run(worker, () => (globalThis.kept = new Int32Array(new SharedArrayBuffer(8))));
      window.waits = [mine, theirs].map((view) => Atomics.waitAsync(view, 0, 0));
      window.timed = Atomics.waitAsync(mine, 1, 0, 30);
      window.ended = next(worker, 'error');
    });
    process.kill(await hostOf(win), 'SIGKILL');
    const found = await win.page(async () => {
      await ended;
      const woken = [Atomics.notify(mine, 0), Atomics.notify(theirs, 0)];
      const hows = await Promise.all([...waits, timed].map(({ value }) => value));
      const again = Atomics.waitAsync(theirs, 0, 0);
      const worker = await startWith({ mine, theirs });
      const there = await run(worker, () => {
        Atomics.store(view.mine, 3, 33);
        Atomics.store(view.theirs, 1, 11);
        return Atomics.notify(view.theirs, 0);
      });
      const how = await again.value;
      worker.terminate();
      return { woken, hows, there, how, values: [mine[3], theirs[1]] };
    });
    assert.deepEqual(found, {
      woken: [1, 1],
      hows: ['ok', 'ok', 'timed-out'],
      there: 1,
      how: 'ok',
      values: [33, 11],
    });
  });

  await t.test('the page is loaded anew: its waits and its memory go', async () => {
    const present = await hostOf(win);
    await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      run(worker, () => {
        Atomics.store(view, 1, 1);
        Atomics.wait(view, 0, 0);
      }).catch(() => {});
      while (Atomics.load(view, 1) === 0) await null;
      for (let i = 0; i < 10; i++) Atomics.waitAsync(view, 2, 0);
    });
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    await until('the memory has gone', () => mappingCount(present, MEMORY) === 0);
    const woken = await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      const waited = run(worker, () => Atomics.wait(view, 0, 0));
      const count = await wake(view, 0);
      return [count, await waited];
    });
    assert.deepEqual(woken, [1, 'ok']);
  });

  await t.test('the app ends while both sides wait', async () => {
    await win.page(async () => {
      const view = makeView();
      const worker = await startWith(view);
      run(worker, () => {
        Atomics.store(view, 1, 1);
        Atomics.wait(view, 0, 0);
      }).catch(() => {});
      while (Atomics.load(view, 1) === 0) await null;
      Atomics.waitAsync(view, 2, 0);
    });
    await lab.close({ hostsGone: 1 });
  });
});

test('nothing is left of memory that nobody has', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.openShown();
  const host = await hostOf(win);
  const page = await win.processId();
  const before = { host: descriptorCount(host), page: descriptorCount(page) };

  await t.test(`${SHORT_LIVED} buffers from each side come and go`, async () => {
    const sum = await win.page(async (total) => {
      const worker = startTool();
      await run(worker, () => {
        require('node:v8').setFlagsFromString('--expose-gc');
        globalThis.collect = require('node:vm').runInNewContext('gc');
      });
      let sum = 0;
      for (let i = 0; i < total; i++) {
        const view = makeView(8);
        const answer = await run(
          worker,
          (given) => {
            const mine = new Int32Array(new SharedArrayBuffer(8));
            mine[0] = given[0] = 1;
            return mine;
          },
          view,
        );
        sum += answer[0] + view[0];
      }
      await run(worker, () => collect());
      window.worker = worker;
      return sum;
    }, SHORT_LIVED);
    assert.equal(sum, 2 * SHORT_LIVED);
  });

  await t.test(`at most ${BAND} are left in each process`, async () => {
    const litter = () =>
      win.page(async () => {
        for (let i = 0; i < 100; i++) new ArrayBuffer(8 * 1024 * 1024); // the collector has work to do
        await run(worker, () => collect());
      });
    const left = () => ({
      mappings: [mappingCount(host, MEMORY), mappingCount(page, MEMORY)],
      descriptors: [descriptorCount(host) - before.host, descriptorCount(page) - before.page],
    });
    const isInBand = () => Object.values(left()).flat().every((count) => count <= BAND);
    for (let i = 0; i < 50 && !isInBand(); i++) await litter();
    assert.ok(isInBand(), JSON.stringify(left()));
  });

  await lab.close();
});
