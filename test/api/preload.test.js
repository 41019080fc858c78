// @ts-check
'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { inMain, runApp } = require('../support/app');

/** Opens page.html with preload.js; @more are further webPreferences. */
const open = (more = '') => `
  const win = new BrowserWindow({ webPreferences: {
    preload: require('node:path').join(__dirname, 'preload.js'), ${more} } });
  const run = (code) => win.webContents.executeJavaScript(code);`;

test('a preload script talks to the main process before any page script', async (t) => {
  const [said, order] = await inMain(
    t,
    `${open()}
     const said = once(ipcMain, 'preload');
     await win.loadFile('page.html');
     report((await said).slice(1));
     report(await run('window.order'));`,
    {
      'preload.js': `
        const { ipcRenderer } = require('electron');
        document.addEventListener('DOMContentLoaded', () => document.body.dataset.preload = 'ran');
        ipcRenderer.send('preload', typeof window, __filename.endsWith('/preload.js'));`,
      'page.html': `<body><script>
        document.addEventListener('DOMContentLoaded',
          () => { window.order = [document.body.dataset.preload, typeof require]; });
      </script>`,
    },
  );
  assert.deepEqual(said, ['object', true]);
  assert.deepEqual(order, ['ran', 'undefined']);
});

test('contextBridge gives the page copies and working functions', async (t) => {
  const [result] = await inMain(
    t,
    `${open()}
     ipcMain.handle('sum', (event, a, b) => a + b);
     await win.loadFile('page.html');
     report(await run('window.result'));`,
    {
      'preload.js': `
        const { contextBridge, ipcRenderer } = require('electron');
        const original = { list: [1, { deep: true }], when: new Date(5) };
        contextBridge.exposeInMainWorld('api', {
          sum: (a, b) => ipcRenderer.invoke('sum', a, b),
          data: original,
          twice: (callback) => callback(20) + 1,
          fail() { throw new TypeError('from the preload'); },
          later: () => Promise.reject(new Error('late')),
          changed: () => original.list.length,
        });`,
      'page.html': `<body><script>
        window.result = (async () => {
          try { api.data.list.push('mine'); } catch {} // it is frozen
          return {
            sum: await api.sum(2, 3),
            deep: api.data.list[1].deep,
            when: api.data.when instanceof Date && api.data.when.getTime(),
            callback: api.twice((n) => n * 2),
            plain: Object.getPrototypeOf(api) === Object.prototype && api.sum instanceof Function,
            error: await Promise.resolve().then(api.fail).catch((e) => [e instanceof Error, e.message]),
            late: await api.later().catch((e) => [e instanceof Error, e.message]),
            untouched: api.changed(),
          };
        })();
      </script>`,
    },
  );
  assert.deepEqual(result, {
    sum: 5,
    deep: true,
    when: 5,
    callback: 41,
    plain: true,
    error: [true, 'from the preload'],
    late: [true, 'late'],
    untouched: 2,
  });
});

test('a page does not reach the world of its preload script', async (t) => {
  const [seen] = await inMain(
    t,
    `${open()}
     await win.loadFile('page.html');
     report(await run('window.seen'));`,
    {
      'preload.js': `
        globalThis.secret = 'secret';
        Object.prototype.leak = 'leak';
        require('electron').contextBridge.exposeInMainWorld('api', {
          call: (callback) => callback(() => 'inner', { x: 1 }),
        });`,
      'page.html': `<body><script>
        const tries = [
          () => typeof secret,
          () => typeof {}.leak,
          () => typeof weft,
          () => api.call.constructor('return typeof secret')(),
          () => api.call((inner) => inner.constructor('return typeof secret')()),
          () => api.call((inner, object) => object.constructor.constructor('return typeof secret')()),
        ];
        window.seen = tries.map((attempt) => attempt());
      </script>`,
    },
  );
  assert.deepEqual(seen, Array(6).fill('undefined'));
});

test('without contextIsolation the preload script shares the page', async (t) => {
  const [shared] = await inMain(
    t,
    `${open('contextIsolation: false')}
     await win.loadFile('page.html');
     report(await run('[window.fromPreload, window.contextBridgeError]'));`,
    {
      'preload.js': `
        window.fromPreload = 42;
        try {
          require('electron').contextBridge.exposeInMainWorld('api', {});
        } catch (error) {
          window.contextBridgeError = error.message;
        }`,
    },
  );
  assert.deepEqual(shared, [
    42,
    'contextBridge API can only be used when contextIsolation is enabled',
  ]);
});

test('a sandboxed preload script has Electron’s short list of modules', async (t) => {
  const [message] = await inMain(
    t,
    `${open()}
     const said = once(ipcMain, 'error');
     await win.loadFile('page.html');
     report((await said)[1]);`,
    {
      'preload.js': `
        try { require('fs'); } catch (error) {
          require('electron').ipcRenderer.send('error', [error.code, error.message]);
        }`,
    },
  );
  assert.deepEqual(message, ['MODULE_NOT_FOUND', 'module not found: fs']);
});

test('console messages have all their arguments, and the place of the call', async (t) => {
  const outcome = await runApp(
    t,
    {
      'main.js': `
        const { app, BrowserWindow } = require('electron');
        app.whenReady().then(async () => {
          const win = new BrowserWindow();
          win.webContents.on('console-message', (event) =>
            report([event.level, event.message, event.lineNumber]));
          await win.loadFile('page.html');
          await win.webContents.executeJavaScript('0');
          app.exit(0);
        });`,
      'page.html': `<body><script>
console.log('a', 1, { x: 1 }, [1, 2], null);
function warn() { console.warn('in a function'); }
warn();
console.error('an', new Error('error'));
</script>`,
    },
    { options: ['--enable-logging'] },
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(outcome.results, [
    ['info', 'a 1 [object Object] 1,2 null', 2],
    ['warning', 'in a function', 3],
    ['error', 'an Error: error', 5],
  ]);
  assert.match(
    outcome.stderr,
    /:WARNING:CONSOLE\(3\)\] "in a function", source: file:.*page\.html \(3\)/,
  );
});
