// @ts-nocheck
'use strict';

/*
 * Workers that workers make. Functions passed to `page` run in a page, those passed to `run` in a
 * worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, NODE_IN_WORKER } = require('../support/lab');
const { until, workerCount } = require('../support/processes');

const FILES = {
  'echo.js': 'onmessage = ({ data }) => postMessage(data);',
  'parts/maker.js': `
    importScripts('../worker-tool.js');
    /** The next message of a worker, or what its error event says. */
    const answerOf = (worker) => new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        const { type, message, filename, lineno, constructor, cancelable } = event;
        resolve({ type, message, file: filename?.split('/').pop(), lineno, kind: constructor.name, cancelable });
      };
    });
    const fromText = (text, options) => {
      const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      const worker = new Worker(url, options);
      URL.revokeObjectURL(url);
      return worker;
    };`,
  'parts/level.js': `
    onmessage = ({ data: { depth, buffer, path } }) => {
      const here = [...path, name + ' ' + typeof require('node:fs').readFileSync];
      if (depth === 0) return postMessage({ buffer, path: here }, [buffer]);
      const child = new Worker('level.js', { name: 'level ' + depth });
      child.onmessage = ({ data }) => postMessage(data, [data.buffer]);
      child.postMessage({ depth: depth - 1, buffer, path: here }, [buffer]);
    };`,
  'parts/bad.js': `\n  throw new TypeError('boom');`,
  'parts/sub/where.js': `postMessage([location.pathname.split('/').slice(-2).join('/'), __dirname.split('/').pop(),
    self.origin, process.type, navigator.userAgent.includes('Weft'), self instanceof DedicatedWorkerGlobalScope]);`,
  'parts/module.mjs': `import { value } from './value.mjs'; import { readFileSync } from 'node:fs';
    postMessage([value, typeof readFileSync, import.meta.url.split('/').pop()]);`,
  'parts/value.mjs': 'export const value = 5;',
  'parts/chain.js': `
    const id = new BroadcastChannel('never used').name;
    onmessage = ({ data: depth }) => {
      if (depth === 0) return postMessage('deepest');
      const child = new Worker('chain.js');
      child.onmessage = ({ data }) => postMessage(data);
      child.postMessage(depth - 1);
    };`,
};

/** How many workers run. @param {any} lab */
const countThreads = (lab) =>
  lab
    .processesNamed('weft-worker-host')
    .reduce((/** @type {number} */ sum, /** @type {any} */ { pid }) => sum + workerCount(pid), 0);

test('nested workers', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  /** Runs a function in a worker of its own. @param {Function} fn @returns {Promise<any>} */
  const inWorker = (fn) =>
    win.page(
      `async (source) => {
        const worker = new Worker('parts/maker.js');
        try { return await run(worker, (0, eval)('(' + source + ')')); }
        finally { worker.terminate(); }
      }`,
      `${fn}`,
    );

  await t.test('three levels deep, each with Node, and a buffer moves through all of them', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('parts/level.js', { name: 'top' });
      const buffer = new ArrayBuffer(500_000);
      const { path, buffer: back } = await ask(worker, { depth: 3, buffer, path: [] }, [buffer]);
      worker.terminate();
      return { path, sizes: [buffer.byteLength, back.byteLength] };
    });
    const levels = ['top function', 'level 3 function', 'level 2 function', 'level 1 function'];
    assert.deepEqual(found, { path: levels, sizes: [0, 500_000] });
  });

  await t.test('addresses are relative to the worker, and scopes are those of workers', async () => {
    const found = await inWorker(() => answerOf(new Worker('sub/where.js')));
    assert.deepEqual(found.slice(0, 4), ['sub/where.js', 'sub', 'file://', 'worker']);
    assert.equal(found[5], true);
  });

  await t.test('from a blob, a data: address, a long one, and as a module', async () => {
    const found = await inWorker(async () => {
      const data = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
      return [
        await answerOf(fromText('postMessage([location.protocol, typeof require, name])', { name: 'b' })),
        await answerOf(new Worker(data('postMessage([self.origin, typeof require])'))),
        await answerOf(new Worker(data(`postMessage('${'long '.repeat(20_000)}'.length)`))),
        await answerOf(new Worker('module.mjs', { type: 'module' })),
        await answerOf(fromText('postMessage(import.meta.url.slice(0, 5))', { type: 'module' })),
      ];
    });
    assert.deepEqual(found, [
      ['blob:', 'function', 'b'],
      ['null', 'function'],
      100_000,
      [5, 'function', 'module.mjs'],
      'blob:',
    ]);
  });

  await t.test('a blob of the page starts one', async () => {
    const found = await win.page(async () => {
      const url = URL.createObjectURL(new Blob([`postMessage('from a blob of the page')`]));
      const worker = new Worker('parts/maker.js');
      const value = await run(worker, (address) => answerOf(new Worker(address)), url);
      worker.terminate();
      return value;
    });
    assert.equal(found, 'from a blob of the page');
  });

  await t.test('the class is the one that pages have', async () => {
    const found = await inWorker(() => {
      const thrown = [
        () => new Worker(),
        () => new Worker('http://['),
        () => new Worker('http://a.example/b.js'),
        () => new Worker('a.js', { type: 'foo' }),
        () => Worker('a.js'),
        () => Worker.prototype.terminate.call({}),
        () => new Worker('../echo.js').postMessage(() => 1),
      ].map((attempt) => {
        try {
          return attempt();
        } catch ({ name, message }) {
          return `${name}: ${message}`;
        }
      });
      const worker = new Worker('../echo.js');
      return {
        thrown,
        members: Object.keys(Worker.prototype),
        classes: [worker instanceof EventTarget, `${worker}`, Worker.length, Worker.name],
      };
    });
    const where = "Failed to construct 'Worker': ";
    assert.deepEqual(found, {
      thrown: [
        `TypeError: ${where}1 argument required, but only 0 present.`,
        `SyntaxError: ${where}'http://[' is not a valid URL.`,
        `SecurityError: ${where}Script at 'http://a.example/b.js' cannot be accessed from origin 'file://'.`,
        `TypeError: ${where}Failed to read the 'type' property from 'WorkerOptions': ` +
          `The provided value 'foo' is not a valid enum value of type WorkerType.`,
        `TypeError: ${where}Please use the 'new' operator, this DOM object constructor cannot be called as a function.`,
        'TypeError: Illegal invocation',
        `DataCloneError: Failed to execute 'postMessage' on 'Worker': () => 1 could not be cloned.`,
      ],
      members: ['onmessage', 'postMessage', 'terminate', 'onerror', 'onmessageerror'],
      classes: [true, '[object Worker]', 1, 'Worker'],
    });
  });

  await t.test('messages before the script runs wait, and keep their order', async () => {
    const wrong = await inWorker(async () => {
      const worker = new Worker('../echo.js');
      for (let i = 0; i < 5000; i++) worker.postMessage(i);
      const got = [];
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => got.push(data) === 5000 && resolve();
      });
      return got.findIndex((value, i) => value !== i);
    });
    assert.equal(wrong, -1);
  });

  await t.test('ports go to a child, and it talks to its parent’s parent', async () => {
    const got = await win.page(async () => {
      const worker = new Worker('parts/maker.js');
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => (port1.onmessage = resolve));
      await run(worker, () => {
        self.child = fromText('onmessage = ({ data, ports }) => ports[0].postMessage([data, name])', { name: 'c' });
        addEventListener('message', ({ data, ports }) => {
          if (ports[0]) child.postMessage(data.text, ports);
        });
      });
      worker.postMessage({ text: 'down' }, [port2]);
      const { data } = await answer;
      worker.terminate();
      return data;
    });
    assert.deepEqual(got, ['down', 'c']);
  });

  await t.test('a child’s port to the page does not wait for its parent', async () => {
    const got = await win.page(async () => {
      const worker = new Worker('parts/maker.js');
      const { port1, port2 } = new MessageChannel();
      await run(worker, () => {
        self.child = fromText(`onmessage = ({ ports: [port] }) => {
          port.onmessage = ({ data }) => port.postMessage(data);
          port.postMessage('mine');
        };`);
        addEventListener('message', ({ ports }) => {
          if (ports[0]) child.postMessage('yours', ports);
        });
      });
      const hear = () => new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
      const first = hear();
      worker.postMessage('a port', [port2]);
      const answers = [await first];
      worker.postMessage({ source: `${() => { for (;;); }}`, args: [] });
      for (let i = 0; i < 20; i++) {
        const answer = hear();
        port1.postMessage(i);
        answers.push(await answer);
      }
      worker.terminate();
      return answers;
    });
    assert.deepEqual(got, ['mine', ...Array(20).keys()]);
  });

  await t.test('an error is an event at the Worker object, in the words of browsers', async () => {
    const [thrown, missing] = await inWorker(async () => [
      await answerOf(new Worker('bad.js')),
      await answerOf(new Worker('missing.js')),
    ]);
    const event = { type: 'error', kind: 'ErrorEvent', cancelable: true };
    assert.deepEqual(thrown, { ...event, message: 'Uncaught TypeError: boom', file: 'bad.js', lineno: 2 });
    assert.equal(missing.kind, 'Event');
  });

  await t.test('an error that nobody handles goes up to the page, through each scope', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('parts/maker.js');
      await run(worker, () => {
        self.seen = [];
        addEventListener('error', ({ message }) => seen.push(message));
        self.child = fromText(`
          addEventListener('error', () => postMessage('here'));
          self.grandchild = new Worker('${new URL('bad.js', location.href)}');`);
        child.onmessage = ({ data }) => seen.push(`child ${data}`);
      });
      const event = await next(worker, 'error');
      event.preventDefault();
      const seen = await run(worker, () => seen);
      worker.terminate();
      return { ...describeEvent(event), seen };
    });
    assert.deepEqual(found, {
      ...{ type: 'error', message: 'Uncaught TypeError: boom', file: 'bad.js', lineno: 2 },
      seen: ['child here', 'Uncaught TypeError: boom'],
    });
  });

  await t.test('the console is the page’s', async () => {
    await inWorker(() => answerOf(fromText(`console.log('from a nested worker'); postMessage(1)`)));
    for (;;) {
      const { message } = await win.event('console-message');
      if (message === 'from a nested worker') break;
    }
  });

  await t.test('its end, by whatever way, is its own', async () => {
    const found = await inWorker(async () => {
      const texts = ['postMessage(1); process.exit(3)', 'postMessage(2); close(); postMessage(3)'];
      const all = [];
      for (const text of texts) {
        const worker = fromText(text);
        worker.onmessage = ({ data }) => all.push(data);
        worker.onerror = ({ message }) => all.push(message);
        const { port1, port2 } = new MessageChannel();
        const closed = new Promise((resolve) => (port1.onclose = resolve));
        worker.postMessage(port2, [port2]);
        await closed;
      }
      const quick = fromText('postMessage(4)');
      quick.onmessage = () => all.push('a terminated worker says nothing');
      quick.terminate();
      quick.postMessage('nobody hears this');
      all.push(await answerOf(fromText('postMessage(5)')));
      return all;
    });
    assert.deepEqual(found, [1, 2, 3, 5]);
  });

  await t.test('many at a time, and none is left', async () => {
    const sum = await inWorker(async () => {
      const workers = Array.from({ length: 12 }, (_, i) => new Worker('../echo.js', { name: `${i}` }));
      const answers = workers.map((worker, i) => {
        const answer = answerOf(worker);
        worker.postMessage(i);
        return answer;
      });
      const all = await Promise.all(answers);
      for (const worker of workers.slice(6)) worker.terminate();
      return all.reduce((total, i) => total + i, 0);
    });
    assert.equal(sum, 66);
    await until('only the spare is left', () => countThreads(lab) <= 1);
  });

  await t.test('the end of a worker ends all below it', async () => {
    await until('only the spare is left', () => countThreads(lab) <= 1);
    await win.page(async () => {
      window.chains = [];
      for (let i = 0; i < 3; i++) {
        const worker = new Worker('parts/chain.js');
        await ask(worker, 3);
        chains.push(worker);
      }
    });
    assert.ok(countThreads(lab) >= 12, `${countThreads(lab)} threads`);
    await win.page(() => chains.forEach((worker) => worker.terminate()));
    await until('only the spare is left', () => countThreads(lab) <= 1);
    for (const end of ['close()', 'process.exit(0)']) {
      await win.page(async (source) => {
        const worker = new Worker('parts/maker.js');
        await run(worker, async () => {
          self.child = new Worker('chain.js');
          const come = answerOf(child);
          child.postMessage(2);
          await come;
        });
        worker.postMessage({ source: `() => ${source}`, args: [] });
      }, end);
      await until('only the spare is left', () => countThreads(lab) <= 1);
    }
  });

  await lab.close();
});

test('a page that allows no more workers refuses nested ones', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open(NODE_IN_WORKER);
  const message = await win.page(async () => {
    const worker = new Worker('parts/maker.js');
    await run(worker, () => 1);
    // Nobody starts 1,024 threads in a test: a settings text that is too long is refused the same way.
    const found = await run(worker, () => answerOf(new Worker('../echo.js', { name: 'x'.repeat(70_000) })));
    worker.terminate();
    return found;
  });
  assert.equal(message.type, 'error');
  assert.match(message.message, /its URL is too long/);
  await lab.close();
});
