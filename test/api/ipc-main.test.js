// @ts-check
'use strict';

const { test, describe } = require('node:test');
const assert = require('node:assert/strict');
const { inMain, runApp } = require('../support/app');

/** A window whose page has `ipcRenderer`. */
const OPEN = `
  const win = new BrowserWindow({ show: false,
    webPreferences: { nodeIntegration: true, contextIsolation: false } });
  const wc = win.webContents;
  await win.loadFile('page.html');
  await wc.executeJavaScript('window.ipc = require("electron").ipcRenderer; 0');`;

/** A page that catches what invoke() rejects with. */
const invoke = (/** @type {string} */ args) =>
  `ipc.invoke(${args}).then((value) => ['value', value], (error) => ['error', error.message])`;

describe('send', () => {
  test('arrives with its arguments, in order, and can be answered', async (t) => {
    const [received, event, answer] = await inMain(
      t,
      `${OPEN}
       const received = [];
       let sender;
       ipcMain.on('count', (event, number) => received.push(number));
       ipcMain.on('ask', (event, question) => {
         sender = [event.sender === wc, event.processId === wc.getProcessId(), event.frameId === wc.mainFrame.routingId,
           event.senderFrame.url === wc.getURL(), event.type];
         event.reply('answer', question + '!', { deep: [1, null] });
       });
       const answer = await wc.executeJavaScript(
         'new Promise((resolve) => { ipc.on("answer", (event, ...args) => resolve(args));' +
         ' for (let i = 0; i < 100; i++) ipc.send("count", i); ipc.send("ask", "why"); })');
       report(received);
       report(sender);
       report(answer);`,
    );
    assert.deepEqual(
      received,
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.deepEqual(event, [true, true, true, true, 'frame']);
    assert.deepEqual(answer, ['why!', { deep: [1, null] }]);
  });

  test('has as many arguments as a listener can be called with', async (t) => {
    const [counts, errors] = await inMain(
      t,
      `${OPEN}
       const counts = [];
       const listen = (event, ...args) => { counts.push(args.length); event.returnValue = 0; return 0; };
       ipcMain.on('x', listen);
       ipcMain.handle('x', listen);
       const errors = await wc.executeJavaScript(
         'const many = Array(8192).fill(0); ipc.send("x", ...many); ipc.sendSync("x", ...many);' +
         'const fail = async (kind) => { try { await ipc[kind]("x", ...many, 1) } catch (error) { return error.name } };' +
         'ipc.invoke("x", ...many).then(() => Promise.all(["send", "sendSync", "invoke", "sendToHost"].map(fail)))');
       report(counts);
       report(errors);`,
    );
    assert.deepEqual(counts, [8192, 8192, 8192]);
    assert.deepEqual(errors, Array(4).fill('RangeError'));
  });

  test('is heard by the contents first, then by ipcMain', async (t) => {
    const [log] = await inMain(
      t,
      `${OPEN}
       const log = [];
       wc.on('ipc-message', (event, channel, value) => log.push(['contents', channel, value]));
       wc.ipc.on('x', (event, value) => log.push(['ipc', value]));
       ipcMain.once('x', (event, value) => log.push(['main', value]));
       const done = once(ipcMain, 'done');
       await wc.executeJavaScript('ipc.send("x", 1); ipc.send("x", 2); ipc.send("done")');
       await done;
       report(log.slice(0, 5));`,
    );
    assert.deepEqual(log, [
      ['contents', 'x', 1],
      ['ipc', 1],
      ['main', 1],
      ['contents', 'x', 2],
      ['ipc', 2],
    ]);
  });

  test('from main reaches the page; what cannot be cloned throws', async (t) => {
    const [got, errors] = await inMain(
      t,
      `${OPEN}
       const got = wc.executeJavaScript(
         'new Promise((resolve) => ipc.on("x", (event, ...args) => resolve(args)))');
       await wc.executeJavaScript('0');
       wc.send('x', 1, new Map([['a', 2n]]), new Date(0));
       const [one, map, date] = await got;
       report([one, String(map.get('a')), date.getTime()]);
       const errors = [];
       for (const use of [() => wc.send(), () => wc.send('x', () => {})]) {
         try { use(); } catch (error) { errors.push(error.message); }
       }
       report(errors);`,
    );
    assert.deepEqual(got, [1, '2', 0]);
    assert.deepEqual(errors, [
      'Missing required channel argument',
      'Failed to serialize arguments',
    ]);
  });
});

describe('invoke', () => {
  test('gets what the handler returns, or its promise', async (t) => {
    const results = await inMain(
      t,
      `${OPEN}
       ipcMain.handle('add', (event, a, b) => a + b);
       ipcMain.handle('later', async (event) => new Set([event.sender.id]));
       ipcMain.handle('nothing', () => {});
       report(await wc.executeJavaScript(${JSON.stringify(invoke("'add', 1, 2"))}));
       const [, set] = await wc.executeJavaScript(${JSON.stringify(invoke("'later'"))});
       report(set.has(wc.id));
       report(await wc.executeJavaScript('ipc.invoke("nothing").then((value) => value === undefined)'));`,
    );
    assert.deepEqual(results, [['value', 3], true, true]);
  });

  test('fails with Electron’s text', async (t) => {
    const { results, stderr } = await runApp(t, {
      'main.js': `const { app, BrowserWindow, ipcMain } = require('electron');
        app.whenReady().then(async () => {
          ${OPEN}
          ipcMain.handle('throws', () => { throw new TypeError('boom'); });
          ipcMain.handle('rejects', () => Promise.reject(new Error('later')));
          ipcMain.handle('function', () => () => {});
          for (const channel of ['throws', 'rejects', 'function', 'missing']) {
            const code = ${JSON.stringify(invoke("'CHANNEL'"))}.replace('CHANNEL', channel);
            report((await wc.executeJavaScript(code))[1]);
          }
          app.exit(0);
        });`,
    });
    assert.deepEqual(results, [
      "Error invoking remote method 'throws': TypeError: boom",
      "Error invoking remote method 'rejects': Error: later",
      "Error invoking remote method 'function': Error: An object could not be cloned.",
      "Error invoking remote method 'missing': Error: No handler registered for 'missing'",
    ]);
    assert.match(stderr, /Error occurred in handler for 'throws': TypeError: boom/);
  });

  test('has one handler a channel, which may be for once', async (t) => {
    const results = await inMain(
      t,
      `${OPEN}
       const invoke = () => wc.executeJavaScript(${JSON.stringify(invoke("'x'"))});
       ipcMain.handle('x', () => 'first');
       for (const use of [() => ipcMain.handle('x', () => {}), () => ipcMain.handle('y', 1)]) {
         try { use(); } catch (error) { report(error.message); }
       }
       wc.ipc.handle('x', () => 'of the contents');
       report(await invoke());
       wc.ipc.removeHandler('x');
       report(await invoke());
       ipcMain.removeHandler('x');
       ipcMain.handleOnce('x', () => 'once');
       report(await invoke());
       report(await invoke());`,
    );
    assert.deepEqual(results, [
      "Attempted to register a second handler for 'x'",
      "Expected handler to be a function, but found type 'number'",
      ['value', 'of the contents'],
      ['value', 'first'],
      ['value', 'once'],
      ['error', "Error invoking remote method 'x': Error: No handler registered for 'x'"],
    ]);
  });
});

test('a preload script speaks for an isolated page', async (t) => {
  const [value, seen] = await inMain(
    t,
    `const win = new BrowserWindow({ show: false,
       webPreferences: { preload: require('node:path').join(app.getAppPath(), 'preload.js') } });
     const hello = once(ipcMain, 'hello');
     await win.loadFile('page.html');
     const [, value] = await hello;
     report(value);
     report(await win.webContents.executeJavaScript('[typeof require, typeof process, typeof secret]'));`,
    {
      'preload.js': `const { ipcRenderer } = require('electron');
        globalThis.secret = 1;
        ipcRenderer.send('hello', [1, location.protocol]);`,
    },
  );
  assert.deepEqual(value, [1, 'file:']);
  assert.deepEqual(seen, ['undefined', 'undefined', 'undefined']);
});

test('who sends is not who the app has just asked for', async (t) => {
  const [place] = await inMain(
    t,
    `const fs = require('node:fs');
     const preload = app.getAppPath() + '/early.js';
     fs.writeFileSync(preload, 'require("electron").ipcRenderer.send("hello", location.pathname)');
     const server = require('node:http').createServer((request, response) => {
       response.setHeader('content-type', 'text/html');
       response.end('<!doctype html><title>Far</title>');
     });
     server.listen(0, '127.0.0.5');
     await once(server, 'listening');
     const far = 'http://127.0.0.5:' + server.address().port;
     const win = new BrowserWindow({ show: false, webPreferences: { preload } });
     await win.loadURL(far + '/one');
     const told = new Promise((resolve) => {
       ipcMain.on('hello', ({ senderFrame }, path) => {
         if (path === '/two') resolve([senderFrame?.origin ?? 'null', senderFrame?.url ?? '']);
       });
     });
     win.webContents.once('will-navigate', () => setImmediate(() => {
       const end = Date.now() + 500; // the page that may be shown is there by now, and we do not know it
       while (Date.now() < end);
       win.loadFile('page.html').catch(() => {});
     }));
     win.webContents.executeJavaScript('location = "/two", 0').catch(() => {});
     report(await told);
     server.close();`,
  );
  assert.doesNotMatch(place.join(' '), /file:/);
});

test('a preload script that is not there is named, and the page loads', async (t) => {
  const { results, stderr } = await runApp(t, {
    'main.js': `const { app, BrowserWindow } = require('electron');
      app.whenReady().then(async () => {
        const win = new BrowserWindow({ show: false, webPreferences: { preload: '/missing/x.js' } });
        win.webContents.on('preload-error', (event, file, error) => report([file, error.code]));
        await win.loadFile('page.html');
        await win.loadFile('page.html');
        app.exit(0);
      });`,
    'page.html': '<iframe src="frame.html"></iframe><iframe src="frame.html?again"></iframe>',
    'frame.html': '',
  });
  const missing = ['/missing/x.js', 'ENOENT'];
  assert.deepEqual(results, [missing, missing], 'once for each page, whatever its frames are');
  assert.match(stderr, /Unable to load preload script: \/missing\/x\.js/);
});
