'use strict';

/*
 * ipcRenderer with ipcMain, contents.ipc and webFrameMain.ipc, as Electron's documentation uses them. The
 * page's `ipc` is its preload script's ipcRenderer; functions passed to `page` run in the page, those
 * passed to `main` in the main process: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const http = require('node:http');
const path = require('node:path');
const { startLab } = require('../support/lab');

const FILES = {
  'preload.js': `
    const { ipcRenderer } = require('electron');
    window.ipc = ipcRenderer;
    window.isEmitter = ipcRenderer instanceof require('events');
    window.next = (channel) =>
      new Promise((resolve) => ipcRenderer.once(channel, (event, ...args) => resolve(args)));
    ipcRenderer.on('ping', (event, value) => ipcRenderer.send('pong', value, location.href));
    ipcRenderer.send('preload-ran', location.href);
  `,
  'framed.html': '<!doctype html><title>Framed</title><iframe name="sub" src="sub.html"></iframe>',
  'sub.html': '<!doctype html><title>Sub</title>',
};

/** Electron prints what a handler throws, and who answers no sendSync. */
const EXPECTED = /^Error occurred in handler for .*\n|^\s+at .*\n|^WebContents #\d+ called .*\n/gm;

test('ipcRenderer', async (suite) => {
  const lab = await startLab(suite, FILES);
  const preload = path.join(lab.app.home, 'app', 'preload.js');
  const open = (file = 'page.html', more = {}) =>
    lab.open({ preload, contextIsolation: false, ...more }, file);
  const window = await open();

  await suite.test('sendSync gives what a listener sets as returnValue', async () => {
    await window.main(({ ipcMain }) => {
      ipcMain.on('now', (event, a, b) => {
        event.returnValue = { sum: a + b, map: new Map([[1, new Date(5)]]) };
      });
      ipcMain.on('later', (event) => {
        setTimeout(() => (event.returnValue = 'later'), 20);
      });
      ipcMain.on('twice', (event) => {
        event.returnValue = 1;
        event.returnValue = 2;
      });
      ipcMain.on('bytes', (event, bytes) => (event.returnValue = bytes.subarray(1)));
    });
    const values = await window.page(() => {
      const { sum, map } = ipc.sendSync('now', 1, 2);
      const big = new Uint8Array(8 << 20).fill(7);
      const back = ipc.sendSync('bytes', big);
      return [
        [sum, map instanceof Map, map.get(1) instanceof Date],
        ipc.sendSync('later'),
        [ipc.sendSync('twice'), ipc.sendSync('twice')],
        [back instanceof Uint8Array, back.length, back.at(-1)],
      ];
    });
    assert.deepEqual(values, [[3, true, true], 'later', [1, 1], [true, (8 << 20) - 1, 7]]);
  });

  await suite.test('sendSync without a listener, or an answer, does not hang', async () => {
    const first = await window.page(() => ipc.sendSync('nobody'));
    assert.deepEqual(first, { error: 'reply was never sent' });
    const heard = await window.main(async ({ contents }, id) => {
      const wc = contents(id);
      wc.once('ipc-message-sync', (event, channel, ...args) => {
        event.returnValue = [channel, ...args, event.sender === wc, event.type];
      });
      return wc.executeJavaScript('ipc.sendSync("somebody", 1)');
    });
    assert.deepEqual(heard, ['somebody', 1, true, 'frame']);
  });

  await suite.test('what nobody can answer any more fails', async () => {
    const collect = ({ contents, ipcMain, require }, id, code) => {
      require('node:v8').setFlagsFromString('--expose-gc');
      const gc = require('node:vm').runInNewContext('gc');
      ipcMain.removeAllListeners('forgets').on('forgets', () => {});
      ipcMain.removeHandler('forgets');
      ipcMain.handle('forgets', () => new Promise(() => {}));
      const answer = contents(id).executeJavaScript(code);
      const timer = setInterval(gc, 10);
      return answer.finally(() => clearInterval(timer));
    };
    const sync = await window.main(collect, 'ipc.sendSync("forgets")');
    assert.deepEqual(sync, { error: 'reply was never sent' });
    const rejected = await window.main(collect, 'ipc.invoke("forgets").catch(String)');
    assert.equal(rejected, "Error: Error invoking remote method 'forgets': reply was never sent");
  });

  await suite.test('all kinds of messages keep their order, and so do answers', async () => {
    await window.main(({ ipcMain }) => {
      globalThis.log = [];
      const note = (event, value) => globalThis.log.push(value);
      ipcMain.on('note', note);
      ipcMain.on('note-sync', (event, value) => {
        note(event, value);
        event.sender.send('told', value);
        event.returnValue = value;
      });
      ipcMain.handle('note-invoke', note);
    });
    const told = await window.page(async () => {
      const found = [];
      ipc.on('told', (event, value) => found.push(value));
      const last = ipc.invoke('note-invoke', 'i');
      for (let i = 0; i < 50; i++) {
        ipc.send('note', `a${i}`);
        ipc.postMessage('note', `b${i}`);
        ipc.invoke('note-invoke', `c${i}`);
        found.push(-ipc.sendSync('note-sync', i + 1));
        ipc.send('note', new Uint8Array(100_000).fill(i));
      }
      await last;
      const before = found.length; // what was told during sendSync comes when script has ended
      await ipc.invoke('note-invoke', 'end');
      return [before, found];
    });
    const log = await window.main(() => globalThis.log);
    const expected = ['i'];
    for (let i = 0; i < 50; i++) {
      expected.push(`a${i}`, `b${i}`, `c${i}`, i + 1, new Uint8Array(100_000).fill(i));
    }
    assert.deepEqual(log, [...expected, 'end']);
    const numbers = Array.from({ length: 50 }, (_, i) => i + 1);
    assert.deepEqual(
      told[1].slice(0, 50),
      numbers.map((number) => -number),
    );
    assert.deepEqual(told[1].slice(50), numbers);
  });

  await suite.test('invoke fails with Electron’s texts', async () => {
    await window.main(({ ipcMain }) => {
      const fail = (name, handler) => ipcMain.handle(`fail-${name}`, handler);
      fail('error', () => {
        throw new RangeError('boom');
      });
      fail('text', () => {
        throw 'words';
      });
      fail('later', async () => {
        throw new Error('late');
      });
      fail('nothing', () => Promise.reject());
      fail('clone', () => () => {});
    });
    const errors = await window.page(async () => {
      const found = [];
      for (const name of ['error', 'text', 'later', 'nothing', 'clone', 'absent']) {
        await ipc.invoke(`fail-${name}`).catch((error) => found.push(`${error}`));
      }
      return found;
    });
    const text = (name, error) => `Error: Error invoking remote method 'fail-${name}': ${error}`;
    assert.deepEqual(errors, [
      text('error', 'RangeError: boom'),
      text('text', 'words'),
      text('later', 'Error: late'),
      text('nothing', 'undefined'),
      text('clone', 'Error: An object could not be cloned.'),
      text('absent', "Error: No handler registered for 'fail-absent'"),
    ]);
  });

  await suite.test('what cannot be sent is an error at the sender', async () => {
    const errors = await window.page(async () => {
      const found = [];
      const uses = [
        () => ipc.send('x', () => {}),
        () => ipc.sendSync('x', Symbol('x')),
        () => ipc.invoke('x', window),
        () => ipc.sendToHost('x', () => {}),
        () => ipc.send(),
        () => ipc.invoke(1),
        () =>
          ipc.send('x', {
            get a() {
              throw new RangeError('of a getter');
            },
          }),
        () => ipc.on('x', 1),
      ];
      for (const use of uses) {
        try {
          await use();
          found.push('nothing');
        } catch (error) {
          found.push(`${error}`);
        }
      }
      return found;
    });
    assert.deepEqual(errors.slice(0, 7), [
      ...Array(4).fill('Error: An object could not be cloned.'),
      ...Array(2).fill('TypeError: Missing required channel argument'),
      'RangeError: of a getter',
    ]);
    assert.match(errors[7], /^TypeError.*"listener" argument must be of type function/);
  });

  await suite.test('sendToHost reaches the contents alone', async () => {
    const heard = await window.main(async ({ contents, ipcMain, require }, id) => {
      const { once } = require('node:events');
      let wrong = 0;
      ipcMain.on('to-host', () => wrong++);
      const told = once(contents(id), 'ipc-message-host');
      contents(id).executeJavaScript('ipc.sendToHost("to-host", 1, "two")');
      const [event, channel, args] = await told;
      return [event.sender === contents(id), channel, args, wrong];
    });
    assert.deepEqual(heard, [true, 'to-host', [1, 'two'], 0]);
  });

  await suite.test('it is an EventEmitter', async () => {
    await window.main(({ contents, ipcMain }, id) => {
      const wc = contents(id);
      ipcMain.handle('echo-tock', (event, value) => event.sender.send('tock', value));
      wc.send('error', 1); // must not throw where nobody listens
    });
    const found = await window.page(async () => {
      const log = [];
      const { promise, resolve } = Promise.withResolvers();
      const on = (event, value) => log.push(['on', value]);
      const first = (event, value) => log.push(['first', value]);
      ipc.on('tock', on).prependListener('tock', first);
      ipc.once('tock', function (event, value) {
        log.push(['once', value, this === ipc, event.sender === ipc, Object.keys(event)]);
      });
      ipc.addListener('tock', (event, value) => value === 'last' && resolve());
      const counts = [
        ipc.listenerCount('tock'),
        ipc.eventNames().includes('tock'),
        window.isEmitter,
      ];
      ipc.invoke('echo-tock', 'one');
      ipc.invoke('echo-tock', 'two');
      ipc.invoke('echo-tock', 'last');
      await promise;
      ipc.off('tock', on);
      const after = ipc.listenerCount('tock');
      ipc.removeAllListeners('tock');
      return { log, counts, after, none: ipc.listenerCount('tock') };
    });
    assert.deepEqual(found, {
      log: [
        ['first', 'one'],
        ['on', 'one'],
        ['once', 'one', true, true, ['sender', 'ports']],
        ['first', 'two'],
        ['on', 'two'],
        ['first', 'last'],
        ['on', 'last'],
      ],
      counts: [4, true, true],
      after: 2,
      none: 0,
    });
  });

  await suite.test(
    'a frame, its contents and ipcMain hear, and answer, in this order',
    async () => {
      const found = await window.main(async ({ contents, ipcMain }, id) => {
        const wc = contents(id);
        const log = [];
        const hear = (name) => (event, value) => log.push([name, value]);
        wc.mainFrame.ipc.on('heard', hear('frame'));
        wc.ipc.on('heard', hear('contents'));
        ipcMain.once('heard', hear('main'));
        const answers = [];
        const ask = async () => answers.push(await wc.executeJavaScript('ipc.invoke("who")'));
        ipcMain.handle('who', () => 'main');
        await ask();
        wc.ipc.handle('who', () => 'contents');
        await ask();
        wc.mainFrame.ipc.handleOnce('who', () => 'frame');
        await ask();
        await ask();
        await wc.executeJavaScript('ipc.send("heard", 1); ipc.send("heard", 2); ipc.invoke("who")');
        return [log, answers];
      });
      assert.deepEqual(found, [
        [
          ['frame', 1],
          ['contents', 1],
          ['main', 1],
          ['frame', 2],
          ['contents', 2],
        ],
        ['main', 'contents', 'frame', 'contents'],
      ]);
    },
  );

  await suite.test('messages to a page that still loads wait for it', async () => {
    const other = await open(null);
    const got = await other.main(async ({ contents, ipcMain, require }, id) => {
      const { once } = require('node:events');
      const pong = once(ipcMain, 'pong');
      const load = contents(id).loadFile('page.html');
      await once(contents(id), 'did-navigate');
      contents(id).send('ping', 'early');
      const [, value] = await pong;
      await load;
      return value;
    });
    assert.equal(got, 'early');
  });

  await suite.test('subframes with a preload script speak for themselves', async () => {
    const framed = await open('framed.html', { nodeIntegrationInSubFrames: true });
    const found = await framed.main(async ({ contents, ipcMain, require }, id) => {
      const { once } = require('node:events');
      const wc = contents(id);
      const [sub] = wc.mainFrame.frames;
      const name = (url) => url.split('/').pop();
      const hear = async (send) => {
        const pong = once(ipcMain, 'pong');
        const sent = send();
        const [event, value, url] = await pong;
        return [sent, value, name(url), event.senderFrame === sub, event.frameId === sub.routingId];
      };
      const replied = new Promise((resolve) => {
        ipcMain.once('ask', (event) => {
          event.reply('answer', name(event.senderFrame.url), event.senderFrame.origin);
        });
        sub.executeJavaScript('const got = next("answer"); ipc.send("ask"); got').then(resolve);
      });
      sub.ipc.handle('whose', () => 'the frame');
      ipcMain.handle('whose', () => 'anyone');
      return {
        frame: await hear(() => sub.send('ping', 1)),
        toFrame: await hear(() => wc.sendToFrame(sub.routingId, 'ping', 2)),
        pair: await hear(() => wc.sendToFrame([sub.processId, sub.routingId], 'ping', 3)),
        main: await hear(() => wc.send('ping', 4)),
        none: wc.sendToFrame(123456789, 'ping'),
        replied: await replied,
        whose: [
          await sub.executeJavaScript('ipc.invoke("whose")'),
          await wc.executeJavaScript('ipc.invoke("whose")'),
        ],
        sync: await (() => {
          ipcMain.once('sync', (event) => (event.returnValue = event.senderFrame === sub));
          return sub.executeJavaScript('ipc.sendSync("sync")');
        })(),
      };
    });
    assert.deepEqual(found, {
      frame: [undefined, 1, 'sub.html', true, true],
      toFrame: [true, 2, 'sub.html', true, true],
      pair: [true, 3, 'sub.html', true, true],
      main: [undefined, 4, 'framed.html', false, false],
      none: false,
      replied: ['sub.html', 'file://'],
      whose: ['the frame', 'anyone'],
      sync: true,
    });
  });

  await suite.test('senderFrame tells whose a message is, and not who came after', async (t) => {
    const server = http.createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>Served</title>');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address();
    const urls = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`);
    const navigating = await open(null);
    const found = await navigating.main(
      async ({ contents, ipcMain, require }, id, [one, other]) => {
        const { once } = require('node:events');
        const wc = contents(id);
        const load = async (url) => {
          const ran = once(ipcMain, 'preload-ran');
          await wc.loadURL(url);
          const [event] = await ran;
          return event;
        };
        const first = await load(`${one}/a`);
        const before = [first.senderFrame.url, first.senderFrame.origin];
        const ids = [first.processId === wc.getProcessId(), first.frameId > 0];
        const again = await load(`${one}/b`);
        const same = [first.senderFrame, again.senderFrame === wc.mainFrame];
        const next = await load(`${other}/c`);
        const after = [again.senderFrame, next.senderFrame.origin];
        return { before, ids, same, after };
      },
      urls,
    );
    assert.deepEqual(found, {
      before: [`${urls[0]}/a`, urls[0]],
      ids: [true, true],
      same: [null, true],
      after: [null, urls[1]],
    });
  });

  await suite.test('what a page says last is heard, as nobody’s that is there', async () => {
    const leaving = await open();
    const found = await leaving.main(async ({ contents, ipcMain, require }, id) => {
      const { once } = require('node:events');
      const wc = contents(id);
      await wc.executeJavaScript(`addEventListener('pagehide', () => {
        for (let i = 0; i < 100; i++) ipc.send('bye', i, new Uint8Array(10_000));
        ipc.send('gone', location.href);
      });`);
      let count = 0;
      ipcMain.on('bye', () => count++);
      const told = once(ipcMain, 'gone');
      await wc.loadFile('sub.html');
      const [event, url] = await told;
      event.reply('ping', 'to nobody');
      return [count, url.split('/').pop(), event.senderFrame, event.sender === wc];
    });
    assert.deepEqual(found, [100, 'page.html', null, true]);
  });

  await suite.test('a page that comes back after a crash has its line again', async () => {
    const crashing = await open();
    const found = await crashing.main(async ({ contents, ipcMain, require }, id) => {
      const { once } = require('node:events');
      const wc = contents(id);
      const { mainFrame } = wc;
      const gone = once(wc, 'render-process-gone');
      wc.forcefullyCrashRenderer();
      await gone;
      const ran = once(ipcMain, 'preload-ran');
      wc.reload();
      const [event] = await ran;
      const pong = once(ipcMain, 'pong');
      event.reply('ping', 'back');
      const [, value] = await pong;
      return [value, event.senderFrame === mainFrame, wc.mainFrame === mainFrame];
    });
    assert.deepEqual(found, ['back', true, true]);
  });

  await suite.test('a handler that never answers outlives its frame without harm', async () => {
    const other = await open();
    const alive = await other.main(async ({ contents, ipcMain, require, BrowserWindow }, id) => {
      const { once } = require('node:events');
      const { promise, resolve } = Promise.withResolvers();
      ipcMain.handle('never', () => promise);
      ipcMain.once('stuck', () => {}); // its sendSync never ends
      const asked = once(ipcMain, 'asked');
      contents(id)
        .executeJavaScript('ipc.invoke("never"); ipc.send("asked"); ipc.sendSync("stuck")')
        .catch(() => {});
      await asked;
      BrowserWindow.fromId(id).destroy();
      resolve('too late');
      await new Promise((done) => setImmediate(done));
      return true;
    });
    assert.equal(alive, true);
    assert.deepEqual(await window.page(() => ipc.sendSync('twice')), 1);
  });

  await lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
  assert.equal(lab.stderr.replace(EXPECTED, ''), '');
});
