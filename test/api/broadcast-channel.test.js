// @ts-nocheck
'use strict';

/*
 * BroadcastChannel between pages, their workers and other windows. Functions passed to `page` run in a page,
 * those passed to `run` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

const FILES = {
  'page.html': `${PAGE}<script src="tools.js"></script>`,
  'tools.js': `
    /** A worker that keeps what comes on a channel called "news". */
    async function startListener() {
      const worker = startTool();
      await run(worker, () => {
        self.heard = [];
        self.channel = new BroadcastChannel('news');
        channel.onmessage = ({ data, origin }) => {
          heard.push([data, origin]);
          if (self.wanted === heard.length) self.resolveHeard(heard);
        };
        self.hear = (count) => new Promise((resolve) => {
          self.wanted = count;
          self.resolveHeard = resolve;
          if (heard.length >= count) resolve(heard);
        });
      });
      return worker;
    }
    /** The next messages on a channel of this page. */
    function collect(channel, count) {
      const messages = [];
      return new Promise((resolve) => {
        channel.onmessage = ({ data, origin }) => messages.push([data, origin]) === count && resolve(messages);
      });
    }`,
};

/** What all of an app's own files have. */
const ORIGIN = 'file://';

test('BroadcastChannel in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('looks as the standard has it', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const channel = new BroadcastChannel(5);
        return [
          channel.name, String(channel), channel instanceof EventTarget, channel.onmessage, channel.onmessageerror,
          Object.keys(BroadcastChannel.prototype).sort().join(), BroadcastChannel.length,
          require('node:worker_threads').BroadcastChannel === BroadcastChannel,
        ];
      }),
    );
    const members = 'close,name,onmessage,onmessageerror,postMessage';
    assert.deepEqual(found, ['5', '[object BroadcastChannel]', true, null, null, members, 1, false]);
  });

  await t.test('page and worker hear each other, with the origin; no channel hears itself', async () => {
    const found = await win.page(async () => {
      const worker = await startListener();
      const channel = new BroadcastChannel('news');
      const other = new BroadcastChannel('other news');
      other.onmessage = () => {
        throw new Error('heard another channel');
      };
      const fromWorker = collect(channel, 1);
      channel.postMessage({ when: new Date(5) });
      const inWorker = await run(worker, () => hear(1));
      await run(worker, () => channel.postMessage(new Set(['worker'])));
      const inPage = await fromWorker;
      channel.postMessage('second');
      const all = await run(worker, () => hear(2));
      worker.terminate();
      channel.close();
      other.close();
      return [inWorker, inPage, all];
    });
    const date = [{ when: new Date(5) }, ORIGIN];
    assert.deepEqual(found, [[date], [[new Set(['worker']), ORIGIN]], [date, ['second', ORIGIN]]]);
  });

  await t.test('other channels of the name hear it: in the same worker and in others', async () => {
    const found = await win.page(async () => {
      const [one, two] = [await startListener(), await startListener()];
      await run(one, () => {
        self.second = new BroadcastChannel('news');
        self.secondHeard = new Promise((resolve) =>
          second.addEventListener('message', (event) =>
            resolve([event.data, event.target === second, event instanceof MessageEvent, event.ports.length])),
        );
        channel.postMessage('from one');
      });
      const heard = [await run(one, () => secondHeard), await run(two, () => hear(1))];
      await run(two, () => channel.postMessage('from two'));
      heard.push(await run(one, () => hear(1)));
      one.terminate();
      two.terminate();
      return heard;
    });
    assert.deepEqual(found, [['from one', true, true, 0], [['from one', ORIGIN]], [['from two', ORIGIN]]]);
  });

  await t.test('other windows and their workers hear it, in order', async () => {
    const second = await lab.open();
    await second.page(async () => {
      window.channel = new BroadcastChannel('news');
      window.heard = collect(channel, 1000);
      window.worker = await startListener();
      return 1;
    });
    await win.page(async () => {
      const worker = await startListener();
      await run(worker, () => {
        for (let i = 0; i < 1000; i++) channel.postMessage(i);
      });
      worker.terminate();
      return 1;
    });
    const [inPage, inWorker] = await second.page(async () => [await heard, await run(worker, () => hear(1000))]);
    const expected = Array.from({ length: 1000 }, (_, i) => [i, ORIGIN]);
    assert.deepEqual(inPage, expected);
    assert.deepEqual(inWorker, expected);
  });

  await t.test('after close() it neither hears nor sends', async () => {
    const found = await win.page(async () => {
      const worker = await startListener();
      const channel = new BroadcastChannel('news');
      const error = await run(worker, () => {
        self.open = new BroadcastChannel('news');
        self.openHeard = new Promise((resolve) => (open.onmessage = ({ data }) => resolve(data)));
        channel.close();
        channel.close();
        try {
          channel.postMessage(1);
        } catch ({ name, message, code }) {
          return { name, message, code };
        }
      });
      channel.postMessage('after');
      const answers = [error, await run(worker, () => openHeard), await run(worker, () => heard.length)];
      worker.terminate();
      return answers;
    });
    const message = "Failed to execute 'postMessage' on 'BroadcastChannel': Channel is closed";
    assert.deepEqual(found, [{ name: 'InvalidStateError', message, code: 11 }, 'after', 0]);
  });

  await t.test('what cannot be sent is refused', async () => {
    const found = await win.page(async () => {
      const inWorker = await runAlone(() => {
        const channel = new BroadcastChannel('x');
        const attempts = [
          () => new BroadcastChannel(), () => BroadcastChannel('x'), () => channel.postMessage(),
          () => channel.postMessage(() => 1), () => channel.postMessage(new SharedArrayBuffer(8)),
          () => channel.postMessage(new MessageChannel().port1), () => BroadcastChannel.prototype.close.call({}),
        ];
        return attempts.map((fn) => {
          try {
            fn();
            return 'done';
          } catch ({ name, message }) {
            return `${name}: ${message.replace("Failed to execute 'postMessage' on 'BroadcastChannel': ", '')}`;
          }
        });
      });
      const inPage = thrownBy(() => new BroadcastChannel('x').postMessage(new SharedArrayBuffer(8)));
      return [...inWorker, inPage.name];
    });
    assert.deepEqual(found, [
      "TypeError: Failed to construct 'BroadcastChannel': 1 argument required, but only 0 present.",
      "TypeError: Class constructor BroadcastChannel cannot be invoked without 'new'",
      'TypeError: 1 argument required, but only 0 present.',
      'DataCloneError: () => 1 could not be cloned.',
      'DataCloneError: #<SharedArrayBuffer> could not be cloned.',
      'DataCloneError: A MessagePort could not be cloned because it was not transferred.',
      'TypeError: Illegal invocation',
      'DataCloneError',
    ]);
  });

  await t.test('Blobs and large buffers go too', async () => {
    const found = await win.page(async () => {
      const worker = await startListener();
      const channel = new BroadcastChannel('news');
      channel.postMessage({ blob: new Blob(['to the worker']), bytes: new Uint8Array(300_000).fill(1) });
      const inWorker = await run(worker, async () => {
        const [[{ blob, bytes }]] = await hear(1);
        return [await blob.text(), bytes.length, bytes[299_999]];
      });
      const heard = collect(channel, 1);
      await run(worker, () => channel.postMessage({ blob: new Blob(['to the page']), bytes: new Uint8Array(300_000).fill(2) }));
      const [[{ blob, bytes }]] = await heard;
      worker.terminate();
      return [inWorker, [await blob.text(), bytes.length, bytes[299_999]]];
    });
    assert.deepEqual(found, [['to the worker', 300_000, 1], ['to the page', 300_000, 2]]);
  });

  await t.test('a nested worker hears and is heard', async () => {
    const found = await win.page(async () => {
      const channel = new BroadcastChannel('news');
      const heard = collect(channel, 2);
      const outer = fromText(`
        const text = \`
          const channel = new BroadcastChannel('news');
          channel.onmessage = ({ data }) => channel.postMessage(['nested heard', data]);
          channel.postMessage('nested is there');\`;
        new Worker(URL.createObjectURL(new Blob([text])));`);
      await new Promise((resolve) => {
        const watch = new BroadcastChannel('news');
        watch.onmessage = () => {
          watch.close();
          resolve();
        };
      });
      channel.postMessage('hello');
      const messages = await heard;
      outer.terminate();
      channel.close();
      return messages.map(([data]) => data);
    });
    assert.deepEqual(found, ['nested is there', ['nested heard', 'hello']]);
  });

  await t.test('what a worker sends right before it ends is heard', async () => {
    const found = await win.page(async () => {
      const channel = new BroadcastChannel('news');
      const heard = collect(channel, 1);
      fromText(`new BroadcastChannel('news').postMessage('last words'); close();`);
      return heard;
    });
    assert.deepEqual(found, [['last words', ORIGIN]]);
  });

  await lab.close();
});
