// @ts-nocheck
'use strict';

/*
 * Streams that are transferred: page to worker, worker to page, worker to worker. Functions passed to `page` run in
 * a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

const FILES = {
  'page.html': `${PAGE}<script src="tools.js"></script>`,
  'tools.js': `
    /** A worker that runs functions on what it gets, and answers what they return; streams are transferred. */
    function startStreams() {
      return fromText(\`
        const isStream = (value) => [ReadableStream, WritableStream, TransformStream].some((type) => value instanceof type);
        onmessage = async ({ data: { source, given } }) => {
          let value;
          try {
            value = await (0, eval)('(' + source + ')')(given);
          } catch (error) {
            value = 'error: ' + error.stack;
          }
          postMessage(value, isStream(value) ? [value] : []);
        };\`);
    }
    /** Runs a function in such a worker; a stream is transferred to it. */
    const apply = (worker, fn, given) =>
      ask(worker, { source: String(fn), given }, given === undefined ? [] : [given]);
    /** Runs a test with workers that end with it. */
    async function withWorkers(count, fn) {
      const workers = Array.from({ length: count }, startStreams);
      try {
        return await fn(...workers);
      } finally {
        for (const worker of workers) worker.terminate();
      }
    }
    async function readAll(stream) {
      const chunks = [];
      const reader = stream.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return chunks;
        chunks.push(value);
      }
    }
    const later = () => Promise.withResolvers();`,
};

test('transferred streams', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a ReadableStream of the page: its chunks, its end', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const stream = new ReadableStream({
          start(controller) {
            for (const chunk of [1, { map: new Map([[1, 2]]) }, new Uint8Array(100_000).fill(7)]) controller.enqueue(chunk);
            controller.close();
          },
        });
        const answer = apply(worker, async (given) => {
          const chunks = await Array.fromAsync(given);
          return [given instanceof ReadableStream, chunks.length, chunks[0], chunks[1], chunks[2].length, chunks[2][9]];
        }, stream);
        return [stream.locked, await answer];
      }),
    );
    assert.deepEqual(found, [true, [true, 3, 1, { map: new Map([[1, 2]]) }, 100_000, 7]]);
  });

  await t.test('a ReadableStream of a worker, and from worker to worker', async () => {
    const found = await win.page(() =>
      withWorkers(2, async (one, two) => {
        const make = () => {
          let count = 0;
          return new ReadableStream({
            pull(controller) {
              controller.enqueue({ count });
              if (++count === 100) controller.close();
            },
          });
        };
        const inPage = await readAll(await apply(one, make));
        const inWorker = await apply(two, (given) => Array.fromAsync(given), await apply(one, make));
        return [inPage, inWorker].map((chunks) => chunks.every(({ count }, i) => count === i) && chunks.length);
      }),
    );
    assert.deepEqual(found, [100, 100]);
  });

  await t.test('no more is made than is asked for', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const stream = await apply(worker, () => {
          self.made = 0;
          return new ReadableStream({
            pull(controller) {
              controller.enqueue(++self.made);
            },
          });
        });
        const reader = stream.getReader();
        const first = [(await reader.read()).value, (await reader.read()).value];
        // Two round trips: what was pulled by mistake would have been made by now.
        await apply(worker, () => self.made);
        const made = await apply(worker, () => self.made);
        await reader.cancel();
        return [first, made < 6];
      }),
    );
    assert.deepEqual(found, [[1, 2], true]);
  });

  await t.test('cancel() and errors reach the other end', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const cancelled = later();
        const one = new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: cancelled.resolve });
        await apply(worker, async (given) => {
          const reader = given.getReader();
          await reader.read();
          await reader.cancel({ because: 'enough' });
        }, one);
        let pulls = 0;
        const two = new ReadableStream({
          pull(controller) {
            if (pulls++ === 0) controller.enqueue(1);
            else controller.error(new RangeError('broken'));
          },
        });
        const error = await apply(worker, async (given) => {
          const reader = given.getReader();
          await reader.read();
          return reader.read().catch(({ name, message }) => ({ name, message }));
        }, two);
        return [await cancelled.promise, error];
      }),
    );
    assert.deepEqual(found, [{ because: 'enough' }, { name: 'RangeError', message: 'broken' }]);
  });

  await t.test('a chunk that cannot be cloned is the end of the stream, at both ends', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const cancelled = later();
        const stream = new ReadableStream({
          pull: (controller) => controller.enqueue(() => 1),
          cancel: ({ name }) => cancelled.resolve(name),
        });
        const error = await apply(worker, (given) => given.getReader().read().catch(({ name }) => name), stream);
        return [error, await cancelled.promise];
      }),
    );
    assert.deepEqual(found, ['DataCloneError', 'DataCloneError']);
  });

  await t.test('a WritableStream: write, backpressure, close, abort', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const chunks = [];
        const gate = later();
        const closed = later();
        const slow = new WritableStream({
          async write(chunk) {
            chunks.push(chunk);
            await gate.promise;
          },
          close: () => closed.resolve('closed'),
        });
        const counted = await apply(worker, (given) => {
          self.writer = given.getWriter();
          self.done = 0;
          for (let i = 0; i < 10; i++) writer.write({ i }).then(() => self.done++);
          self.closing = writer.close();
          return new Promise((resolve) => setImmediate(() => resolve(self.done)));
        }, slow);
        const before = chunks.length;
        gate.resolve();
        await apply(worker, () => closing.then(() => 1));
        await closed.promise;
        const aborted = later();
        await apply(worker, async (given) => {
          const writer = given.getWriter();
          await writer.abort(new TypeError('stop'));
        }, new WritableStream({ abort: aborted.resolve }));
        const { name, message } = await aborted.promise;
        return [counted < 10, before < 10, chunks.map(({ i }) => i), name, message];
      }),
    );
    assert.deepEqual(found, [true, true, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'TypeError', 'stop']);
  });

  await t.test('an error of the page’s WritableStream reaches the worker', async () => {
    const found = await win.page(() =>
      withWorkers(1, (worker) => {
        const full = new WritableStream({
          write() {
            throw new RangeError('full');
          },
        });
        return apply(worker, async (given) => {
          const writer = given.getWriter();
          writer.write(1).catch(() => {});
          return writer.closed.catch(({ name, message }) => `${name}: ${message}`);
        }, full);
      }),
    );
    assert.equal(found, 'RangeError: full');
  });

  await t.test('a TransformStream does its work in a worker; and goes on to another', async () => {
    const found = await win.page(() =>
      withWorkers(2, async (one, two) => {
        const make = () =>
          new TransformStream({
            transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
            flush: (controller) => controller.enqueue('END'),
          });
        const source = new ReadableStream({
          start(controller) {
            controller.enqueue('a');
            controller.enqueue('b');
            controller.close();
          },
        });
        const stream = await apply(one, make);
        const inPage = await readAll(source.pipeThrough(stream));
        const inWorker = await apply(two, async ({ readable, writable }) => {
          const writer = writable.getWriter();
          writer.write('from two');
          writer.close();
          return Array.fromAsync(readable);
        }, await apply(one, make));
        return [stream instanceof TransformStream, inPage, inWorker];
      }),
    );
    assert.deepEqual(found, [true, ['A', 'B', 'END'], ['FROM TWO', 'END']]);
  });

  await t.test('streams go over ports and within values', async () => {
    const found = await win.page(async () => {
      const { port1, port2 } = new MessageChannel();
      const text = (word) => new Response(word).body;
      port2.start();
      const came = next(port2);
      const inner = text('within the page');
      port1.postMessage({ inner }, [inner]);
      const { data } = await came;
      const inPage = await new Response(data.inner).text();
      const worker = fromText(`onmessage = ({ ports: [port] }) => {
        port.onmessage = async ({ data, ports }) => port.postMessage([await new Response(data.inner).text(), ports.length]);
      };`);
      const channel = new MessageChannel();
      worker.postMessage(null, [channel.port2]);
      channel.port1.start();
      const outer = text('to a worker');
      const answer = next(channel.port1);
      channel.port1.postMessage({ inner: outer }, [outer]);
      const inWorker = (await answer).data;
      worker.terminate();
      return [inPage, inWorker];
    });
    assert.deepEqual(found, ['within the page', ['to a worker', 0]]);
  });

  await t.test('what cannot be transferred is refused, on either side', async () => {
    const found = await win.page(async () => {
      const attempts = (post) => {
        const locked = { readable: new ReadableStream(), writable: new WritableStream(), transform: new TransformStream() };
        locked.readable.getReader();
        locked.writable.getWriter();
        locked.transform.writable.getWriter();
        const free = new ReadableStream();
        return [
          () => post(0, [locked.readable]), () => post(0, [locked.writable]), () => post(0, [locked.transform]),
          () => post(free), () => post(0, [free, free]),
        ].map((fn) => {
          try {
            fn();
            return 'sent';
          } catch ({ name, message }) {
            return `${name}: ${message.replace(/^Failed to execute 'postMessage' on '\w+': /, '')}`;
          }
        });
      };
      const worker = startTool();
      const inPage = attempts((...given) => worker.postMessage(...given));
      const inWorker = await run(worker, `() => (${attempts})(self.postMessage)`);
      worker.terminate();
      return [inPage, inWorker];
    });
    const expected = [
      ...Array(3).fill('DataCloneError: Cannot transfer a locked stream'),
      'DataCloneError: A ReadableStream could not be cloned because it was not transferred.',
      'DataCloneError: ReadableStream at index 1 is a duplicate of an earlier ReadableStream.',
    ];
    assert.deepEqual(found, [expected, expected]);
  });

  await t.test('the end of a worker is the end of its streams', async () => {
    const found = await win.page(() =>
      withWorkers(1, async (worker) => {
        const stream = await apply(worker, () => new ReadableStream({ pull: (controller) => controller.enqueue(1) }));
        const reader = stream.getReader();
        await reader.read();
        worker.terminate();
        return reader.closed.catch(({ name }) => name);
      }),
    );
    assert.equal(found, 'AbortError');
  });

  await lab.close();
});
