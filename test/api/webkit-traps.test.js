// @ts-check
'use strict';

/*
 * What WebKitGTK does to a process that is also Node, and that we must not feel. Each of these has
 * cost days: src/main/environment.c, sandbox.c and context.c say what they are.
 */

const { test, describe } = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { inMain, runApp } = require('../support/app');
const { hasSandbox } = require('../support/sandbox');

describe('standard streams', () => {
  /** WebKit's processes inherit descriptors 0 to 2; Node has marked them close-on-exec. */
  const LOOK = {
    'main.js': `const { app, BrowserWindow } = require('electron');
      const { readlinkSync } = require('node:fs');
      app.whenReady().then(async () => {
        const win = new BrowserWindow();
        await win.loadFile('page.html');
        await win.webContents.executeJavaScript('0');
        const streams = (pid) => [0, 1, 2].map((fd) => readlinkSync('/proc/' + pid + '/fd/' + fd));
        report([streams(process.pid), streams(win.webContents.getOSProcessId())]);
        app.exit(0);
      });`,
  };

  test('are open in web processes', async (t) => {
    const { code, results, stderr } = await runApp(t, LOOK);
    assert.equal(code, 0);
    const [[, ourOut], [zero, out, err]] = results[0];
    assert.equal(zero, '/dev/null');
    assert.equal(out, ourOut);
    assert.match(err, /^(pipe:|\/dev\/null)/);
    assert.equal(stderr, '');
  });

  for (const closed of ['0<&-', '2>&-', '0<&- 2>&-']) {
    test(`may be closed when weft starts (${closed})`, async (t) => {
      const wrap = ['sh', '-c', `exec "$@" ${closed}`, 'sh'];
      const { code, results } = await runApp(t, LOOK, { wrap });
      assert.equal(code, 0);
      const [, page] = results[0];
      assert.doesNotMatch([page[0], page[2]].join(' '), /socket:|eventfd/);
    });
  }
});

describe('signals', () => {
  test('SIGUSR1 starts Node’s inspector, and JavaScriptCore collects garbage', async (t) => {
    const { code, results, stderr } = await runApp(t, {
      'main.js': `const { app, BrowserWindow } = require('electron');
        const { once } = require('node:events');
        const inspector = require('node:inspector');
        process.debugPort = 0;
        app.whenReady().then(async () => {
          const win = new BrowserWindow();
          await win.loadFile('page.html');
          process.kill(process.pid, 'SIGUSR1');
          while (!inspector.url()) await new Promise(setImmediate);
          report(new URL(inspector.url()).protocol);
          const churn = 'for (let i = 0; i < 1e5; i++) ({ i, text: "x" + i }); 1';
          for (let i = 0; i < 50; i++) await win.webContents.executeJavaScript(churn);
          report('alive');
          app.exit(0);
        });`,
    });
    assert.equal(code, 0);
    assert.deepEqual(results, ['ws:', 'alive']);
    assert.match(stderr, /^Debugger listening on .*\nFor help, see: .*\n$/, 'and WebKit says nothing');
  });

  test('an app may handle SIGUSR1 itself', async (t) => {
    const { code, results } = await runApp(t, {
      'main.js': `const { app, BrowserWindow } = require('electron');
        process.on('SIGUSR1', () => report('mine'));
        app.whenReady().then(async () => {
          const win = new BrowserWindow();
          await win.loadFile('page.html');
          process.kill(process.pid, 'SIGUSR1');
          await new Promise((resolve) => process.once('SIGUSR1', resolve));
          await win.webContents.executeJavaScript('1');
          app.exit(0);
        });`,
    });
    assert.equal(code, 0);
    assert.deepEqual(results, ['mine']);
  });
});

describe('a web process that WebKit starts by itself', () => {
  const OPEN = `
    const serve = async (answer) => {
      const server = require('node:http').createServer(answer).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server.address().port;
    };
    const port = await serve((request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.end('<title>' + request.headers.host + '</title>');
    });
    const win = new BrowserWindow({ webPreferences: { nodeIntegrationInWorker: true,
      nodeIntegration: true, contextIsolation: false } });
    const wc = win.webContents;
    const crash = async () => {
      const gone = once(wc, 'render-process-gone');
      process.kill(wc.getOSProcessId(), 'SIGKILL');
      await gone;
      const finished = once(wc, 'did-finish-load');
      wc.reload();
      await finished;
    };
    const steps = [
      () => win.loadFile('page.html'),
      () => win.loadURL('http://127.0.0.1:' + port + '/'),
      () => win.loadURL('http://localhost:' + port + '/'),
      () => win.loadFile('page.html'),
      crash,
      () => win.loadURL('http://127.0.0.1:' + port + '/'),
      crash,
    ];`;

  test('has the switches of the first one', async (t) => {
    const results = await inMain(
      t,
      `${OPEN}
       const { readFileSync } = require('node:fs');
       for (const step of steps) {
         await step();
         const shared = await wc.executeJavaScript('typeof SharedArrayBuffer');
         const pid = wc.getOSProcessId();
         const environment = readFileSync('/proc/' + pid + '/environ', 'latin1').split('\\0');
         const has = (name) => environment.includes(name);
         report([shared, has('GIGACAGE_ENABLED=0'), has('JSC_useSharedArrayBuffer=1'), pid]);
       }`,
    );
    assert.equal(results.length, 7);
    for (const [shared, cage, buffer] of results) {
      assert.deepEqual([shared, cage, buffer], ['function', true, true]);
    }
    const processes = new Set(results.map(([, , , pid]) => pid));
    assert.ok(processes.size > 4, 'WebKit has changed the process on the way');
  });

  test('reaches main and the worker host, from the first script on', async (t) => {
    const results = await inMain(
      t,
      `${OPEN}
       ipcMain.handle('add', (event, a, b) => a + b);
       const code = "new Promise((resolve, reject) => {" +
         " const url = URL.createObjectURL(new Blob(['postMessage(process.type)']));" +
         " const worker = new Worker(url); worker.onmessage = ({ data }) => resolve(data);" +
         " worker.onerror = (event) => reject(new Error(event.message)); })";
       for (const step of steps) {
         await step();
         const sum = await wc.executeJavaScript('require("electron").ipcRenderer.invoke("add", 1, 2)');
         report([sum, await wc.executeJavaScript(code)]);
       }`,
    );
    assert.equal(results.length, 7);
    for (const result of results) assert.deepEqual(result, [3, 'worker']);
  });
});

describe('the sandbox', { skip: !hasSandbox && 'bubblewrap cannot run here' }, () => {
  /** A mount namespace in which bubblewrap cannot be executed. */
  const wrap = ['unshare', '--mount', 'sh', '-c'];
  const hide = 'mount --bind /dev/null /usr/bin/bwrap';
  const canHide = spawnSync(wrap[0], [...wrap.slice(1), hide]).status === 0;
  const withoutBubblewrap = [...wrap, `${hide} && exec "$@"`, 'sh'];
  const skip = !canHide && 'a mount namespace needs root';
  const LOAD = {
    'main.js': `const { app, BrowserWindow } = require('electron');
      app.whenReady().then(async () => {
        const win = new BrowserWindow();
        await win.loadFile('page.html');
        report(await win.webContents.executeJavaScript('document.title'));
        const pid = win.webContents.getOSProcessId();
        const status = require('node:fs').readFileSync('/proc/' + pid + '/status', 'utf8');
        report(/^Seccomp:\\s*(\\d)/m.exec(status)[1]);
        app.exit(0);
      });`,
  };

  test('is around each page', async (t) => {
    const { results, stderr } = await runApp(t, LOAD);
    assert.deepEqual(results, ['Page', '2']);
    assert.equal(stderr, '');
  });

  test('that cannot run is refused in one line, with exit code 1', { skip }, async (t) => {
    const { code, results, stderr } = await runApp(t, LOAD, { wrap: withoutBubblewrap });
    assert.equal(code, 1);
    assert.deepEqual(results, []);
    assert.match(stderr, /^weft: the sandbox of pages needs bubblewrap.*--no-sandbox\n$/);
  });

  test('is left out by --no-sandbox, with one line', { skip }, async (t) => {
    const how = { wrap: withoutBubblewrap, options: ['--no-sandbox'] };
    const { code, results, stderr } = await runApp(t, LOAD, how);
    assert.equal(code, 0);
    assert.deepEqual(results, ['Page', '0']);
    assert.equal(stderr, 'weft: warning: --no-sandbox: pages run without the OS sandbox\n');
  });
});
