'use strict';

/*
 * Preload scripts without sandbox: all of Node, for the app's own pages only. Functions passed to
 * `page` run in a page (test/support/lab.js).
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const http = require('node:http');
const path = require('node:path');
const { startLab } = require('../support/lab');

const FILES = {
  'node_modules/of-npm/package.json': '{ "exports": { ".": "./lib/main.js" } }',
  'node_modules/of-npm/lib/main.js': 'exports.from = require("node:path").basename(__filename);',
  'settings.json': '{ "theme": "dark" }',
  'part.js': `
    exports.theme = require('./settings').theme;
    exports.isEmitter = (value) => value instanceof require('events');`,
  'node.js': `
    const { contextBridge, ipcRenderer } = require('electron');
    const found = {};
    const attempt = (name, fn) => {
      try {
        found[name] = fn();
      } catch (error) {
        found[name] = error.message;
      }
    };
    attempt('fs', () => require('fs').readFileSync(__filename, 'utf8').includes('attempt'));
    attempt('path', () => require('node:path').relative(__dirname, __filename));
    attempt('part', () => require('./part').theme);
    attempt('package', () => require('of-npm').from);
    attempt('resolve', () => require.resolve('of-npm').endsWith('of-npm/lib/main.js'));
    attempt('class', () => require('./part').isEmitter(new (class extends require('events') {})()));
    attempt('command', () => require('child_process').execFileSync('echo', ['said']).toString());
    attempt('module', () => [typeof module.paths, module.filename === __filename, this === module.exports]);
    attempt('process', () => [process.sandboxed, process.contextIsolated, process.type, typeof process.pid]);
    contextBridge.exposeInMainWorld('api', {
      found,
      open: async () => {
        const file = await ipcRenderer.invoke('dialog:openFile');
        return require('fs').promises.readFile(file, 'utf8');
      },
      fail: () => require('fs').promises.readFile('/nowhere'),
      bytes: () => require('fs').readFileSync(__dirname + '/settings.json'),
      types: () => [typeof require, typeof process, typeof Buffer, typeof global, typeof setImmediate],
    });`,
};

FILES['shared.js'] = `
  const fs = require('fs');
  window.before = typeof process;
  window.readLater = () => [fs.existsSync(__filename), require('path').sep, process.pid > 0, Buffer.from('ab').length];
  process.once('loaded', () => { window.kept = Buffer; });`;

const NAMES = ['require', 'module', 'process', 'Buffer', 'global', 'setImmediate'];

test('preload scripts with Node', async (t) => {
  const lab = await startLab(t, FILES);
  const preload = path.join(lab.app.home, 'app/node.js');
  const openPage = (more = {}) => lab.open({ preload, sandbox: false, ...more });

  await t.test('modules of Node, the app and npm are there when it runs', async () => {
    const win = await openPage();
    assert.deepEqual(await win.page(() => api.found), {
      fs: true,
      path: 'node.js',
      part: 'dark',
      package: 'main.js',
      resolve: true,
      class: true,
      command: 'said\n',
      module: ['object', true, true],
      process: [false, true, 'renderer', 'number'],
    });
    assert.deepEqual(
      await win.page((names) => names.map((name) => typeof window[name]), NAMES),
      NAMES.map(() => 'undefined'),
      'in the page',
    );
    assert.deepEqual(await win.page(() => api.types()), [
      ...['function', 'object', 'function', 'object', 'function'],
    ]);
  });

  await t.test('a file that main has chosen is read in the preload script', async () => {
    const win = await openPage();
    await lab.main(({ ipcMain, app }) => {
      ipcMain.handle('dialog:openFile', () => `${app.getAppPath()}/settings.json`);
    });
    assert.equal(await win.page(() => api.open()), '{ "theme": "dark" }');
    const [message, isError] = await win.page(async () => {
      const error = await api.fail().catch((reason) => reason);
      return [error.message, error instanceof Error];
    });
    assert.match(message, /^ENOENT: no such file or directory, open '\/nowhere'/);
    assert.ok(isError);
    assert.deepEqual(
      await win.page(() => [
        api.bytes() instanceof Uint8Array,
        new TextDecoder().decode(api.bytes()),
      ]),
      [true, '{ "theme": "dark" }'],
    );
  });

  await t.test(
    'in the page’s world it keeps Node, which the page has by nodeIntegration alone',
    async () => {
      const shared = path.join(lab.app.home, 'app/shared.js');
      const look = (names) => [
        before,
        readLater(),
        kept.name,
        names.map((name) => typeof window[name]).join(),
      ];
      const open = async (more) => {
        const preferences = { preload: shared, sandbox: false, contextIsolation: false, ...more };
        return (await lab.open(preferences)).page(look, NAMES);
      };
      const common = ['object', [true, '/', true, 2], 'Buffer'];
      assert.deepEqual(await open({}), [...common, NAMES.map(() => 'undefined').join()]);
      assert.deepEqual(await open({ nodeIntegration: true }), [
        ...common,
        'function,object,object,function,object,function',
      ]);
    },
  );

  await t.test('a page from elsewhere has a preload script without Node', async () => {
    const server = http.createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>remote</title>');
    });
    await new Promise((done) => server.listen(0, '127.0.0.2', done));
    t.after(() => server.close());
    const win = await lab.open({ preload, sandbox: false }, null);
    const url = `http://127.0.0.2:${server.address().port}/`;
    await win.main(({ contents }, id, address) => contents(id).loadURL(address), url);
    const found = await win.page(() => api.found);
    for (const name of ['fs', 'path', 'part', 'package', 'command']) {
      assert.match(String(found[name]), /^module not found: /, name);
    }
    const failed = await win.page(() =>
      Promise.resolve()
        .then(api.fail)
        .catch(({ message }) => message),
    );
    assert.equal(failed, 'module not found: fs');
  });
  await lab.close();
});
