// @ts-nocheck
'use strict';

/*
 * WebKit's own message ports in a page whose workers have Node: given to workers and by them, beside those
 * of frames and of a SharedWorker. Functions passed to `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

const MANY = 10_000;

const FILES = {
  'page.html': `${PAGE}<script>
    /** A worker that has run a function with the ports it was given. */
    function startWith(fn, ...ports) {
      const worker = fromText(\`onmessage = ({ ports }) => { onmessage = null; (\${fn})(...ports); };\`);
      worker.postMessage(null, ports);
      return worker;
    }
    const echo = (port) => {
      port.onmessage = ({ data, ports }) => port.postMessage({ data, ports: ports.length });
    };
    /** Posts at a port, and waits for what comes back. */
    async function askPort(port, ...given) {
      port.start();
      const answer = next(port);
      port.postMessage(...given);
      return (await answer).data;
    }
    /** Resolves to whether all numbers came, each in its turn. */
    const count = (port, many) => new Promise((resolve) => {
      let expected = 0, inOrder = true;
      port.onmessage = ({ data }) => {
        inOrder &&= data === expected;
        if (++expected === many) resolve(inOrder);
      };
    });
    </script>`,
  'frame.html': `<script>
    addEventListener('message', ({ data, ports: [port] }) => {
      port.onmessage = (event) => port.postMessage(['frame', event.data]);
      const { port1, port2 } = new MessageChannel();
      port1.postMessage('queued in the frame');
      port1.onmessage = (event) => port1.postMessage(['frame', event.data]);
      parent.postMessage('from frame', '*', [port2]);
    });</script>`,
  'shared.js': `onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => port.postMessage(['shared', data, typeof require]);
  };`,
};

test('a port of the page in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('messages and ports go both ways, what waits in it too', async () => {
    const found = await win.page(async () => {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage('queued');
      port1.start();
      const first = next(port1);
      const worker = startWith(echo, port2);
      const queued = (await first).data;
      const nested = new MessageChannel();
      const answers = [queued, await askPort(port1, { map: new Map([[1, 2]]) }), await askPort(port1, 1, [nested.port1])];
      worker.terminate();
      return answers;
    });
    assert.deepEqual(found, [
      { data: 'queued', ports: 0 },
      { data: { map: new Map([[1, 2]]) }, ports: 0 },
      { data: 1, ports: 1 },
    ]);
  });

  await t.test('a port that a worker gives is WebKit’s, its events are trusted', async () => {
    const found = await win.page(async () => {
      const worker = fromText(`
        const { port1, port2 } = new MessageChannel();
        port2.postMessage('early');
        port2.onmessage = ({ data }) => port2.postMessage(['worker', data]);
        postMessage('here', [port1]);`);
      const { data, ports: [port] } = await next(worker);
      port.start();
      const early = await next(port);
      const answer = await askPort(port, 5);
      worker.terminate();
      return [data, port instanceof MessagePort, early.data, early.isTrusted, early.target === port, answer];
    });
    assert.deepEqual(found, ['here', true, 'early', true, true, ['worker', 5]]);
  });

  await t.test(`${MANY} messages keep their order while it is handed over`, async () => {
    const found = await win.page(async (many) => {
      const { port1, port2 } = new MessageChannel();
      for (let i = 0; i < many / 2; i++) port1.postMessage(i);
      const worker = startWith(`async (port) => { postMessage(await (${count})(port, ${many})); }`, port2);
      for (let i = many / 2; i < many; i++) port1.postMessage(i);
      const { data } = await next(worker);
      worker.terminate();
      return data;
    }, MANY);
    assert.equal(found, true);
  });

  await t.test(`${MANY} messages between two workers keep theirs, both ways`, async () => {
    const found = await win.page(async (many) => {
      const { port1, port2 } = new MessageChannel();
      const busy = `async (port) => {
        const counted = (${count})(port, ${many});
        for (let i = 0; i < ${many}; i++) {
          port.postMessage(i);
          if (i % 250 === 0) await new Promise((resolve) => setTimeout(resolve));
        }
        postMessage(await counted);
      }`;
      const one = startWith(busy, port1);
      await Promise.resolve();
      const two = startWith(busy, port2);
      const answers = await Promise.all([next(one), next(two)]);
      one.terminate();
      two.terminate();
      return answers.map(({ data }) => data);
    }, MANY);
    assert.deepEqual(found, [true, true]);
  });

  await t.test('nothing is lost when a port goes on to a worker while messages arrive', async () => {
    const found = await win.page(async (many) => {
      const results = [];
      for (let round = 0; round < 5; round++) {
        const { port1, port2 } = new MessageChannel();
        const sender = startWith(`(port) => {
          let i = 0;
          const some = () => {
            for (const end = i + 100; i < end; i++) port.postMessage(i);
            if (i < ${many}) setImmediate(some);
          };
          some();
        }`, port1);
        let here = 0;
        let inOrder = true;
        await new Promise((resolve) => {
          port2.onmessage = ({ data }) => {
            inOrder &&= data === here++;
            if (here === 50) resolve();
          };
        });
        const rest = startWith(`(port) => {
          let first = -1, next = -1, inOrder = true;
          port.onmessage = ({ data }) => {
            if (first === -1) first = next = data;
            inOrder &&= data === next++;
            if (data === ${many} - 1) postMessage({ first, inOrder });
          };
        }`, port2);
        const before = here;
        const { data } = await next(rest);
        sender.terminate();
        rest.terminate();
        results.push([inOrder, data.inOrder, data.first === before, here === before]);
      }
      return results;
    }, MANY);
    assert.deepEqual(found, Array(5).fill([true, true, true, true]));
  });

  await t.test('an ArrayBuffer arrives and is detached, either way', async () => {
    const found = await win.page(async () => {
      const { port1, port2 } = new MessageChannel();
      const worker = startWith((port) => {
        port.onmessage = ({ data }) => {
          port.postMessage(data, [data]);
          port.postMessage(data.detached);
        };
      }, port2);
      const answers = [];
      for (const size of [16, 500_000]) {
        const buffer = new Uint8Array(size).fill(3).buffer;
        const back = await askPort(port1, buffer, [buffer]);
        const detached = (await next(port1)).data;
        answers.push([buffer.detached, back.byteLength === size, new Uint8Array(back).every((b) => b === 3), detached]);
      }
      worker.terminate();
      return answers;
    });
    assert.deepEqual(found, Array(2).fill([true, true, true, true]));
  });

  await t.test('shared memory goes through, between workers and within the page', async () => {
    const found = await win.page(async () => {
      const shared = new Int32Array(new SharedArrayBuffer(8));
      const toWorker = new MessageChannel();
      const worker = startWith((port) => {
        port.onmessage = ({ data }) => {
          Atomics.add(data, 0, 5);
          port.postMessage(data);
        };
      }, toWorker.port2);
      const back = await askPort(toWorker.port1, shared);
      Atomics.add(back, 0, 1);
      const inPage = new MessageChannel();
      inPage.port2.start();
      const got = [];
      inPage.port1.postMessage('before');
      inPage.port1.postMessage({ shared });
      inPage.port1.postMessage('after');
      for (let i = 0; i < 3; i++) got.push((await next(inPage.port2)).data);
      Atomics.add(got[1].shared, 0, 1);
      worker.terminate();
      return [shared[0], back.buffer instanceof SharedArrayBuffer, got[0], got[2]];
    });
    assert.deepEqual(found, [7, true, 'before', 'after']);
  });

  await t.test('what cannot be sent is refused at the sender', async () => {
    const found = await win.page(() => {
      const { port1, port2 } = new MessageChannel();
      const worker = startWith(echo, port2);
      const closed = new MessageChannel().port1;
      closed.close();
      const other = new MessageChannel().port1;
      const errors = [
        () => port1.postMessage(() => 1),
        () => port1.postMessage(0, [port1]),
        () => port1.postMessage(0, 5),
        () => worker.postMessage(0, [port2]),
        () => worker.postMessage(0, [closed]),
        () => worker.postMessage(other),
        () => worker.postMessage(0, [other, other]),
      ].map((fn) => {
        const { name, message } = thrownBy(fn);
        return `${name}: ${message}`;
      });
      worker.terminate();
      return errors;
    });
    const onPort = "Failed to execute 'postMessage' on 'MessagePort'";
    const onWorker = "DataCloneError: Failed to execute 'postMessage' on 'Worker'";
    assert.deepEqual(found, [
      `DataCloneError: ${onPort}: () => 1 could not be cloned.`,
      `DataCloneError: ${onPort}: Port at index 0 contains the source port.`,
      `TypeError: ${onPort}: Overload resolution failed.`,
      `${onWorker}: Port at index 0 is already neutered.`,
      `${onWorker}: Port at index 0 is already neutered.`,
      `${onWorker}: A MessagePort could not be cloned because it was not transferred.`,
      `${onWorker}: Message port at index 1 is a duplicate of an earlier port.`,
    ]);
  });

  await t.test('close() is told at the other end, behind the messages', async () => {
    const found = await win.page(async () => {
      const { port1, port2 } = new MessageChannel();
      const worker = startWith((port) => {
        const events = [];
        port.onmessage = ({ data }) => events.push(data);
        port.onclose = () => postMessage(events);
      }, port2);
      port1.postMessage('last');
      port1.close();
      port1.postMessage('too late');
      const { data } = await next(worker);
      worker.terminate();

      const second = new MessageChannel();
      const closing = new Promise((resolve) => {
        const events = [];
        second.port1.onmessage = (event) => events.push(event.data);
        second.port1.onclose = () => resolve(events);
      });
      const closer = startWith((port) => {
        port.postMessage('last');
        port.close();
      }, second.port2);
      const events = await closing;
      closer.terminate();
      return [data, events];
    });
    assert.deepEqual(found, [['last'], ['last']]);
  });

  await t.test('the end of a worker closes its ports, in the page and in another worker', async () => {
    const found = await win.page(async () => {
      const [withPage, withWorker] = [new MessageChannel(), new MessageChannel()];
      const both = (a, b) => {
        a.postMessage('ready');
        b.postMessage('ready');
      };
      withPage.port1.start();
      const closed = next(withPage.port1, 'close');
      const listener = startWith((port) => {
        port.onmessage = ({ data }) => postMessage(data);
        port.onclose = () => postMessage('closed');
      }, withWorker.port1);
      const ready = next(listener);
      const worker = startWith(both, withPage.port2, withWorker.port2);
      await next(withPage.port1);
      await ready;
      const told = next(listener);
      worker.terminate();
      const answers = [(await closed).type, (await told).data];
      listener.terminate();
      return answers;
    });
    assert.deepEqual(found, ['close', 'closed']);
  });

  await t.test('the page’s classes look like WebKit’s own', async () => {
    const found = await win.page(() => {
      class Own extends MessageChannel {}
      const channel = new Own();
      return [
        `${MessageChannel}`.includes('[native code]') && `${MessageChannel}`.includes('MessageChannel()'),
        channel instanceof Own && channel instanceof MessageChannel && channel.port1 instanceof MessagePort,
        MessageChannel.prototype.constructor === MessageChannel,
        MessageChannel.name, MessageChannel.length, MessagePort.prototype.postMessage.length,
        `${MessagePort.prototype.postMessage}`.includes('[native code]'),
        thrownBy(() => MessageChannel()).name,
        thrownBy(() => MessagePort.prototype.postMessage.call({}, 1)).name,
        thrownBy(() => MessagePort.prototype.onclose).name,
        Object.keys(MessagePort.prototype).includes('onclose'),
      ];
    });
    assert.deepEqual(found, [
      true, true, true, 'MessageChannel', 0, 1, true, 'TypeError', 'TypeError', 'TypeError', true,
    ]);
  });

  await lab.close();
});

test('ports of other owners', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('a frame’s port is WebKit’s, and can be handed on to a worker', async () => {
    const found = await win.page(async () => {
      const frame = document.createElement('iframe');
      frame.src = 'frame.html';
      const loaded = next(frame, 'load');
      document.body.append(frame);
      await loaded;
      const { port1, port2 } = new MessageChannel();
      const came = next(window);
      frame.contentWindow.postMessage('port', '*', [port2]);
      const { ports } = await came;
      const native = await askPort(port1, 'native');
      const worker = startWith((port) => {
        port.onmessage = ({ data }) => {
          postMessage(data);
          if (data === 'queued in the frame') port.postMessage({ from: 'worker' });
        };
      }, ports[0]);
      const queued = await next(worker);
      const answer = await next(worker);
      worker.terminate();
      frame.remove();
      return [native, queued.data, answer.data];
    });
    assert.deepEqual(found, [['frame', 'native'], 'queued in the frame', ['frame', { from: 'worker' }]]);
  });

  await t.test('a port of a SharedWorker, too', async () => {
    const found = await win.page(async () => {
      const shared = new SharedWorker('shared.js');
      const worker = startWith((port) => {
        port.onmessage = ({ data }) => postMessage(data);
        port.postMessage('from the worker');
      }, shared.port);
      const { data } = await next(worker);
      worker.terminate();
      return data;
    });
    assert.deepEqual(found, ['shared', 'from the worker', 'undefined']);
  });

  await t.test('a page without Node in workers has nothing but WebKit’s', async () => {
    const plain = await lab.open({});
    const found = await plain.page(() => ['onclose' in MessagePort.prototype, `${MessageChannel}`.includes('Proxy')]);
    assert.deepEqual(found, [false, false]);
  });

  await t.test('after a reload workers get ports as before', async () => {
    await win.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.worker = startWith((port) => setInterval(() => port.postMessage('x')), port2);
      port1.start();
      return next(port1).then(() => 1);
    });
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    const found = await win.page(async () => {
      const { port1, port2 } = new MessageChannel();
      const worker = startWith(echo, port2);
      const { data } = await askPort(port1, 'again');
      worker.terminate();
      return data;
    });
    assert.equal(found, 'again');
  });

  await t.test('a page that has replaced what the language and WebKit offer still has ports', async () => {
    const own = await lab.open();
    const found = await own.page(async () => {
      const worker = fromText(`onmessage = ({ data, ports: [port] }) => {
        port.onmessage = (event) => port.postMessage([event.data, event.ports.length]);
      };`);
      const { port1, port2 } = new MessageChannel();
      const listen = EventTarget.prototype.addEventListener.bind(port1);
      const post = worker.postMessage.bind(worker);
      const answer = new Promise((resolve) => listen('message', resolve));
      const dataOf = Reflect.apply.bind(null, Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data').get);
      const broken = () => { throw new Error('broken'); };
      const kept = [];
      const { defineProperty: restore, getOwnPropertyDescriptor: getOwn } = Object;
      const replace = (object, name, descriptor) => {
        kept[kept.length] = { object, name, descriptor: getOwn(object, name) };
        restore(object, name, { configurable: true, ...descriptor });
      };
      const start = port1.start.bind(port1);
      const send = port1.postMessage.bind(port1);
      replace(Array.prototype, Symbol.iterator, { value: broken });
      replace(Array.prototype, 'push', { value: broken });
      replace(Object.prototype, 'transfer', { get: broken, set: broken });
      replace(Object.prototype, 'peer', { get: broken, set: broken });
      replace(Map.prototype, 'get', { value: broken });
      replace(WeakMap.prototype, 'get', { value: broken });
      replace(MessageEvent.prototype, 'data', { get: broken });
      replace(MessageEvent.prototype, 'ports', { get: broken });
      replace(EventTarget.prototype, 'addEventListener', { value: broken });
      replace(MessagePort.prototype, 'onmessage', { get: broken, set: broken });
      replace(MessagePort.prototype, 'postMessage', { value: broken });
      replace(window, 'structuredClone', { value: broken, writable: true });
      replace(window, 'MessageChannel', { value: broken, writable: true });
      let error = null;
      try {
        const list = { __proto__: null };
        let done = false;
        list[Symbol.iterator] = () => ({ next: () => (done ? { done } : ((done = true), { done: false, value: port2 })) });
        post(null, list);
        start();
        send('still here');
      } catch (thrown) {
        error = `${thrown.stack}`;
      }
      const event = error === null ? await answer : null;
      const data = event && dataOf(event, []);
      for (let i = kept.length - 1; i >= 0; i--) {
        const { object, name, descriptor } = kept[i];
        if (descriptor) restore(object, name, descriptor);
        else delete object[name];
      }
      worker.terminate();
      return [error, data];
    });
    assert.deepEqual(found, [null, ['still here', 0]]);
  });

  await lab.close();
});
