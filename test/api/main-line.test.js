// @ts-nocheck
'use strict';

/*
 * The line between a document and the main process: order, blocking, large messages, and what becomes of
 * messages when a document comes or goes. Functions passed to `lab.main` run in the main process, those
 * passed to `page` in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

/** A page whose script has ipcRenderer. */
const WITH_IPC = { nodeIntegration: true, contextIsolation: false };

const FILES = {
  'page.html': `${PAGE}<script>const { ipcRenderer } = require('electron');</script>`,
  'late.html': `${PAGE}<script>
    const seen = [];
    require('electron').ipcRenderer.on('x', (event, value) => seen.push(value));</script>`,
  'last-words.html': `${PAGE}<script>
    addEventListener('pagehide', () => {
      for (let i = 0; i < 500; i++) require('electron').ipcRenderer.send('last', i, 'x'.repeat(2000));
    });</script>`,
  'frame.html': `${PAGE}<iframe src="inner.html"></iframe>`,
  'quiet.js': `onmessage = async () => {
    const { ipcRenderer } = require('electron');
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await ipcRenderer.invoke('quiet', i));
    postMessage(answers);
  };`,
  'inner.html': '<!doctype html>',
  'preload.js': `
    const { ipcRenderer } = require('electron');
    ipcRenderer.send('from', location.pathname.split('/').pop(), ipcRenderer.sendSync('name'));`,
};

test('the line of a document', async (t) => {
  const lab = await startLab(t, FILES);
  const window = await lab.open(WITH_IPC);

  await t.test('all kinds of messages come in the order in which they were sent', async () => {
    const came = lab.main(
      ({ ipcMain }) =>
        new Promise((resolve) => {
          const log = [];
          const note = (kind) => (event, value) => log.push([kind, value]);
          ipcMain.on('order-send', note('send'));
          ipcMain.handle('order-invoke', note('invoke'));
          ipcMain.on('order-sync', (event, value) => {
            log.push(['sync', value]);
            event.returnValue = value;
          });
          ipcMain.on('order-post', note('post'));
          ipcMain.once('order-end', () => resolve(log));
        }),
    );
    const answers = await window.page(async () => {
      const { port1 } = new MessageChannel();
      const big = new Uint8Array(300_000).fill(7);
      const answers = [];
      for (let i = 0; i < 50; i++) {
        ipcRenderer.send('order-send', i);
        ipcRenderer.invoke('order-invoke', i);
        ipcRenderer.postMessage('order-post', i, i % 2 ? [port1] : []);
        ipcRenderer.send('order-send', i, big);
        answers.push(ipcRenderer.sendSync('order-sync', i));
        if (i % 2) break;
      }
      ipcRenderer.send('order-end');
      return answers;
    });
    const round = (i) => [
      ['send', i],
      ['invoke', i],
      ['post', i],
      ['send', i],
      ['sync', i],
    ];
    assert.deepEqual(await came, [...round(0), ...round(1)]);
    assert.deepEqual(answers, [0, 1]);
  });

  await t.test('what comes during sendSync is delivered afterwards, in order', async () => {
    await lab.main(({ ipcMain }) => {
      ipcMain.on('sync-and-more', (event) => {
        for (let i = 0; i < 100; i++) event.sender.send('more', i);
        event.sender.postMessage('more', 100);
        event.returnValue = { deep: [new Date(5)] };
        event.sender.send('more', 101);
      });
    });
    const [value, early, late] = await window.page(async () => {
      const log = [];
      const { promise, resolve } = Promise.withResolvers();
      ipcRenderer.on('more', (event, i) => {
        log.push(i);
        if (i === 101) resolve();
      });
      const value = ipcRenderer.sendSync('sync-and-more');
      const early = log.length;
      await promise;
      return [value.deep[0].getTime(), early, log];
    });
    assert.equal(value, 5);
    assert.equal(early, 0);
    assert.deepEqual(
      late,
      Array.from({ length: 102 }, (_, i) => i),
    );
  });

  await t.test('a listener of main’s message may wait for main', async () => {
    await lab.main(({ ipcMain }) => {
      ipcMain.on('echo-sync', (event, value) => {
        event.returnValue = value;
      });
    });
    await window.page(() => {
      window.nested = new Promise((resolve) => {
        const log = [];
        ipcRenderer.on('nest', (event, i) => {
          log.push(`begin ${i}`);
          log.push(ipcRenderer.sendSync('echo-sync', `sync ${i}`));
          Promise.resolve().then(() => log.push(`task ${i}`));
          if (i === 4) setTimeout(() => resolve(log));
        });
      });
    });
    const log = lab.main(({ contents }, id) => contents(id).executeJavaScript('nested'), window.id);
    await lab.main(({ contents }, id) => {
      for (let i = 0; i < 5; i++) contents(id).send('nest', i);
    }, window.id);
    assert.deepEqual(
      await log,
      [0, 1, 2, 3, 4].flatMap((i) => [`begin ${i}`, `sync ${i}`, `task ${i}`]),
    );
  });

  await t.test('nothing is lost while main is busy', async () => {
    const found = await lab.main(
      ({ ipcMain, contents }, id) =>
        new Promise((resolve) => {
          let next = 0;
          let isInOrder = true;
          const large = [];
          ipcMain.handle('be-busy', (event, time) => {
            const end = Date.now() + time;
            while (Date.now() < end);
          });
          ipcMain.on('flood', (event, i) => (isInOrder &&= i === next++));
          ipcMain.on('flood-large', (event, bytes) =>
            large.push(
              bytes.length === 1 << 20 && bytes.every((byte) => byte === bytes[0]) && bytes[0],
            ),
          );
          ipcMain.on('flood-end', () => resolve([next, isInOrder, large]));
          contents(id).executeJavaScript(`
            ipcRenderer.invoke('be-busy', 400);
            for (let i = 0; i < 20_000; i++) ipcRenderer.send('flood', i);
            for (let i = 0; i < 40; i++) ipcRenderer.send('flood-large', new Uint8Array(1 << 20).fill(i));
            ipcRenderer.send('flood-end');`);
        }),
      window.id,
    );
    assert.deepEqual(found, [20_000, true, Array.from({ length: 40 }, (_, i) => i)]);
  });

  await t.test('8 MiB go both ways, as memory of main’s own', async () => {
    await lab.main(({ ipcMain }) => {
      ipcMain.handle('large', (event, bytes) => {
        globalThis.kept = bytes;
        return bytes.map((byte) => byte + 1);
      });
    });
    const found = await window.page(async () => {
      const bytes = new Uint8Array(8 << 20);
      for (let i = 0; i < bytes.length; i++) bytes[i] = i % 251;
      const answer = await ipcRenderer.invoke('large', bytes);
      for (let i = 0; i < 20; i++)
        await ipcRenderer.invoke('large-other', new Uint8Array(8 << 20)).catch(() => {});
      return [
        answer.length,
        answer.every((byte, i) => byte === (i % 251) + 1),
        answer.constructor === Uint8Array,
      ];
    });
    assert.deepEqual(found, [8 << 20, true, true]);
    const kept = await lab.main(() => globalThis.kept.every((byte, i) => byte === i % 251));
    assert.equal(kept, true, 'what main was given does not change');
  });
});

test('documents that come and go', async (t) => {
  const lab = await startLab(t, FILES);

  await t.test('what main sends before the document is there waits for it', async () => {
    const window = await lab.open(WITH_IPC, null);
    const seen = await lab.main(async ({ BrowserWindow }, id) => {
      const { webContents } = BrowserWindow.fromId(id);
      webContents.send('x', 'first');
      const loaded = BrowserWindow.fromId(id).loadFile('late.html');
      webContents.send('x', new Map([[1, 2]]));
      await loaded;
      webContents.send('x', 'last');
      return webContents.executeJavaScript(
        'new Promise((resolve) => setTimeout(() => resolve(seen), 50))',
      );
    }, window.id);
    assert.deepEqual(seen, ['first', new Map([[1, 2]]), 'last']);
  });

  await t.test(
    'the last messages of a document arrive, from the document that it was',
    async () => {
      const window = await lab.open(WITH_IPC, 'last-words.html');
      const found = await lab.main(
        ({ ipcMain, BrowserWindow }, id) =>
          new Promise((resolve) => {
            const seen = [];
            ipcMain.on('last', (event, i) => {
              seen.push(i);
              if (i === 499)
                resolve([seen.length, event.sender.id === BrowserWindow.fromId(id).webContents.id]);
            });
            BrowserWindow.fromId(id).loadFile('inner.html');
          }),
        window.id,
      );
      assert.deepEqual(found, [500, true]);
    },
  );

  await t.test('subframes have lines of their own', async () => {
    const found = lab.main(
      ({ ipcMain }) =>
        new Promise((resolve) => {
          const seen = {};
          ipcMain.on('name', (event) => {
            event.returnValue = event.senderFrame.url.split('/').pop();
          });
          ipcMain.on('from', (event, name, answer) => {
            const isTop = event.senderFrame === event.sender.mainFrame;
            seen[name] = [answer, isTop, event.senderFrame.routingId === event.frameId];
            if (Object.keys(seen).length === 2) resolve(seen);
          });
        }),
    );
    const preload = await lab.main(({ app }) => `${app.getAppPath()}/preload.js`);
    await lab.open({ preload, nodeIntegrationInSubFrames: true }, 'frame.html');
    assert.deepEqual(await found, {
      'frame.html': ['frame.html', true, true],
      'inner.html': ['inner.html', false, true],
    });
  });

  await t.test('a line that a worker opens in a message of its page wakes it', async () => {
    const window = await lab.open({ ...WITH_IPC, nodeIntegrationInWorker: true });
    await lab.main(({ ipcMain }) => ipcMain.handle('quiet', (event, i) => i + 1));
    const answers = await window.page(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('quiet.js');
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage('go');
        }),
    );
    assert.deepEqual(answers, [1, 2, 3]);
  });

  await t.test('a window may close while its page waits for an answer', async () => {
    const window = await lab.open(WITH_IPC);
    await lab.main(({ ipcMain, BrowserWindow }, id) => {
      ipcMain.on('close-me', () => BrowserWindow.fromId(id).destroy());
      ipcMain.on('never', () => {});
    }, window.id);
    window.page(() => ipcRenderer.sendSync('close-me')).catch(() => {});
    await window.event('closed');
    const other = await lab.open(WITH_IPC);
    other.page(() => ipcRenderer.sendSync('never')).catch(() => {});
    await lab.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy(), other.id);
    await other.event('closed');
  });

  await lab.close();
});
