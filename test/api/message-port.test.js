// @ts-nocheck
'use strict';

/*
 * Message ports of workers: what script sees of one, and channels between any two of page, worker and
 * worker. Functions passed to `page` run in a page, those passed to `run` in a worker of it:
 * test/support/lab.js. A worker keeps the ports that `give` sends it under their names.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { startLab, PAGE } = require('../support/lab');

const read = (/** @type {string} */ name) => fs.readFileSync(require.resolve(name), 'utf8');

const FILES = {
  'clone-values.js': read('../support/clone-values'),
  'clone-compare.js': read('../support/clone-compare'),
  'comlink.js': read('comlink/dist/umd/comlink'),
  'page.html': `${PAGE}<script src="ports.js"></script><script src="comlink.js"></script>`,
  'ports.js': `
    /** A worker that runs functions and takes ports. */
    const startPorts = () => new Worker('port-worker.js');

    /** Gives ports to a worker, by name, and waits until it has them. */
    const give = (worker, ports) =>
      ask(worker, { names: Object.keys(ports) }, { transfer: Object.values(ports) });

    /** A port to each of two workers, that belong together. */
    async function connect(a, b) {
      const { port1, port2 } = new MessageChannel();
      await give(a, { port: port1 });
      await give(b, { port: port2 });
    }

    /** Lets others have a turn; a hidden page's timers take a second. */
    function turn() {
      const { port1, port2 } = new MessageChannel();
      port2.postMessage(0);
      return new Promise((resolve) => (port1.onmessage = resolve));
    }

    /** The same, when the two have left the page's way; a port that comes to b is \`kept.next\` there. */
    async function connectDirectly(a, b) {
      await connect(a, b);
      await run(b, () => {
        kept.next = new Promise((resolve) => {
          kept.port.onmessage = ({ ports }) => (ports[0] ? resolve(ports[0]) : kept.port.postMessage(0));
        });
        return 0;
      });
      await run(a, () => {
        const answer = take(kept.port, 1);
        kept.port.postMessage(0);
        return answer;
      });
    }`,
  'port-worker.js': `
    importScripts('worker-tool.js');
    const kept = {};
    addEventListener('message', ({ data, ports }) => {
      if (!data.names) return;
      data.names.forEach((name, i) => { kept[name] = ports[i]; });
      postMessage('kept');
    });
    /** The next messages of a port. */
    function take(port, count) {
      const { promise, resolve } = Promise.withResolvers();
      const got = [];
      port.onmessage = ({ data }) => { if (got.push(data) === count) resolve(got); };
      return promise;
    }
    const event = (target, type) =>
      new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));`,
};

test('a port in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  /** Runs a function in a worker of its own. @param {Function} fn @returns {Promise<any>} */
  const inWorker = (fn, ...args) =>
    win.page(
      `async (source, ...args) => {
        const worker = startPorts();
        try { return await run(worker, (0, eval)('(' + source + ')'), ...args); }
        finally { worker.terminate(); }
      }`,
      `${fn}`,
      ...args,
    );

  await t.test('looks as the standard has it', async () => {
    const found = await inWorker(() => {
      const { port1 } = new MessageChannel();
      const of = (object) =>
        Object.entries(Object.getOwnPropertyDescriptors(object))
          .filter(([, { enumerable }]) => enumerable)
          .map(([name]) => name)
          .sort();
      return {
        tags: [`${new MessageChannel()}`, `${port1}`],
        classes: [port1 instanceof MessagePort, port1 instanceof EventTarget],
        lengths: [MessagePort.length, MessageChannel.length, port1.postMessage.length],
        members: of(MessagePort.prototype),
        ofChannel: of(MessageChannel.prototype),
        handlers: [port1.onmessage, port1.onmessageerror, port1.onclose],
        isNodes: MessagePort === require('worker_threads').MessagePort,
      };
    });
    assert.deepEqual(found, {
      tags: ['[object MessageChannel]', '[object MessagePort]'],
      classes: [true, true],
      lengths: [0, 0, 1],
      members: ['close', 'onclose', 'onmessage', 'onmessageerror', 'postMessage', 'start'],
      ofChannel: ['port1', 'port2'],
      handlers: [null, null, null],
      isNodes: false,
    });
  });

  await t.test('throws what Chromium throws', async () => {
    const errors = await inWorker(() => {
      const { port1, port2 } = new MessageChannel();
      const { port1: gone, port2: other } = new MessageChannel();
      port1.postMessage(null, [gone]);
      const closed = new MessageChannel().port1;
      closed.close();
      const tries = [
        () => new MessagePort(),
        () => MessagePort.prototype.start.call({}),
        () => Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage').set.call({}, null),
        () => port1.postMessage(),
        () => port1.postMessage(0, [port1]),
        () => port1.postMessage(0, { transfer: [other, port1] }),
        () => port1.postMessage(0, [port2, port2]),
        () => port1.postMessage(0, [gone]),
        () => port1.postMessage(0, [closed]),
        () => port1.postMessage(port2),
        () => port1.postMessage(() => 1),
        () => port1.postMessage(0, [1]),
        () => port1.postMessage(0, 5),
        () => port1.postMessage(0, [{}]),
      ];
      const thrown = tries.map((attempt) => {
        try {
          attempt();
          return 'nothing';
        } catch ({ name, message }) {
          return `${name}: ${message}`;
        }
      });
      // Nothing was transferred by any of those.
      other.postMessage(0);
      port1.postMessage(0, [other, port2]);
      return thrown;
    });
    const where = "Failed to execute 'postMessage' on 'MessagePort': ";
    assert.deepEqual(errors, [
      "TypeError: Failed to construct 'MessagePort': Illegal constructor",
      'TypeError: Illegal invocation',
      'TypeError: Illegal invocation',
      `TypeError: ${where}1 argument required, but only 0 present.`,
      `DataCloneError: ${where}Port at index 0 contains the source port.`,
      `DataCloneError: ${where}Port at index 1 contains the source port.`,
      `DataCloneError: ${where}Message port at index 1 is a duplicate of an earlier port.`,
      `DataCloneError: ${where}Port at index 0 is already neutered.`,
      `DataCloneError: ${where}Port at index 0 is already neutered.`,
      `DataCloneError: ${where}A MessagePort could not be cloned because it was not transferred.`,
      `DataCloneError: ${where}() => 1 could not be cloned.`,
      `TypeError: ${where}Failed to convert value to 'object'.`,
      `TypeError: ${where}Overload resolution failed.`,
      `DataCloneError: ${where}Value at index 0 does not have a transferable type.`,
    ]);
  });

  await t.test('waits for start(), and onmessage starts it', async () => {
    const log = await inWorker(async () => {
      const seen = [];
      const later = () => new Promise((resolve) => setTimeout(resolve));
      const { port1, port2 } = new MessageChannel();
      const listener = ({ data }) => seen.push(data);
      port2.addEventListener('message', listener);
      port1.postMessage('early');
      await later();
      seen.push('not started');
      port2.start();
      await later();
      const second = new MessageChannel();
      second.port1.postMessage('lost: there is no listener');
      second.port2.onmessage = null;
      await later();
      second.port2.onmessage = ({ data }) => seen.push(data);
      second.port1.postMessage('heard');
      await later();
      return seen;
    });
    assert.deepEqual(log, ['not started', 'early', 'heard']);
  });

  await t.test('delivers in order, each message in a task of its own', async () => {
    const log = await inWorker(async () => {
      const seen = [];
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = ({ data }) => {
        seen.push(data);
        queueMicrotask(() => seen.push(`microtask of ${data}`));
      };
      port1.postMessage(1);
      port1.postMessage(2);
      seen.push('posted');
      queueMicrotask(() => seen.push('microtask'));
      const end = new Promise((resolve) => {
        port1.onmessage = resolve;
      });
      port2.postMessage('end');
      await end;
      return seen;
    });
    const [...order] = ['posted', 'microtask', 1, 'microtask of 1', 2, 'microtask of 2'];
    assert.deepEqual(log, order);
  });

  await t.test('gives events as the standard has them', async () => {
    const found = await inWorker(async () => {
      const { port1, port2 } = new MessageChannel();
      const { port1: sent, port2: kept } = new MessageChannel();
      const come = event(port2, 'message');
      port2.start();
      const buffer = new ArrayBuffer(100_000);
      port1.postMessage({ sent, buffer }, [buffer, sent]);
      const { data, ports, origin, source, lastEventId, target } = await come;
      const answer = event(kept, 'message');
      kept.start();
      data.sent.postMessage('by the new object');
      return {
        same: [ports[0] === data.sent, ports.length, Object.isFrozen(ports), data.sent !== sent],
        detached: [buffer.detached, data.buffer.byteLength],
        rest: [origin, source, lastEventId, target === port2],
        answer: (await answer).data,
        old: sent.postMessage('to nobody'),
      };
    });
    assert.deepEqual(found, {
      same: [true, 1, true, true],
      detached: [true, 100_000],
      rest: ['', null, '', true],
      answer: 'by the new object',
      old: undefined,
    });
  });

  await t.test('takes undelivered messages along when it is transferred', async () => {
    const got = await inWorker(async () => {
      const outer = new MessageChannel();
      const inner = new MessageChannel();
      inner.port1.postMessage(1);
      inner.port1.postMessage(2);
      const come = event(outer.port2, 'message');
      outer.port2.start();
      outer.port1.postMessage(inner.port2, [inner.port2]);
      inner.port1.postMessage(3);
      const { data } = await come;
      return take(data, 3);
    });
    assert.deepEqual(got, [1, 2, 3]);
  });

  await t.test('says that the other end was closed, behind its messages', async () => {
    const log = await inWorker(async () => {
      const seen = [];
      const { port1, port2 } = new MessageChannel();
      port1.onclose = () => seen.push('the end that was closed hears nothing');
      port2.onmessage = ({ data }) => seen.push(data);
      const closed = event(port2, 'close');
      port1.postMessage('last');
      port1.close();
      port1.postMessage('after the end');
      await closed;
      const unstarted = new MessageChannel();
      const alsoClosed = event(unstarted.port2, 'close');
      unstarted.port1.close();
      await alsoClosed;
      return seen;
    });
    assert.deepEqual(log, ['last']);
  });

  await t.test('structuredClone() gives it a new object', async () => {
    const found = await inWorker(async () => {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(1);
      const buffer = new ArrayBuffer(8);
      const clone = structuredClone({ port2, buffer, list: [1] }, { transfer: [port2, buffer] });
      port1.postMessage(2);
      const plain = structuredClone({ buffer: clone.buffer }, { transfer: [clone.buffer] });
      return [await take(clone.port2, 2), clone.list, clone.port2 === port2, plain.buffer.byteLength];
    });
    assert.deepEqual(found, [[1, 2], [1], false, 8]);
  });

  await t.test('is refused by the ports of worker_threads', async () => {
    const errors = await inWorker(() => {
      const node = new (require('worker_threads').MessageChannel)();
      const { port1 } = new MessageChannel();
      const attempts = [() => node.port1.postMessage({ port1 }), () => node.port1.postMessage(port1, [port1])];
      const names = attempts.map((attempt) => {
        try {
          return attempt();
        } catch ({ name }) {
          return name;
        }
      });
      node.port1.close();
      return names;
    });
    assert.deepEqual(errors, ['DataCloneError', 'DataCloneError']);
  });

  await lab.close();
});

test('between a page and a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a port goes either way, and carries buffers back and forth', async () => {
    const found = await win.page(async () => {
      const worker = startPorts();
      const { port1, port2 } = new MessageChannel();
      await give(worker, { port: port2 });
      await run(worker, () => {
        kept.port.onmessage = ({ data }) => kept.port.postMessage(data, [data]);
      });
      const buffer = new Uint8Array(200_000).fill(7).buffer;
      port1.postMessage(buffer, [buffer]);
      const back = (await new Promise((resolve) => (port1.onmessage = resolve))).data;
      // The worker's own
      const made = next(worker);
      worker.postMessage({ source: `${() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => port1.postMessage(data + 1);
        postMessage(port2, [port2]);
      }}`, args: [] });
      const { data: port, ports } = await made;
      port.postMessage(1);
      const answer = await new Promise((resolve) => (port.onmessage = resolve));
      worker.terminate();
      return [buffer.byteLength, back.byteLength, new Uint8Array(back)[199_999], answer.data, ports[0] === port];
    });
    assert.deepEqual(found, [0, 200_000, 7, 2, true]);
  });

  await t.test('each hears that the other has closed', async () => {
    const found = await win.page(async () => {
      const worker = startPorts();
      const { port1, port2 } = new MessageChannel();
      const { port1: mine, port2: theirs } = new MessageChannel();
      await give(worker, { port: port2, theirs });
      const heard = run(worker, async () => {
        const got = take(kept.port, 1);
        const closed = event(kept.port, 'close');
        postMessage({ value: 'listens' });
        const { type } = await closed;
        return [...(await got), type];
      });
      await heard;
      const answer = next(worker);
      port1.postMessage('last');
      port1.close();
      const inWorker = (await answer).data.value;
      mine.start();
      const closed = new Promise((resolve) => mine.addEventListener('close', resolve));
      await run(worker, () => kept.theirs.close());
      const { type } = await closed;
      worker.terminate();
      return [inWorker, type];
    });
    assert.deepEqual(found, [['last', 'close'], 'close']);
  });

  await t.test('a port that was transferred twice before anyone looked still has its messages', async () => {
    const got = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(1);
      await give(a, { port: port2 });
      port1.postMessage(2);
      // From worker to page to worker
      const back = next(a);
      a.postMessage({ source: `${() => postMessage(kept.port, [kept.port])}`, args: [] });
      port1.postMessage(3);
      const { data: port } = await back;
      await next(a); // the tool's own answer
      port1.postMessage(4);
      await give(b, { port });
      port1.postMessage(5);
      const taken = await run(b, () => take(kept.port, 5));
      a.terminate();
      b.terminate();
      return taken;
    });
    assert.deepEqual(got, [1, 2, 3, 4, 5]);
  });

  await lab.close();
});

test('between two workers', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('messages pass while the page is busy', async () => {
    const { answers, blocked } = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(b, () => {
        kept.port.onmessage = ({ data }) => kept.port.postMessage(data + 1);
      });
      // Until the two have left the page's way.
      await run(a, async () => {
        const started = take(kept.port, 1);
        kept.port.postMessage(0);
        await started;
      });
      const talk = next(a);
      a.postMessage({ source: `${async () => {
        const from = Date.now();
        for (let i = 1; i < 100; i += 1) {
          const answer = take(kept.port, 1);
          kept.port.postMessage(i);
          const [got] = await answer;
          if (got !== i + 1) throw new Error(`${got} for ${i}`);
        }
        return [from, Date.now()];
      }}`, args: [] });
      const end = Date.now() + 1500;
      while (Date.now() < end); // the page does nothing else
      const { value, error } = (await talk).data;
      a.terminate();
      b.terminate();
      return { answers: error ?? value, blocked: end };
    });
    assert.ok(Array.isArray(answers), answers);
    assert.ok(answers[1] < blocked, `the last answer came ${answers[1] - blocked} ms after the page was free`);
  });

  await t.test('order is kept while a channel leaves the page', async () => {
    const { first, forth, back } = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      const { port1, port2 } = new MessageChannel();
      await give(a, { port: port1 });
      const send = (name) => {
        let i = 0;
        const { port } = kept;
        // Some in each turn, so that they meet every step of it.
        const some = () => {
          for (const end = i + 100; i < end; i++) port.postMessage([name, i]);
          if (i < 10_000) setImmediate(some);
        };
        some();
      };
      const check = () => take(kept.port, 10_000).then((got) => got.findIndex(([, i], at) => i !== at));
      await run(a, send, 'a');
      port2.start();
      const listens = new Promise((resolve) => (port2.onmessage = resolve));
      const { data } = await listens;
      port2.onmessage = null;
      await give(b, { port: port2 });
      await run(b, send, 'b');
      const [forth, back] = await Promise.all([
        run(b, () => take(kept.port, 1).then(([[, i]]) => i)),
        run(a, check),
      ]);
      a.terminate();
      b.terminate();
      return { first: data, forth, back };
    });
    assert.deepEqual(first, ['a', 0]);
    assert.ok(forth > 0);
    assert.equal(back, -1);
  });

  await t.test('10,000 messages stay in order while both ends move', async () => {
    const wrong = await win.page(async () => {
      const workers = [startPorts(), startPorts(), startPorts()];
      const [a, b, c] = workers;
      await connect(a, b);
      await run(a, () => {
        let i = 0;
        const some = () => {
          for (const end = i + 50; i < end; i++) kept.port.postMessage(i);
          if (i < 10_000) setImmediate(some);
        };
        some();
      });
      // b gives its end to c through the page, with what has come.
      const moved = next(b);
      b.postMessage({ source: `${() => postMessage(kept.port, [kept.port])}`, args: [] });
      const { data: port } = await moved;
      await give(c, { port });
      const got = await run(c, () => take(kept.port, 10_000));
      for (const worker of workers) worker.terminate();
      return got.findIndex((value, i) => value !== i);
    });
    assert.equal(wrong, -1);
  });

  await t.test('a port, and what it carries, goes from worker to worker to page', async () => {
    const found = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(b, () => {
        kept.port.onmessage = ({ data, ports }) => {
          kept.inner = ports[0];
          postMessage({ names: data.names, port: kept.inner, buffer: data.buffer }, [kept.inner, data.buffer]);
        };
      });
      const come = next(b);
      const made = run(a, async () => {
        const { port1, port2 } = new MessageChannel();
        const buffer = new ArrayBuffer(300_000);
        port1.postMessage('before');
        kept.port.postMessage({ buffer }, [port2, buffer]);
        port1.postMessage('behind');
        const { data } = await (port1.start(), event(port1, 'message'));
        return [data, buffer.detached];
      });
      const { data, ports } = await come;
      const got = [];
      const both = new Promise((resolve) => {
        ports[0].onmessage = (event) => got.push(event.data) === 2 && resolve();
      });
      await both;
      ports[0].postMessage('from the page');
      const inA = await made;
      a.terminate();
      b.terminate();
      return { inA, got, size: data.buffer.byteLength, same: data.port === ports[0] };
    });
    assert.deepEqual(found, {
      inA: ['from the page', true],
      got: ['before', 'behind'],
      size: 300_000,
      same: true,
    });
  });

  await t.test('a port that a worker has passed on does not need that worker', async () => {
    const found = await win.page(async () => {
      const [a, b] = [startPorts(), startPorts()];
      await connectDirectly(a, b);
      const { port1, port2 } = new MessageChannel();
      await give(a, { mine: port2 });
      const count = 2000;
      const got = [];
      const all = new Promise((resolve) => {
        port1.onmessage = ({ data }) => got.push(data) === count && resolve();
      });
      const passed = run(b, async (total) => {
        kept.mine = await kept.next;
        for (let i = 0; i < total; i++) kept.mine.postMessage(i);
        return take(kept.mine, total);
      }, count);
      // What b says comes on its own way; from then on a does nothing else, for as long as it lives.
      port1.addEventListener(
        'message',
        () => a.postMessage({ source: `${() => { for (;;); }}`, args: [] }),
        { once: true },
      );
      await run(a, () => kept.port.postMessage(0, [kept.mine]));
      for (let i = 0; i < count; i++) {
        port1.postMessage(i);
        if (i % 50 === 0) await turn();
      }
      const inB = await passed;
      await all;
      a.terminate();
      const heard = run(b, () => take(kept.mine, 1));
      port1.postMessage('still there?');
      const [last] = await heard;
      const closed = new Promise((resolve) => port1.addEventListener('close', resolve));
      b.terminate();
      const wrong = (list) => list.findIndex((value, i) => value !== i);
      return { inB: wrong(inB), here: wrong(got), last, type: (await closed).type };
    });
    assert.deepEqual(found, { inB: -1, here: -1, last: 'still there?', type: 'close' });
  });

  await t.test('a port that a worker has passed on to the page does not need it either', async () => {
    const found = await win.page(async () => {
      const [a, b] = [startPorts(), startPorts()];
      await connectDirectly(a, b);
      await run(a, () => {
        kept.port.onmessage = ({ ports }) => postMessage(0, ports);
      });
      const come = next(a);
      await run(b, () => {
        const { port1, port2 } = new MessageChannel();
        kept.mine = port1;
        port1.onmessage = ({ data }) => port1.postMessage(data);
        for (let i = 0; i < 500; i++) port1.postMessage(i);
        kept.port.postMessage(0, [port2]);
        for (let i = 500; i < 1000; i++) port1.postMessage(i);
      });
      const { ports: [port] } = await come;
      const got = [];
      const gotAll = (count) => new Promise((resolve) => {
        port.onmessage = ({ data }) => got.push(data) >= count && resolve();
      });
      await gotAll(1000);
      for (let i = 1000; i < 2000; i++) port.postMessage(i);
      await gotAll(2000);
      a.terminate();
      port.postMessage('still there?');
      await gotAll(2001);
      b.terminate();
      return { wrong: got.findIndex((value, i) => value !== i), last: got[2000] };
    });
    assert.deepEqual(found, { wrong: 2000, last: 'still there?' });
  });

  await t.test('a channel that reached its workers over others becomes one of theirs alone', async () => {
    const found = await win.page(async () => {
      const [a, b, c] = [startPorts(), startPorts(), startPorts()];
      await connectDirectly(a, b);
      const { port1, port2 } = new MessageChannel();
      await give(a, { mine: port2 });
      const echo = () => run(b, () => {
        const answer = take(kept.mine, 1);
        kept.mine.postMessage(1);
        return answer;
      });
      const arrived = run(b, async () => {
        kept.mine = await kept.next;
        kept.mine.postMessage('to the page');
      });
      await run(a, () => kept.port.postMessage(0, [kept.mine]));
      await arrived;
      port1.start();
      await next(port1);
      await give(c, { port: port1 });
      await run(c, () => {
        kept.port.onmessage = ({ data }) => kept.port.postMessage(data + 1);
      });
      const first = await echo();
      a.terminate();
      const second = await echo();
      for (const worker of [b, c]) worker.terminate();
      return [first, second];
    });
    assert.deepEqual(found, [[2], [2]]);
  });

  await t.test('a buffer from the page outlives the worker that passed it on', async () => {
    const sum = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(a, () => addEventListener('message', ({ data }) => {
        if (data instanceof ArrayBuffer) kept.port.postMessage(data, [data]);
      }));
      const taken = run(b, () => take(kept.port, 1).then(([buffer]) => {
        kept.buffer = buffer;
        return buffer.byteLength;
      }));
      const buffer = new Uint8Array(1 << 20).fill(3).buffer;
      a.postMessage(buffer, [buffer]);
      await taken;
      const closed = run(b, () => event(kept.port, 'close').then(() => 'closed'));
      a.terminate();
      await closed;
      const total = await run(b, () => new Uint8Array(kept.buffer).reduce((all, byte) => all + byte, 0));
      b.terminate();
      return total;
    });
    assert.equal(sum, 3 << 20);
  });

  await t.test('values arrive as they were', async () => {
    const { count, differences } = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(b, () => {
        const { values } = require('./clone-values');
        const { findDifference } = require('./clone-compare');
        kept.port.onmessage = ({ data: { index, value } }) => {
          const [, make, expected = make] = values[index];
          kept.port.postMessage({ difference: findDifference(value, expected()), value });
        };
      });
      const found = await run(a, async () => {
        const { values } = require('./clone-values');
        const { findDifference } = require('./clone-compare');
        const differences = [];
        for (const [index, [name, make, expected = make]] of values.entries()) {
          const answer = take(kept.port, 1);
          kept.port.postMessage({ index, value: make() });
          const [{ difference, value }] = await answer;
          const text = difference || findDifference(value, expected());
          if (text) differences.push(`${name}: ${text}`);
        }
        return { count: values.length, differences };
      });
      a.terminate();
      b.terminate();
      return found;
    });
    assert.deepEqual(differences, []);
    assert.ok(count > 200);
  });

  await t.test('blobs and shared memory go, too', async () => {
    const found = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(b, () => {
        kept.port.onmessage = async ({ data: { blob, file, words } }) => {
          const text = `${await blob.text()} ${blob.type} ${file.name} ${await file.text()}`;
          Atomics.add(words, 0, 5);
          kept.port.postMessage(text);
        };
      });
      const got = await run(a, async () => {
        const words = new Int32Array(new SharedArrayBuffer(8));
        words[0] = 1;
        const answer = take(kept.port, 1);
        const blob = new Blob(['in a blob'], { type: 'text/plain' });
        kept.port.postMessage({ blob, file: new File(['in a file'], 'a.txt'), words });
        return [...(await answer), words[0]];
      });
      a.terminate();
      b.terminate();
      return got;
    });
    assert.deepEqual(found, ['in a blob text/plain a.txt in a file', 6]);
  });

  await t.test('the end of a worker closes its ports', async () => {
    const types = await win.page(async () => {
      const found = [];
      for (const end of [() => process.exit(1), () => close(), null]) {
        const a = startPorts();
        const b = startPorts();
        await connect(a, b);
        await run(b, () => kept.port.start());
        await run(a, async () => {
          const come = take(kept.port, 1);
          kept.port.postMessage('hello');
          kept.closed = event(kept.port, 'close');
          return void come;
        });
        const closed = run(a, async () => (await kept.closed).type);
        if (end) b.postMessage({ source: `${end}`, args: [] });
        else b.terminate();
        found.push(await closed);
        a.terminate();
      }
      return found;
    });
    assert.deepEqual(types, ['close', 'close', 'close']);
  });

  await t.test('comlink calls from worker to worker', async () => {
    const result = await win.page(async () => {
      const a = startPorts();
      const b = startPorts();
      await connect(a, b);
      await run(b, () => {
        const comlink = require('./comlink');
        const api = { add: (x, y) => x + y, each: (list, call) => Promise.all(list.map((item) => call(item))) };
        comlink.expose(api, kept.port);
      });
      const got = await run(a, async () => {
        const comlink = require('./comlink');
        const api = comlink.wrap(kept.port);
        return [await api.add(1, 2), await api.each([1, 2, 3], comlink.proxy((n) => n * n))];
      });
      a.terminate();
      b.terminate();
      return got;
    });
    assert.deepEqual(result, [3, [1, 4, 9]]);
  });

  await lab.close();
});
