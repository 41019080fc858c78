// @ts-nocheck
'use strict';

/*
 * MessageChannelMain and MessagePortMain, webContents.postMessage, ipcRenderer.postMessage: channels between the
 * main process, pages and their workers. Functions passed to `lab.main` run in the main process, those
 * passed to `page` in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

/** A page whose script has ipcRenderer, and whose workers have Node. */
const WITH_IPC = { nodeIntegration: true, contextIsolation: false, nodeIntegrationInWorker: true };

const FILES = {
  'page.html': `${PAGE}<script>
    const { ipcRenderer } = require('electron');
    /** The next message on a channel of ours. */
    const fromMain = (channel) =>
      new Promise((resolve) => ipcRenderer.once(channel, (event, data) => resolve({ data, ports: event.ports })));
    </script>`,
  'preload.js': `
    const { ipcRenderer } = require('electron');
    ipcRenderer.on('port', ({ ports }, message) => window.postMessage(message, '*', ports));
    addEventListener('message', ({ data, ports }) => {
      if (data === 'to main') ipcRenderer.postMessage('from page', data, ports);
    });`,
  'isolated.html': `${PAGE}<script>
    addEventListener('message', ({ data, ports }) => {
      if (data !== 'for the page') return;
      window.port = ports[0];
      port.onmessage = (event) => port.postMessage(['page', event.data]);
    });</script>`,
  'echo.js': 'onmessage = ({ ports: [port] }) => { port.onmessage = ({ data }) => port.postMessage(data); };',
};

/** The next message on a channel of a window. @param {any} lab @returns {Promise<any>} */
const nextIpc = (lab, channel) =>
  lab.main(
    ({ ipcMain, require }, name) =>
      new Promise((resolve) =>
        ipcMain.once(name, (event, data) => {
          const { inspect } = require('node:util');
          globalThis.ports = event.ports;
          resolve({ data, ports: event.ports.length, text: inspect(data) });
        }),
      ),
    channel,
  );

test('channels in the main process', async (t) => {
  const lab = await startLab(t, FILES);

  await t.test('a message waits for start(), events have data and ports', async () => {
    const found = await lab.main(async ({ require }) => {
      const { MessageChannelMain } = require('electron');
      const { once, EventEmitter } = require('node:events');
      const { port1, port2 } = new MessageChannelMain();
      const other = new MessageChannelMain();
      let came = 0;
      port2.on('message', () => came++);
      port1.postMessage({ map: new Map([[1, [2n]]]) });
      await new Promise(setImmediate);
      const early = came;
      const first = once(port2, 'message');
      port2.start();
      const [{ data, ports }] = await first;
      const second = once(port2, 'message');
      port1.postMessage('with a port', [other.port2]);
      const [withPort] = await second;
      const matryoshka = once(withPort.ports[0], 'message');
      withPort.ports[0].start();
      other.port1.postMessage('through it');
      const [inner] = await matryoshka;
      return [early, data, ports, port1 instanceof EventEmitter, withPort.ports.length, inner.data];
    });
    assert.deepEqual(found, [0, { map: new Map([[1, [2n]]]) }, [], true, 1, 'through it']);
  });

  await t.test('an ArrayBuffer is moved', async () => {
    const found = await lab.main(async ({ require }) => {
      const { MessageChannelMain } = require('electron');
      const { once } = require('node:events');
      const { port1, port2 } = new MessageChannelMain();
      const buffer = new Uint8Array(100_000).fill(9).buffer;
      const message = once(port2, 'message');
      port2.start();
      port1.postMessage({ buffer }, [buffer]);
      const [{ data }] = await message;
      return [buffer.detached, data.buffer.byteLength, new Uint8Array(data.buffer)[99_999]];
    });
    assert.deepEqual(found, [true, 100_000, 9]);
  });

  await t.test('close() is told at both ends, behind the messages', async () => {
    const found = await lab.main(async ({ require }) => {
      const { MessageChannelMain } = require('electron');
      const { once } = require('node:events');
      const { port1, port2 } = new MessageChannelMain();
      const events = [];
      port1.on('close', () => events.push('closed here'));
      port2.on('message', ({ data }) => events.push(data));
      port1.postMessage('last');
      port1.close();
      port1.close();
      port1.postMessage('too late');
      const closed = once(port2, 'close');
      port2.start();
      await closed;
      port2.postMessage('to nobody');
      return events;
    });
    assert.deepEqual(found, ['closed here', 'last']);
  });

  await t.test('what cannot be sent is refused, and nothing is taken', async () => {
    const found = await lab.main(({ require }) => {
      const { MessageChannelMain } = require('electron');
      const { port1, port2 } = new MessageChannelMain();
      const other = new MessageChannelMain();
      const used = new MessageChannelMain().port1;
      port1.postMessage(0, [used]);
      const refused = (...given) => {
        try {
          port1.postMessage(...given);
          return 'sent';
        } catch ({ name, message }) {
          return `${name}: ${message}`;
        }
      };
      const buffer = new ArrayBuffer(8);
      return [
        refused(() => 1, [buffer]), refused(new Blob(['a'])), refused(new SharedArrayBuffer(8)), refused(other.port1),
        refused(0, {}), refused(0, ['1']), refused(0, [null]), refused(0, [new Date()]),
        refused(0, [port1]), refused(0, [other.port1, other.port1]), refused(0, [used]),
        buffer.detached, refused(0, [other.port1]), port2 !== undefined,
      ];
    });
    const uncloneable = 'DataCloneError: An object could not be cloned.';
    assert.deepEqual(found, [
      uncloneable, uncloneable, uncloneable, uncloneable,
      'TypeError: transferables must be an array of MessagePorts',
      'TypeError: Port at index 0 is not a valid port',
      'TypeError: Port at index 0 is not a valid port',
      'TypeError: Port at index 0 is not a valid port',
      'Error: Port at index 0 contains the source port.',
      'Error: Port at index 1 is a duplicate of an earlier port.',
      'Error: Port at index 0 is already neutered.',
      false, 'sent', true,
    ]);
  });

  await lab.close();
});

test('channels between the main process and a page', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open(WITH_IPC);

  await t.test('webContents.postMessage brings a message and ports', async () => {
    await win.page(() => {
      window.got = [];
      window.arrived = fromMain('port').then(({ data, ports: [port] }) => {
        got.push(data, port instanceof MessagePort);
        window.port = port;
        return new Promise((resolve) => {
          port.onmessage = (event) => {
            got.push(event.data, event.ports.length);
            if (event.data === 'late') resolve();
          };
        });
      });
      return 1;
    });
    await win.main(({ contents, require }, id) => {
      const { port1, port2 } = new (require('electron').MessageChannelMain)();
      globalThis.kept = port1;
      port1.postMessage('early');
      contents(id).postMessage('port', { some: ['message'] }, [port2]);
      port1.postMessage('late');
    });
    assert.deepEqual(await win.page(() => arrived.then(() => got)), [{ some: ['message'] }, true, 'early', 0, 'late', 0]);
  });

  await t.test('ArrayBuffers arrive and are detached, either way and at any size', async () => {
    const found = await win.main(async ({ contents, require }, id) => {
      const { once } = require('node:events');
      const answers = [];
      kept.start();
      await contents(id).executeJavaScript(`port.onmessage = ({ data }) => {
        const size = data.buffer.byteLength;
        port.postMessage({ buffer: data.buffer, size }, [data.buffer]);
        port.postMessage(data.buffer.detached);
      }; 1`);
      for (const size of [8, 70_000, 1_000_000]) {
        const buffer = new Uint8Array(size).fill(size % 251).buffer;
        const answer = once(kept, 'message');
        kept.postMessage({ buffer }, [buffer]);
        const [{ data }] = await answer;
        const [detached] = await once(kept, 'message');
        const isWhole = new Uint8Array(data.buffer).every((byte) => byte === size % 251);
        answers.push([buffer.detached, data.size === size, data.buffer.byteLength === size, isWhole, detached.data]);
      }
      return answers;
    });
    assert.deepEqual(found, Array(3).fill([true, true, true, true, true]));
  });

  await t.test('the port’s close is an event in the page', async () => {
    await win.page(() => {
      window.closes = [];
      port.addEventListener('close', () => closes.push('listener'));
      window.closing = new Promise((resolve) => {
        port.onclose = () => {
          closes.push('handler');
          resolve();
        };
      });
      return 1;
    });
    await lab.main(() => kept.close());
    assert.deepEqual(await win.page(() => closing.then(() => closes)), ['listener', 'handler']);
  });

  await t.test('ipcRenderer.postMessage brings a message and ports, and keeps its place', async () => {
    const received = nextIpc(lab, 'page port');
    const order = lab.main(
      ({ ipcMain }) =>
        new Promise((resolve) => {
          const names = [];
          for (const name of ['first', 'page port', 'last'])
            ipcMain.once(name, () => {
              if (names.push(name) === 3) resolve(names);
            });
        }),
    );
    await win.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.channel = port1;
      port1.onmessage = ({ data }) => port1.postMessage(data * 2);
      ipcRenderer.send('first');
      ipcRenderer.postMessage('page port', new Set([1]), [port2]);
      ipcRenderer.send('last');
      return 1;
    });
    const { data, ports } = await received;
    assert.deepEqual([data, ports, await order], [new Set([1]), 1, ['first', 'page port', 'last']]);
    const answer = await lab.main(async ({ require }) => {
      const { once } = require('node:events');
      globalThis.kept = ports[0];
      kept.start();
      kept.postMessage(21);
      const [message] = await once(kept, 'message');
      return message;
    });
    assert.deepEqual(answer, { data: 42, ports: [] });
  });

  await t.test('the page’s close() is an event here', async () => {
    const closed = lab.main(({ require }) => require('node:events').once(kept, 'close'));
    await win.page(() => (channel.close(), 1));
    assert.deepEqual(await closed, []);
  });

  await t.test('10,000 messages keep their order while the port is on its way', async () => {
    const received = nextIpc(lab, 'many');
    await win.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.channel = port1;
      for (let i = 0; i < 5000; i++) port1.postMessage(i);
      ipcRenderer.postMessage('many', null, [port2]);
      for (let i = 5000; i < 10_000; i++) port1.postMessage(i);
      return 1;
    });
    await received;
    const found = await lab.main(
      () =>
        new Promise((resolve) => {
          let next = 0;
          let inOrder = true;
          ports[0].on('message', ({ data }) => {
            inOrder &&= data === next;
            if (++next === 10_000) resolve(inOrder);
          });
          ports[0].start();
        }),
    );
    assert.equal(found, true);
  });

  await t.test('errors of ipcRenderer.postMessage', async () => {
    const found = await win.page(() => {
      const closed = new MessageChannel().port1;
      closed.close();
      const used = new MessageChannel().port1;
      structuredClone(used, { transfer: [used] });
      const buffer = new ArrayBuffer(8);
      return [
        [], ['x'], [5, 1], ['x', 1, 5], ['x', 1, [1]], ['x', () => 1, [buffer]], ['x', new Blob(['a'])],
        ['x', new DOMRect()], ['x', 1, [closed]], ['x', 1, [used]],
      ].map((given) => {
        const error = thrownBy(() => ipcRenderer.postMessage(...given));
        return error && `${error.name}: ${error.message}`;
      }).concat(buffer.detached);
    });
    assert.deepEqual(found, [
      'TypeError: Insufficient number of arguments.',
      'TypeError: Insufficient number of arguments.',
      'TypeError: Missing required channel argument',
      'TypeError: Invalid value for transfer',
      'TypeError: Invalid value for transfer',
      'DataCloneError: () => 1 could not be cloned.',
      'DataCloneError: Blob object could not be cloned.',
      'DataCloneError: DOMRect object could not be cloned.',
      'DataCloneError: Port at index 0 is already neutered.',
      'DataCloneError: Port at index 0 is already neutered.',
      false,
    ]);
  });

  await t.test('errors of webContents.postMessage', async () => {
    const found = await win.main(({ contents, require }, id) => {
      const { port1 } = new (require('electron').MessageChannelMain)();
      const refused = (...given) => {
        try {
          contents(id).postMessage(...given);
          return 'sent';
        } catch ({ name, message }) {
          return `${name}: ${message}`;
        }
      };
      return [
        refused(), refused('channel'), refused(null, '', []), refused('', '', null), refused('x', '', [123]),
        refused('x', () => 1), refused('x', new Blob(['a'])), refused('x', 0, [port1, port1]), refused('x', 0, [port1]),
        refused('x', 0, [port1]),
      ];
    });
    assert.deepEqual(found, [
      'TypeError: Insufficient number of arguments.',
      'TypeError: Insufficient number of arguments.',
      'TypeError: Error processing argument at index 0, conversion failure from null',
      'TypeError: Invalid value for transfer',
      'TypeError: Port at index 0 is not a valid port',
      'DataCloneError: An object could not be cloned.',
      'DataCloneError: An object could not be cloned.',
      'Error: Port at index 1 is a duplicate of an earlier port.',
      'sent',
      'Error: Port at index 0 is already neutered.',
    ]);
  });

  await t.test('a page’s value that main can’t have is refused at its port', async () => {
    const received = nextIpc(lab, 'strict');
    const error = await win.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.channel = port1;
      ipcRenderer.postMessage('strict', null, [port2]);
      return thrownBy(() => port1.postMessage(new Blob(['a'])));
    });
    await received;
    assert.equal(error.name, 'DataCloneError');
  });

  await lab.close();
});

test('a channel between main and a page ends with the page', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open(WITH_IPC);
  const ends = {
    reload: ({ contents }, id) => contents(id).reload(),
    'another document': ({ contents }, id) => contents(id).loadFile('page.html'),
    crash: ({ contents }, id) => contents(id).forcefullyCrashRenderer(),
    'closed window': ({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy(),
  };
  for (const [name, end] of Object.entries(ends)) {
    await t.test(name, async () => {
      const received = nextIpc(lab, 'port');
      await win.page(() => {
        const { port1, port2 } = new MessageChannel();
        window.channel = port1;
        ipcRenderer.postMessage('port', null, [port2]);
        return 1;
      });
      await received;
      await win.main(({ require }) => {
        ports[0].start();
        globalThis.closed = require('node:events').once(ports[0], 'close');
      });
      await win.main(end);
      assert.deepEqual(await lab.main(() => closed), []);
      if (name === 'crash') await win.load('page.html');
      if (name !== 'closed window') await win.event('did-finish-load');
    });
  }
  await lab.close();
});

test('channels through the main process', async (t) => {
  const lab = await startLab(t, FILES);
  const one = await lab.open(WITH_IPC);
  const two = await lab.open(WITH_IPC);

  /** Gives the ports that came last to the second window. */
  const handOn = () => two.main(({ contents }, id) => contents(id).postMessage('port', null, ports));

  await t.test('page to page: messages, their order and ArrayBuffers', async () => {
    const received = nextIpc(lab, 'port');
    await one.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.port = port1;
      for (let i = 0; i < 100; i++) port1.postMessage(i);
      ipcRenderer.postMessage('port', null, [port2]);
      for (let i = 100; i < 200; i++) port1.postMessage(i);
      return 1;
    });
    await received;
    await two.page(() => {
      window.numbers = [];
      window.arrived = fromMain('port').then(
        ({ ports: [port] }) =>
          new Promise((resolve) => {
            window.port = port;
            port.onmessage = ({ data }) => numbers.push(data) === 200 && resolve(numbers);
          }),
      );
      return 1;
    });
    await handOn();
    assert.deepEqual(await two.page(() => arrived), Array.from({ length: 200 }, (_, i) => i));
    const sizes = await two.page(() => {
      const buffer = new ArrayBuffer(200_000);
      port.postMessage(buffer, [buffer]);
      return [buffer.byteLength, buffer.detached];
    });
    const size = await one.page(
      () => new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data.byteLength))),
    );
    assert.deepEqual([sizes, size], [[0, true], 200_000]);
  });

  await t.test('close() goes through', async () => {
    await one.page(() => {
      window.closing = new Promise((resolve) => (port.onclose = () => resolve('closed')));
      return 1;
    });
    await two.page(() => (port.close(), 1));
    assert.equal(await one.page(() => closing), 'closed');
  });

  await t.test('a worker and the main process', async () => {
    const received = nextIpc(lab, 'worker port');
    await one.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.worker = new Worker('echo.js');
      worker.postMessage(null, [port1]);
      ipcRenderer.postMessage('worker port', null, [port2]);
      return 1;
    });
    await received;
    const found = await lab.main(async ({ require }) => {
      const { once } = require('node:events');
      const [port] = ports;
      port.start();
      const answer = once(port, 'message');
      const buffer = new Uint8Array(100_000).fill(5).buffer;
      port.postMessage({ buffer, date: new Date(5) }, [buffer]);
      const [{ data }] = await answer;
      globalThis.closed = once(port, 'close');
      return [buffer.detached, data.buffer.byteLength, new Uint8Array(data.buffer)[7], data.date];
    });
    assert.deepEqual(found, [true, 100_000, 5, new Date(5)]);
    await one.page(() => (worker.terminate(), 1));
    assert.deepEqual(await lab.main(() => closed), []);
  });

  await t.test('workers of two windows', async () => {
    const received = nextIpc(lab, 'port');
    await one.page(() => {
      const { port1, port2 } = new MessageChannel();
      window.worker = new Worker('echo.js');
      worker.postMessage(null, [port1]);
      ipcRenderer.postMessage('port', null, [port2]);
      return 1;
    });
    await received;
    await two.page(() => {
      window.answer = fromMain('port').then(({ ports: [port] }) =>
        runWithPort((given) => {
          given.postMessage({ hello: 'other window' });
          return new Promise((resolve) => (given.onmessage = ({ data }) => resolve(data)));
        }, port),
      );
      /** A worker that runs a function with a port. */
      function runWithPort(fn, port) {
        const text = `onmessage = async ({ ports }) => postMessage(await (${fn})(ports[0]));`;
        const worker = fromText(text);
        const done = next(worker);
        worker.postMessage(null, [port]);
        return done.then(({ data }) => data);
      }
      return 1;
    });
    await handOn();
    assert.deepEqual(await two.page(() => answer), { hello: 'other window' });
  });

  await lab.close();
});

test('a preload script hands ports over between the page’s world and main', async (t) => {
  const lab = await startLab(t, FILES);
  const preload = await lab.main(({ app, require }) => require('node:path').join(app.getAppPath(), 'preload.js'));
  const win = await lab.open({ preload }, 'isolated.html');

  const answer = await win.main(async ({ contents, require }, id) => {
    const { once } = require('node:events');
    const { port1, port2 } = new (require('electron').MessageChannelMain)();
    contents(id).postMessage('port', 'for the page', [port2]);
    port1.start();
    port1.postMessage('hello');
    const [{ data }] = await once(port1, 'message');
    return data;
  });
  assert.deepEqual(answer, ['page', 'hello']);

  const received = nextIpc(lab, 'from page');
  await win.page(() => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('up');
    window.postMessage('to main', '*', [port2]);
    return 1;
  });
  assert.equal((await received).ports, 1);
  const data = await lab.main(async ({ require }) => {
    const message = require('node:events').once(ports[0], 'message');
    ports[0].start();
    return (await message)[0].data;
  });
  assert.equal(data, 'up');
  await lab.close();
});
