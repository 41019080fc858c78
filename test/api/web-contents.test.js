// @ts-check
'use strict';

const { test, describe } = require('node:test');
const assert = require('node:assert/strict');
const { readdirSync, readlinkSync } = require('node:fs');
const { inMain, runApp, startApp } = require('../support/app');
const { isAlive, until } = require('../support/processes');

/** How often a window is opened and closed: what leaks, adds up. */
const ROUNDS = 3;

/**
 * Ends of sockets and pipes, shared memory and handles of processes. WebKit opens files of /proc
 * once, at a time of its own, and each of its threads has an eventfd.
 * @param {number} pid
 */
function countDescriptors(pid) {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed since
    }
  });
  return links.filter((link) => /^(socket:|pipe:|\/memfd:|anon_inode:\[pidfd)/.test(link)).length;
}

/** A server on loopback for pages that are not files. */
const SERVE = `
  const serve = async (answer) => {
    const server = require('node:http').createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return 'http://127.0.0.1:' + server.address().port;
  };`;

describe('loading', () => {
  test('tells of each step in Electron’s order', async (t) => {
    const [log] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       const log = [];
       for (const name of ['did-start-loading', 'did-start-navigation', 'did-navigate',
         'page-title-updated', 'dom-ready', 'did-frame-finish-load', 'did-finish-load',
         'did-stop-loading', 'did-fail-load']) {
         win.webContents.on(name, (event) => log.push(
           [name, event.sender === win.webContents, win.webContents.isLoading()]));
       }
       await win.loadFile('page.html');
       report(log.map(([name, sender, loading]) => name + (sender ? '' : ' no sender') +
         (loading ? '' : ' idle')));`,
    );
    assert.deepEqual(log, [
      'did-start-loading',
      'did-start-navigation',
      'did-navigate',
      'page-title-updated',
      'dom-ready',
      'did-frame-finish-load',
      'did-finish-load',
      'did-stop-loading idle',
    ]);
  });

  test('a file with a query and a hash', async (t) => {
    const [url, place, search] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       await win.loadFile('sub/a b#%.html', { query: { q: 'a&b' }, hash: 'there' });
       report(win.webContents.getURL());
       report(await win.webContents.executeJavaScript('[location.search, location.hash]'));
       await win.loadFile('page.html', { search: 's=1' });
       report(await win.webContents.executeJavaScript('location.search'));`,
      { 'sub/a b#%.html': 'found' },
    );
    assert.match(url, /\/sub\/a%20b%23%25\.html\?q=a%26b#there$/);
    assert.deepEqual(place, ['?q=a%26b', '#there']);
    assert.equal(search, '?s=1');
  });

  test('failures reject with Electron’s error, and tell did-fail-load', async (t) => {
    const results = await inMain(
      t,
      `${SERVE}
       const closed = await serve(() => {});
       const win = new BrowserWindow({ show: false });
       const wc = win.webContents;
       wc.on('did-fail-load', (event, ...args) => report(['fail', ...args]));
       const server = require('node:net').createServer().listen(0, '127.0.0.1');
       await once(server, 'listening');
       const { port } = server.address();
       server.close();
       for (const load of [() => win.loadFile('missing.html'), () => win.loadURL('no url'),
         () => win.loadURL('unknown://x/'), () => win.loadURL('http://127.0.0.1:' + port + '/')]) {
         const { message, code, errno, url } = await load().then(() => ({}), (error) => error);
         report([message.replace(/'.*'/, 'URL'), code, errno, typeof url, wc.isLoading()]);
       }
       try { win.loadURL(); } catch (error) { report(error.message); }`,
    );
    const failures = results.filter(([kind]) => kind === 'fail').map(([, ...args]) => args);
    assert.deepEqual(
      failures.map(([errno, code, , isMainFrame]) => [errno, code, isMainFrame]),
      [
        [-6, 'ERR_FILE_NOT_FOUND', true],
        [-300, 'ERR_INVALID_URL', true],
        [-302, 'ERR_UNKNOWN_URL_SCHEME', true],
        [-102, 'ERR_CONNECTION_REFUSED', true],
      ],
    );
    assert.match(failures[0][2], /^file:.*missing\.html$/);
    const errors = results.filter(([kind]) => kind !== 'fail');
    assert.deepEqual(errors, [
      ['ERR_FILE_NOT_FOUND (-6) loading URL', 'ERR_FILE_NOT_FOUND', -6, 'string', false],
      ['ERR_INVALID_URL (-300) loading URL', 'ERR_INVALID_URL', -300, 'string', false],
      ['ERR_UNKNOWN_URL_SCHEME (-302) loading URL', 'ERR_UNKNOWN_URL_SCHEME', -302, 'string', false],
      ['ERR_CONNECTION_REFUSED (-102) loading URL', 'ERR_CONNECTION_REFUSED', -102, 'string', false],
      'Must pass url as a string',
    ]);
  });

  test('a load that is replaced rejects with ERR_ABORTED', async (t) => {
    const [result] = await inMain(
      t,
      `${SERVE}
       const base = await serve((request, response) => response.end('<title>x</title>'));
       const win = new BrowserWindow({ show: false });
       const first = win.loadURL(base + '/first').catch((error) => error.code);
       const second = win.loadURL(base + '/second');
       report([await first, await second, win.webContents.getURL() === base + '/second']);`,
    );
    assert.deepEqual(result, ['ERR_ABORTED', null, true]);
  });

  test('did-navigate has the HTTP status', async (t) => {
    const [seen] = await inMain(
      t,
      `${SERVE}
       const base = await serve((request, response) => {
         response.writeHead(request.url === '/missing' ? 404 : 200);
         response.end('text');
       });
       const win = new BrowserWindow({ show: false });
       const seen = [];
       win.webContents.on('did-navigate', (event, url, ...status) => seen.push(status));
       await win.loadURL(base);
       await win.loadURL(base + '/missing');
       await win.loadFile('page.html');
       report(seen);`,
    );
    assert.deepEqual(seen, [[200, 'OK'], [404, 'Not Found'], [-1, '']]);
  });

  test('a move within the page is no load', async (t) => {
    const [log] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       await win.loadFile('page.html');
       const log = [];
       win.webContents.on('did-navigate', () => log.push('load'));
       win.webContents.on('did-navigate-in-page', (event, url, isMainFrame) =>
         log.push(new URL(url).hash, isMainFrame));
       await win.loadFile('page.html', { hash: 'one' });
       const moved = once(win.webContents, 'did-navigate-in-page');
       win.webContents.executeJavaScript('location.hash = "two"');
       await moved;
       report(log);`,
    );
    assert.deepEqual(log, ['#one', true, '#two', true]);
  });

  test('history goes back and forward, and reload() loads again', async (t) => {
    const [result] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       const wc = win.webContents;
       await win.loadFile('page.html');
       await win.loadFile('other.html');
       const names = [];
       const act = async (how) => {
         const finished = once(wc, 'did-finish-load');
         how();
         await finished;
         names.push(wc.getTitle(), wc.canGoBack(), wc.canGoForward());
       };
       await act(() => wc.goBack());
       await act(() => wc.navigationHistory.goForward());
       await wc.executeJavaScript('window.mark = 1');
       await act(() => wc.reload());
       names.push(await wc.executeJavaScript('typeof mark'));
       report(names);`,
      { 'other.html': '<title>Other</title>' },
    );
    const expected = ['Page', false, true, 'Other', true, false, 'Other', true, false, 'undefined'];
    assert.deepEqual(result, expected);
  });
});

describe('executeJavaScript', () => {
  test('waits for the load, awaits promises and clones what comes', async (t) => {
    const [results] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       const wc = win.webContents;
       const early = wc.executeJavaScript('document.title');
       win.loadFile('page.html');
       const loading = wc.executeJavaScript('document.title');
       const results = [await early, await loading];
       results.push(await wc.executeJavaScript('Promise.resolve(7)'));
       const rich = await wc.executeJavaScript(
         '({ map: new Map([[1, new Set([2])]]), date: new Date(0), big: 10n, bytes: new Uint8Array(3) })');
       results.push(rich.map.get(1).has(2), rich.date.getTime(), String(rich.big), rich.bytes.length);
       report(results);`,
    );
    assert.deepEqual(results, ['Page', 'Page', 7, true, 0, '10', 3]);
  });

  test('has an empty page where the first load failed', async (t) => {
    const [result] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       const failure = await win.loadFile('missing.html').catch((error) => error.code);
       const text = await win.webContents.executeJavaScript('document.body.innerText + (1 + 1)');
       await win.loadFile('page.html');
       report([failure, text, await win.webContents.executeJavaScript('document.title')]);`,
    );
    assert.deepEqual(result, ['ERR_FILE_NOT_FOUND', '2', 'Page']);
  });

  test('rejects with what the page threw', async (t) => {
    const [errors] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       await win.loadFile('page.html');
       const errors = [];
       for (const code of ['missing()', 'throw new RangeError("r")', 'Promise.reject(new Error("p"))',
         'syntax error', '(() => {})']) {
         await win.webContents.executeJavaScript(code).then(
           () => errors.push('none'), (error) => errors.push(error.name));
       }
       report(errors);`,
    );
    assert.deepEqual(errors, ['ReferenceError', 'RangeError', 'Error', 'SyntaxError', 'Error']);
  });

  test('ends when the window does', async (t) => {
    const [result] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       await win.loadFile('page.html');
       const pending = win.webContents.executeJavaScript('new Promise(() => {})');
       win.destroy();
       report(await pending.catch((error) => error.message));`,
    );
    assert.equal(result, 'executeJavaScript: the window was closed');
  });
});

test('messages of the console come with level, line and source', async (t) => {
  const files = {
    'log.html': `<script>
console.log('one', 2);
console.warn('careful');
console.error('wrong');
console.debug('detail');
</script>`,
    'main.js': `const { app, BrowserWindow } = require('electron');
      app.whenReady().then(async () => {
        const win = new BrowserWindow({ show: false });
        const seen = [];
        win.webContents.on('console-message', (event, level, message, line, source) => {
          seen.push([event.level, event.message, event.lineNumber, level, message, line]);
          if (seen.length < 4) return;
          report([seen, source === win.webContents.getURL() && event.sourceId === source]);
          app.exit(0);
        });
        await win.loadFile('log.html');
      });`,
  };
  const { results, stderr } = await runApp(t, files, { options: ['--enable-logging'] });
  assert.deepEqual(results[0], [
    [
      ['info', 'one 2', 2, 1, 'one 2', 2],
      ['warning', 'careful', 3, 2, 'careful', 3],
      ['error', 'wrong', 4, 3, 'wrong', 4],
      ['debug', 'detail', 5, 0, 'detail', 5],
    ],
    true,
  ]);
  const line = /^\[\d+:\d{4}\/\d{6}\.\d{6}:WARNING:CONSOLE\(3\)\] "careful", source: file:.*log\.html \(3\)$/m;
  assert.match(stderr, line);
});

describe('capturePage', () => {
  test('is a PNG of the page, or of a part of it', async (t) => {
    const [whole, part, url] = await inMain(
      t,
      `const win = new BrowserWindow({ width: 300, height: 200 });
       await Promise.all([win.loadFile('red.html'), once(win, 'ready-to-show')]);
       const image = await win.webContents.capturePage();
       const png = image.toPNG();
       report([image.getSize(), image.isEmpty(), png.subarray(1, 4).toString()]);
       const part = await win.capturePage({ x: 10, y: 20, width: 30, height: 40 });
       report(part.getSize());
       report(await win.webContents.executeJavaScript(
         'new Promise((resolve) => { const image = new Image(); image.onload = () => {' +
         ' const context = Object.assign(document.createElement("canvas"), { width: 30, height: 40 })' +
         '.getContext("2d"); context.drawImage(image, 0, 0);' +
         ' resolve([...context.getImageData(5, 5, 1, 1).data]); };' +
         ' image.src = "' + part.toDataURL() + '"; })'));`,
      { 'red.html': '<body style="background: #f00">' },
    );
    assert.deepEqual(whole, [{ width: 300, height: 200 }, false, 'PNG']);
    assert.deepEqual(part, { width: 30, height: 40 });
    assert.deepEqual(url, [255, 0, 0, 255]);
  });

  test('of a window that was never shown says so', async (t) => {
    const [message] = await inMain(
      t,
      `const win = new BrowserWindow({ show: false });
       await win.loadFile('page.html');
       report(await win.capturePage().then(() => 'none', (error) => error.message));`,
    );
    assert.match(message, /the window must have been shown/);
  });
});

test('the inspector opens and closes', async (t) => {
  const [states] = await inMain(
    t,
    `const win = new BrowserWindow();
     await win.loadFile('page.html');
     const wc = win.webContents;
     const states = [wc.isDevToolsOpened()];
     const opened = once(wc, 'devtools-opened');
     wc.openDevTools({ mode: 'detach' });
     await opened;
     states.push(wc.isDevToolsOpened());
     const closed = once(wc, 'devtools-closed');
     wc.toggleDevTools();
     await closed;
     states.push(wc.isDevToolsOpened());
     report(states);`,
  );
  assert.deepEqual(states, [false, true, false]);
});

describe('a page whose process is killed', () => {
  const KILL = `
    const win = new BrowserWindow({ show: false, webPreferences: { nodeIntegrationInWorker: true } });
    const wc = win.webContents;
    await win.loadFile('page.html');
    const worker = 'new Promise((resolve, reject) => { const worker = new Worker("worker.js");' +
      ' worker.onmessage = ({ data }) => resolve(data); worker.onerror = (e) => reject(new Error(e.message)); })';
    const host = await wc.executeJavaScript(worker);
    const page = wc.getOSProcessId();
    const gone = once(wc, 'render-process-gone');
    process.kill(page, 'SIGKILL');
    const [, details] = await gone;`;
  const FILES = { 'worker.js': 'postMessage(process.pid)' };

  test('tells render-process-gone, and reload() brings it back', async (t) => {
    const [details, states] = await inMain(
      t,
      `let ofApp;
       app.once('render-process-gone', (event, contents, { reason }) => { ofApp = [contents.id, reason]; });
       ${KILL}
       report([details, ofApp, wc.id]);
       const states = [wc.isCrashed(), await wc.executeJavaScript('1').catch((error) => error.message)];
       wc.reload();
       states.push(await wc.executeJavaScript('document.title'), wc.isCrashed());
       states.push(wc.getOSProcessId() !== page, typeof await wc.executeJavaScript(worker));
       report(states);`,
      FILES,
    );
    const [gone, ofApp, id] = details;
    assert.deepEqual(gone, { reason: 'crashed', exitCode: 0 });
    assert.deepEqual(ofApp, [id, 'crashed']);
    assert.deepEqual(states, [
      true,
      "executeJavaScript: the page's process has gone",
      'Page',
      false,
      true,
      'number',
    ]);
  });

  test('loses its worker host, and nothing of either is left', async (t) => {
    const app = startApp(t, {
      ...FILES,
      'main.js': `const { app, BrowserWindow } = require('electron');
        const { once } = require('node:events');
        app.whenReady().then(async () => {
          ${KILL}
          report([page, host]);
        });`,
    });
    const [page, host] = await app.next();
    await until('both processes have ended', () => !isAlive(page) && !isAlive(host));
    app.child.kill('SIGTERM');
    assert.equal((await app.outcome).code, 143);
  });
});

test('a worker host that is killed is replaced when the page wants a worker', async (t) => {
  const results = await inMain(
    t,
    `const win = new BrowserWindow({ show: false, webPreferences: { nodeIntegrationInWorker: true } });
     const wc = win.webContents;
     await win.loadFile('page.html');
     for (let round = 0; round < 5; round++) {
       const host = await wc.executeJavaScript(
         'new Promise((resolve, reject) => { window.worker = new Worker("worker.js");' +
         ' worker.onmessage = ({ data }) => resolve(data);' +
         ' worker.onerror = ({ message }) => reject(new Error(message)); })');
       await wc.executeJavaScript(
         'window.failed = new Promise((resolve) => { worker.onerror = ({ message }) => resolve(message); }); 0');
       process.kill(host, 'SIGKILL');
       report([host, await wc.executeJavaScript('failed')]);
     }`,
    { 'worker.js': 'postMessage(process.pid)' },
  );
  assert.equal(new Set(results.map(([host]) => host)).size, 5);
  for (const [, message] of results) assert.match(message, /process of this window's workers was killed/);
});

test('a window that is closed with 16 busy workers leaves nothing behind', async (t) => {
  const app = startApp(t, {
    'busy.js': 'postMessage(process.pid); while (true);',
    'main.js': `const { app, BrowserWindow } = require('electron');
      const { once } = require('node:events');
      app.on('window-all-closed', () => {});
      app.whenReady().then(async () => {
        for (let round = 0; round < ${ROUNDS}; round++) {
          const win = new BrowserWindow({ webPreferences: { nodeIntegrationInWorker: true } });
          await win.loadFile('page.html');
          const [host] = await win.webContents.executeJavaScript(
            'Promise.all(Array.from({ length: 16 }, () => new Promise((resolve) => {' +
            ' new Worker("busy.js").onmessage = ({ data }) => resolve(data); })))');
          const page = win.webContents.getOSProcessId();
          win.close();
          await once(win, 'closed');
          report([page, host]);
          await once(process, 'SIGUSR2');
        }
        app.quit();
      });`,
  });
  /** @type {number | undefined} */
  let atFirst;
  for (let round = 0; round < ROUNDS; round++) {
    const [page, host] = await app.next();
    await until('the page and its host have ended', () => !isAlive(page) && !isAlive(host));
    const limit = (atFirst ??= countDescriptors(app.mainPid));
    await until('no descriptor is left', () => countDescriptors(app.mainPid) <= limit);
    process.kill(app.mainPid, 'SIGUSR2');
  }
  const { code, stderr } = await app.outcome;
  assert.equal(code, 0);
  assert.equal(stderr, '');
});

test('a load has finished when the module scripts of the page have run', async (t) => {
  const [states] = await inMain(
    t,
    `const win = new BrowserWindow();
     const states = [];
     for (let round = 0; round < 3; round++) {
       await win.loadFile('page.html');
       states.push(await win.webContents.executeJavaScript('[document.readyState, window.ran]'));
     }
     report(states);`,
    {
      'page.html': '<script type="module" src="a.js"></script>',
      'a.js': 'import "./b.js";',
      'b.js': 'window.ran = true;',
    },
  );
  assert.deepEqual(states, Array(3).fill(['complete', true]));
});
