'use strict';

/*
 * webPreferences.nodePermissions. Functions passed to `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');

const DENIED = 'ERR_ACCESS_DENIED';

/** What a worker may do, each as 'ok' or the error's code. The folder has a file, and may get one. */
async function tryAll(folder) {
  const fs = require('node:fs');
  const code = (fn) => {
    try {
      fn();
      return 'ok';
    } catch (error) {
      return error.code ?? error.message;
    }
  };
  const { promise: net, resolve } = Promise.withResolvers();
  const socket = require('node:net').connect(9, '127.0.0.1');
  socket.on('error', (error) => resolve(error.code));
  return {
    read: code(() => fs.readFileSync(`${folder}/in/file.txt`)),
    readOther: code(() => fs.readFileSync(`${folder}/other.txt`)),
    promise: await fs.promises.readFile(`${folder}/other.txt`).then(
      () => 'ok',
      ({ code }) => code,
    ),
    write: code(() => fs.writeFileSync(`${folder}/in/new.txt`, '')),
    writeOther: code(() => fs.writeFileSync(`${folder}/new.txt`, '')),
    app: code(() => fs.readFileSync(new URL('page.html', location.href))),
    module: code(() => require('./lib/own')),
    childProcess: code(() => require('node:child_process').execFileSync('true')),
    worker: code(() => new (require('node:worker_threads').Worker)('0', { eval: true })),
    addons: code(() => require('./addon.node')),
    net: (await net) === 'ERR_ACCESS_DENIED' ? 'ERR_ACCESS_DENIED' : 'ok',
  };
}

const ALL = {
  ...{ read: 'ok', readOther: 'ok', promise: 'ok', write: 'ok', writeOther: 'ok', app: 'ok' },
  ...{ module: 'ok', childProcess: 'ok', worker: 'ok', addons: 'ok', net: 'ok' },
};
const NONE = Object.fromEntries(
  Object.keys(ALL).map((key) => [key, key === 'app' || key === 'module' ? 'ok' : DENIED]),
);

const ADDON = path.resolve(__dirname, '../../build/src/asar/weft-asar.node');

const FILES = { 'lib/own.js': 'module.exports = 1;' };

test('a window’s nodePermissions are Node’s own', async (t) => {
  const lab = await startLab(t, FILES);
  const folder = path.join(lab.app.home, 'folder');
  fs.mkdirSync(path.join(folder, 'in'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'in/file.txt'), 'x');
  fs.writeFileSync(path.join(folder, 'other.txt'), 'x');
  fs.copyFileSync(ADDON, path.join(lab.app.home, 'app/addon.node'));

  const inside = [path.join(folder, 'in', '*')];
  const cases = [
    ['not said: everything', undefined, ALL],
    ['nothing but the app’s own files', {}, NONE],
    [
      'files to read and to write',
      { fs: { read: inside, write: inside } },
      { ...NONE, read: 'ok', write: 'ok' },
    ],
    [
      'all files',
      { fs: { read: true, write: true } },
      { ...NONE, read: 'ok', readOther: 'ok', promise: 'ok', write: 'ok', writeOther: 'ok' },
    ],
    ['the net', { net: true }, { ...NONE, net: 'ok' }],
    ['programs', { childProcess: true }, { ...NONE, childProcess: 'ok' }],
    ['native modules', { addons: true }, { ...NONE, addons: 'ok' }],
    ['threads', { worker: true }, { ...NONE, worker: 'ok' }],
  ];
  for (const [name, nodePermissions, expected] of cases) {
    await t.test(name, async () => {
      const win = await lab.open({ nodeIntegrationInWorker: true, nodePermissions });
      const found = await win.page(`(folder) => runAlone(${tryAll}, folder)`, folder);
      assert.deepEqual(found, expected);
      if (nodePermissions === undefined) {
        for (const file of ['in/new.txt', 'new.txt']) fs.unlinkSync(path.join(folder, file));
      }
      await win.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
    });
  }

  await t.test('also for workers in a process of their own, and for nested ones', async () => {
    const win = await lab.open({ nodeIntegrationInWorker: true, nodePermissions: {} });
    const found = await win.page(
      async (file) => {
        const text = `try { require('fs').readFileSync('${file}'); postMessage('ok') }
        catch ({ code }) { postMessage(code) }`;
        const nest = `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(text)}]))).onmessage =
        ({ data }) => postMessage(data)`;
        const own = await next(fromText(text, { weft: { process: true } }));
        return [own.data, (await next(fromText(nest))).data];
      },
      path.join(folder, 'other.txt'),
    );
    assert.deepEqual(found, [DENIED, DENIED]);
  });

  await t.test('and for Node in the page', async () => {
    const win = await lab.open({
      ...{ nodeIntegration: true, contextIsolation: false },
      nodePermissions: { fs: { read: inside } },
    });
    const found = await win.page((folder) => {
      const code = (fn) => {
        try {
          return fn();
        } catch (error) {
          return error.code;
        }
      };
      const { readFileSync } = require('fs');
      return [
        code(() => readFileSync(`${folder}/in/file.txt`, 'utf8')),
        code(() => readFileSync(`${folder}/other.txt`, 'utf8')),
        code(() => require('child_process').execFileSync('true')),
        code(() => require('./addon.node') && 'ok'),
        code(() => require('./lib/own')),
      ];
    }, folder);
    assert.deepEqual(found, ['x', DENIED, DENIED, DENIED, 1]);
  });

  await t.test('a mistake throws, and names the option', async () => {
    const said = (nodePermissions) =>
      lab.main(({ BrowserWindow }, given) => {
        try {
          new BrowserWindow({ show: false, webPreferences: { nodePermissions: given } });
          return 'none';
        } catch (error) {
          return `${error.name}: ${error.message}`;
        }
      }, nodePermissions);
    const name = 'webPreferences.nodePermissions';
    for (const [given, text] of [
      [7, `${name} is 7, but must be an object`],
      [null, `${name} is null, but must be an object`],
      [{ net: 'yes' }, `${name}.net is 'yes', but must be true or false`],
      [
        { network: true },
        `${name}.network is not known; it may have fs, net, childProcess, addons, worker`,
      ],
      [{ fs: true }, `${name}.fs is true, but must be an object`],
      [{ fs: { all: true } }, `${name}.fs.all is not known; it may have read, write`],
      [
        { fs: { read: '/x' } },
        `${name}.fs.read is '/x', but must be true, false or an array of paths`,
      ],
    ]) {
      assert.equal(await said(given), `TypeError: ${text}`);
    }
    for (const one of ['x', '/a,b', 7]) {
      assert.match(
        await said({ fs: { write: ['/ok', one] } }),
        /^TypeError: webPreferences\.nodePermissions\.fs\.write\[1\] is .*an absolute path/,
      );
    }
  });
  await lab.close();
});
