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
