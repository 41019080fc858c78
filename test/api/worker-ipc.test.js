'use strict';

/*
 * require('electron') in a worker: ipcRenderer, whose messages go to the main process without passing
 * through the page, and what can be read of app.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { startLab } = require('../support/lab');
const { until } = require('../support/processes');

/** Some more than the ring of a channel holds. */
const MANY = 20_000;

const FILES = {
  'ipc.html': `<!doctype html><script src="page-tools.js"></script>`,
  'other.html': `<!doctype html><script src="page-tools.js"></script>`,
  // Says what it has got from main to its page, in the order in which it came.
  'echo.js': `
    const { ipcRenderer } = require('electron');
    ipcRenderer.on('to-worker', (event, ...args) => postMessage(args));
    ipcRenderer.send('hello');`,
  'module.mjs': `
    import electron, { ipcRenderer, app, shell, BrowserWindow } from 'electron';
    const errors = [() => shell.openPath('/'), () => new BrowserWindow(), () => electron.dialog].map((use) => {
      try {
        return String(use());
      } catch ({ message }) {
        return message.split(' is not')[0];
      }
    });
    postMessage([electron.ipcRenderer === ipcRenderer, await ipcRenderer.invoke('add', 1, 2), app.name, errors]);`,
  'framed.html': `<!doctype html><script src="page-tools.js"></script><iframe src="other.html"></iframe>`,
  'frame-worker.js': `require('electron').ipcRenderer.send('frame');`,
  'nested.js': `
    const child = new Worker('nested-child.js', { name: 'child' });
    child.onmessage = ({ data }) => postMessage(data);`,
  'nested-child.js': `
    const { ipcRenderer } = require('electron');
    ipcRenderer.invoke('who').then((value) => postMessage(value));`,
  'package.json': JSON.stringify({ name: 'test-app', version: '1.2.3', main: 'main.js' }),
};

/** Handlers and listeners of the main process that more than one test uses. */
function listen({ ipcMain }) {
  console.error = () => {}; // errors of handlers are printed
  ipcMain.handle('add', (event, a, b) => a + b);
  ipcMain.handle('who', ({ type, sender, senderFrame, senderWorker }) => ({
    type,
    contents: sender.id,
    frame: senderFrame.url.split('/').pop(),
    id: senderWorker.id,
    name: senderWorker.name,
    url: senderWorker.url.split('/').pop(),
  }));
  ipcMain.on('sum', (event, ...numbers) => {
    event.returnValue = numbers.reduce((sum, number) => sum + number, 0);
  });
}

test('ipcRenderer in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  await lab.main(listen);
  const win = await lab.open(undefined, 'ipc.html');

  await t.test(
    'send brings its arguments, and says which window and worker it comes from',
    async () => {
      await lab.main(({ ipcMain, emit }) => {
        ipcMain.once(
          'values',
          ({ type, sender, senderFrame, senderWorker, ports, reply }, ...args) => {
            const { id, name, url } = senderWorker;
            emit('values', [
              type,
              sender.id,
              senderFrame.url,
              id,
              name,
              url,
              ports,
              typeof reply,
              args,
            ]);
          },
        );
      });
      const id = await win.main(({ contents }, of) => contents(of).id);
      await win.page(async () => {
        const worker = new Worker('worker-tool.js', { name: 'solo' });
        await run(worker, () => {
          const { ipcRenderer } = require('electron');
          ipcRenderer.send(
            'values',
            1,
            'two',
            { three: [3n] },
            new Map([[4, new Date(5)]]),
            undefined,
          );
        });
      });
      const [type, sender, frame, worker, name, url, ports, reply, args] =
        await lab.event('values');
      assert.deepEqual([type, sender, name, ports, reply], ['worker', id, 'solo', [], 'function']);
      assert.match(frame, /^file:\/\/.*\/ipc\.html$/);
      assert.match(url, /^file:\/\/.*\/worker-tool\.js$/);
      assert.ok(Number.isInteger(worker) && worker > 0);
      const sent = [1, 'two', { three: [3n] }, new Map([[4, new Date(5)]]), undefined];
      assert.deepEqual(args, sent);
    },
  );

  await t.test('invoke gives the answer, or the error in Electron’s words', async () => {
    await lab.main(({ ipcMain }) => {
      ipcMain.handle('fail', () => {
        throw new TypeError('no such thing');
      });
      ipcMain.handle(
        'late',
        (event, value) => new Promise((resolve) => setImmediate(resolve, value)),
      );
      ipcMain.handle('function', () => () => {});
    });
    const found = await win.page(() =>
      runAlone(async () => {
        const { ipcRenderer } = require('electron');
        const textOf = (promise) =>
          promise.then(String, ({ name, message }) => `${name}: ${message}`);
        const bytes = new Uint8Array(8 << 20).fill(7);
        const back = await ipcRenderer.invoke('late', bytes);
        return {
          sum: await ipcRenderer.invoke('add', 20, 22),
          large: [back.constructor.name, back.length, back.every((byte) => byte === 7)],
          errors: await Promise.all(
            ['fail', 'missing', 'function'].map((channel) => textOf(ipcRenderer.invoke(channel))),
          ),
          own: await textOf(ipcRenderer.invoke('late', () => {})),
        };
      }),
    );
    assert.equal(found.sum, 42);
    assert.deepEqual(found.large, ['Uint8Array', 8 << 20, true]);
    assert.deepEqual(found.errors, [
      "Error: Error invoking remote method 'fail': TypeError: no such thing",
      "Error: Error invoking remote method 'missing': Error: No handler registered for 'missing'",
      "Error: Error invoking remote method 'function': Error: An object could not be cloned.",
    ]);
    assert.match(found.own, /could not be cloned/);
  });

  await t.test('sendSync waits for event.returnValue, and keeps what comes meanwhile', async () => {
    await lab.main(({ ipcMain }) => {
      ipcMain.once('before', (event) => {
        event.reply('told', 'first');
        event.senderWorker.send('told', 'second');
        event.returnValue = 'answer';
        event.reply('told', 'third');
      });
    });
    const found = await win.page(() =>
      runAlone(async () => {
        const { ipcRenderer } = require('electron');
        const told = [];
        const { promise, resolve } = Promise.withResolvers();
        ipcRenderer.on('told', (event, value) => told.push(value) === 3 && resolve());
        const answer = ipcRenderer.sendSync('before');
        const meanwhile = told.length;
        await promise;
        return [answer, meanwhile, told, ipcRenderer.sendSync('sum', 1, 2, 3)];
      }),
    );
    assert.deepEqual(found, ['answer', 0, ['first', 'second', 'third'], 6]);
  });

  await t.test('all ways to send keep their order', async () => {
    await lab.main(({ ipcMain, emit }) => {
      const seen = [];
      ipcMain.on('step', (event, value) => {
        seen.push(value.step ?? value);
        event.returnValue = 0;
        if (seen.length === 50) emit('steps', seen);
      });
      ipcMain.handle('step', (event, value) => void seen.push(value));
    });
    await win.page(() =>
      runAlone(async () => {
        const { ipcRenderer } = require('electron');
        for (let i = 0; i < 50;) {
          ipcRenderer.send('step', i++);
          const invoked = ipcRenderer.invoke('step', i++);
          ipcRenderer.postMessage('step', { step: i++, large: new Uint8Array(100_000) });
          ipcRenderer.sendSync('step', i++);
          ipcRenderer.send('step', i++);
          await invoked;
        }
      }),
    );
    assert.deepEqual(
      await lab.event('steps'),
      Array.from({ length: 50 }, (_, i) => i),
    );
  });

  await t.test(
    'listeners are those of an EventEmitter; one that throws is not the next one’s harm',
    async () => {
      await lab.main(({ ipcMain }) => {
        ipcMain.handle('echo-on', ({ senderWorker }, channel, ...args) => {
          senderWorker.send(channel, ...args);
        });
      });
      const found = await win.page(() =>
        runAlone(async () => {
          const { ipcRenderer } = require('electron');
          const heard = [];
          self.addEventListener('error', (event) => {
            event.preventDefault();
            heard.push(event.message);
          });
          const removed = () => heard.push('removed');
          ipcRenderer.on('a', () => {
            throw new Error('a mistake');
          });
          ipcRenderer.on('a', function (event, value) {
            heard.push(`on ${value} ${this === ipcRenderer} ${event.sender === ipcRenderer}`);
          });
          ipcRenderer.once('a', (event, value) => heard.push(`once ${value}`));
          ipcRenderer.on('a', removed).off('a', removed);
          ipcRenderer.prependListener('a', () => heard.push('first'));
          await ipcRenderer.invoke('echo-on', 'a', 1);
          ipcRenderer.removeAllListeners('a');
          ipcRenderer.on('a', (event, value) => heard.push(`again ${value}`));
          await ipcRenderer.invoke('echo-on', 'a', 2);
          await ipcRenderer.invoke('echo-on', 'error', 3); // a channel like any other
          return heard;
        }),
      );
      assert.deepEqual(found, [
        ...['first', 'Uncaught Error: a mistake', 'on 1 true true', 'once 1', 'again 2'],
      ]);
    },
  );

  await t.test('ports go both ways, and carry what follows', async () => {
    await lab.main(({ ipcMain, require, emit }) => {
      const { MessageChannelMain } = require('electron');
      ipcMain.once('port', ({ ports: [port], senderWorker }, message) => {
        port.on('message', ({ data }) => port.postMessage([message, data]));
        port.start();
        const { port1, port2 } = new MessageChannelMain();
        port2.on('message', ({ data }) => emit('by-port', data));
        port2.start();
        senderWorker.postMessage('port-back', 'here', [port1]);
      });
    });
    const answer = await win.page(() =>
      runAlone(async () => {
        const { ipcRenderer } = require('electron');
        const { port1, port2 } = new MessageChannel();
        const back = new Promise((resolve) => {
          ipcRenderer.once('port-back', ({ ports: [port] }, message) =>
            resolve(port.postMessage(message)),
          );
        });
        const heard = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
        ipcRenderer.postMessage('port', { m: 1 }, [port2]);
        port1.postMessage('through');
        await back;
        return heard;
      }),
    );
    assert.deepEqual(answer, [{ m: 1 }, 'through']);
    assert.equal(await lab.event('by-port'), 'here');
  });

  await t.test(
    'contents.ipc comes before ipcMain, and handles what it has a handler for',
    async () => {
      const found = await win.main(async ({ contents, ipcMain }, id) => {
        const order = [];
        const { ipc } = contents(id);
        ipc.on('both', () => order.push('contents'));
        ipcMain.on('both', () => order.push('main'));
        ipc.handle('add', () => 'of the window');
        const value = await contents(id).executeJavaScript(`runAlone(async () => {
        const { ipcRenderer } = require('electron');
        ipcRenderer.send('both');
        return ipcRenderer.invoke('add', 1, 1);
      })`);
        ipc.removeHandler('add');
        return [order, value];
      });
      assert.deepEqual(found, [['contents', 'main'], 'of the window']);
    },
  );

  await t.test(
    'nested workers and those with a process of their own have a line each',
    async () => {
      const found = await win.page(async () => {
        const workers = [
          new Worker('nested.js'),
          new Worker('nested-child.js', { name: 'own', weft: { process: true } }),
          new Worker('nested-child.js', { name: 'shared' }),
        ];
        return (await Promise.all(workers.map((worker) => next(worker)))).map(({ data }) => data);
      });
      assert.deepEqual(
        found.map(({ type, frame, name, url }) => [type, frame, name, url]),
        ['child', 'own', 'shared'].map((name) => ['worker', 'ipc.html', name, 'nested-child.js']),
      );
      assert.equal(new Set(found.map(({ id }) => id)).size, 3);
    },
  );

  await t.test(
    'a worker of a subframe says which frame, and one of a document that has gone none',
    async () => {
      await lab.main(({ ipcMain, emit }) => {
        const told = ({ senderFrame, senderWorker }) =>
          emit('frame-of', [senderFrame?.url.split('/').pop() ?? null, senderWorker.name]);
        ipcMain.on('frame', (event) => {
          told(event);
          event.sender.once('did-navigate', () => told(event));
        });
      });
      const framed = await lab.open(
        { nodeIntegrationInWorker: true, nodeIntegrationInSubFrames: true },
        'framed.html',
      );
      await framed.page(() => {
        frames[0].worker = new frames[0].Worker('frame-worker.js', { name: 'inner' });
      });
      assert.deepEqual(await lab.event('frame-of'), ['other.html', 'inner']);
      await framed.load('ipc.html');
      assert.deepEqual(await lab.event('frame-of'), [null, 'inner']);
      await framed.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
    },
  );

  await t.test('a worker that sleeps hears main, whatever woke it before', async () => {
    await lab.main(({ ipcMain }) => {
      const answer = (value) => new Promise((resolve) => setTimeout(resolve, 200, value));
      ipcMain.handle('asleep', (event, value) => answer(value));
      ipcMain.on('then-asleep', (event, value) => {
        event.returnValue = value;
        answer(value).then(() => event.reply('woken', value));
      });
    });
    // Both from within the page's message: the line is opened there, and waited on.
    const found = await win.page(async () => {
      const worker = startTool();
      const first = await run(worker, () => require('electron').ipcRenderer.invoke('asleep', 1));
      const second = await run(worker, () => {
        const { ipcRenderer } = require('electron');
        const woken = new Promise((resolve) => {
          ipcRenderer.once('woken', (event, value) => resolve(value));
        });
        ipcRenderer.sendSync('then-asleep', 2);
        return woken;
      });
      worker.terminate();
      return [first, second];
    });
    assert.deepEqual(found, [1, 2]);
  });

  await t.test('main can answer each of many workers', async () => {
    await lab.main(({ ipcMain }) => {
      const workers = new Set();
      ipcMain.on('hello', ({ senderWorker }) => {
        workers.add(senderWorker);
        if (workers.size === 12)
          for (const worker of workers) worker.send('to-worker', worker.name);
      });
    });
    const names = await win.page(() =>
      Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          const worker = new Worker('echo.js', { name: `w${i}` });
          const { data } = await next(worker);
          worker.terminate();
          return data[0];
        }),
      ),
    );
    assert.deepEqual(
      names,
      Array.from({ length: 12 }, (_, i) => `w${i}`),
    );
    await lab.main(({ ipcMain }) => void ipcMain.removeAllListeners('hello'));
  });

  await t.test('nothing is lost while main is busy, and sendSync waits for it', async () => {
    await lab.main(({ ipcMain, emit }, count) => {
      let next = 0;
      let inOrder = true;
      ipcMain.on('count', (event, value) => {
        inOrder &&= value === next++;
        if (next === count) emit('counted', inOrder);
      });
      ipcMain.once('busy', (event) => {
        event.reply('is-busy');
        setImmediate(() => {
          const until = Date.now() + 700;
          while (Date.now() < until);
        });
      });
    }, MANY);
    const took = await win.page(
      (count) =>
        runAlone(async (count) => {
          const { ipcRenderer } = require('electron');
          const busy = new Promise((resolve) => ipcRenderer.once('is-busy', resolve));
          ipcRenderer.send('busy');
          await busy;
          for (let i = 0; i < count; i++) ipcRenderer.send('count', i);
          return ipcRenderer.sendSync('sum', 4, 5);
        }, count),
      MANY,
    );
    assert.equal(took, 9);
    assert.equal(await lab.event('counted'), true);
    await lab.main(({ ipcMain }) => void ipcMain.removeAllListeners('count'));
  });

  await t.test('what a worker sends as its last arrives', async () => {
    await lab.main(({ ipcMain, emit }) => {
      ipcMain.on('last', (event, how) => emit(`last ${how}`, how));
    });
    await win.page(async () => {
      for (const end of ['process.exit(0)', 'close()']) {
        fromText(`require('electron').ipcRenderer.send('last', '${end}'); ${end};`);
      }
    });
    await lab.event('last process.exit(0)');
    await lab.event('last close()');
  });

  await t.test(
    'a worker that waits in sendSync can be ended, and main learns that it has',
    async () => {
      await lab.main(({ ipcMain, emit }) => {
        ipcMain.once('never', async ({ senderWorker }) => {
          emit('waits');
          senderWorker.once('destroyed', () => {
            senderWorker.send('nothing'); // does nothing
            emit('worker-gone', senderWorker.isDestroyed());
          });
        });
      });
      await win.page(() => {
        window.stuck = fromText(`require('electron').ipcRenderer.sendSync('never')`);
      });
      await lab.event('waits');
      await win.page(() => window.stuck.terminate());
      assert.equal(await lab.event('worker-gone'), true);
    },
  );

  await t.test('lines end with their page, and leave nothing in main', async () => {
    const folder = `/proc/${lab.app.mainPid}/fd`;
    const isBell = (name) => {
      try {
        return fs.readlinkSync(`${folder}/${name}`).includes('eventfd');
      } catch {
        return false; // it has just been closed
      }
    };
    const countBells = () => fs.readdirSync(folder).filter(isBell).length;
    const other = await lab.open(undefined, 'other.html');
    await other.page(() => runAlone(() => require('electron').ipcRenderer.invoke('add', 1, 1)));
    await lab.main(({ ipcMain, emit }) => {
      let gone = 0;
      ipcMain.on('hello', ({ senderWorker }) =>
        senderWorker.once('destroyed', () => ++gone === 20 && emit('all-gone')),
      );
      ipcMain.on('hello', ({ reply }) => reply('to-worker', 'there'));
    });
    await other.page(() =>
      Promise.all(Array.from({ length: 20 }, () => next(new Worker('echo.js')))).then(() => {}),
    );
    // Two for each line; GLib has some, too. What there was before them may include lines that just end.
    const before = countBells() - 40;
    assert.ok(before >= 0);
    await other.load('ipc.html');
    await lab.event('all-gone');
    await until('main has no more bells than before', () => countBells() < before + 10);
    await other.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
  });

  await t.test('app can be read, and nothing more', async () => {
    const expected = await lab.main(({ app }) => ({
      ...{
        name: app.name,
        version: app.getVersion(),
        path: app.getAppPath(),
        locale: app.getLocale(),
      },
      ...{ userData: app.getPath('userData'), isPackaged: app.isPackaged },
    }));
    const found = await win.page(() =>
      runAlone(() => {
        const { app } = require('electron');
        const textOf = (use) => {
          try {
            return String(use());
          } catch ({ message }) {
            return message;
          }
        };
        return {
          read: {
            ...{ name: app.getName(), version: app.getVersion(), path: app.getAppPath() },
            ...{
              locale: app.getLocale(),
              userData: app.getPath('userData'),
              isPackaged: app.isPackaged,
            },
          },
          errors: [
            () => app.getPath('nowhere'),
            () => app.quit(),
            () => ((app.name = 'x'), app.name),
          ].map(textOf),
        };
      }),
    );
    assert.deepEqual(found.read, expected);
    assert.match(found.errors[0], /^Failed to get 'nowhere' path$/);
    assert.match(found.errors[1], /^electron\.app\.quit is not available in a worker: /);
    assert.equal(found.errors[2], expected.name);
  });

  await t.test(
    'a module worker imports by name; what is not there throws when it is used',
    async () => {
      const found = await win.page(
        async () => (await next(new Worker('module.mjs', { type: 'module' }))).data,
      );
      assert.deepEqual(found, [
        ...[true, 3, 'test-app'],
        ['electron.shell', 'electron.BrowserWindow', 'electron.dialog'],
      ]);
    },
  );

  await lab.close();
});
