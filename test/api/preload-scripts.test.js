'use strict';

/*
 * What preload scripts have, and what they leave. Functions passed to `page` run in a page
 * (test/support/lab.js).
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');

const NAMES = [
  'require',
  'module',
  'process',
  'Buffer',
  'global',
  'setImmediate',
  'clearImmediate',
];
const typesOf = `[${NAMES.map((name) => `typeof ${name}`)}]`;
const ALL = ['function', 'object', 'object', 'function', 'object', 'function', 'function'];
const NONE = NAMES.map(() => 'undefined');

const FILES = {
  'quick-start.js': `
    window.addEventListener('DOMContentLoaded', () => {
      const replaceText = (selector, text) => {
        const element = document.getElementById(selector);
        if (element) element.innerText = text;
      };
      for (const type of ['chrome', 'node', 'electron']) {
        replaceText(type + '-version', process.versions[type]);
      }
    });`,
  'quick-start.html': `<!doctype html><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self'">
    <h1>Hello World!</h1>
    Node.js <span id="node-version"></span>, Chromium <span id="chrome-version"></span>, and
    Electron <span id="electron-version"></span>.`,

  'sandboxed.js': `
    const { contextBridge } = require('electron');
    const found = { types: ${typesOf}, secret: typeof weft, isBuffer: Buffer.from('a') instanceof Uint8Array };
    found.modules = ['events', 'timers', 'url', 'node:events', 'node:timers', 'node:url', 'electron/renderer', 'fs', 'path',
      './other'].map((name) => { try { return typeof require(name); } catch (error) { return error.message; } });
    found.process = [process.type, process.sandboxed, process.contextIsolated, process.platform, typeof process.versions.node];
    found.isEmitter = new (require('events'))() instanceof require('node:events');
    const order = [];
    process.once('loaded', () => order.push('loaded'));
    process.once('document-end', () => order.push('document-end'));
    order.push('script');
    contextBridge.exposeInMainWorld('found', found);
    contextBridge.exposeInMainWorld('later', () => ({ order, types: ${typesOf} }));`,

  'shared-world.js': `
    window.found = { types: ${typesOf}, process: process.contextIsolated };
    process.once('loaded', () => { window.fromLoaded = process; });
    window.later = () => ({ types: ${typesOf}, text: Buffer.from('later').toString() });`,

  'fails.js': `
    require('electron').contextBridge.exposeInMainWorld('before', 1);
    throw new TypeError('this preload script fails');`,

  'csp.html': `<!doctype html><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'">csp`,
  'csp.js': `
    const { contextBridge } = require('electron');
    contextBridge.exposeInMainWorld('csp', {
      set: contextBridge.executeInMainWorld({ func: (value) => { window.ran = value; return value + 1; }, args: [1] }),
      clone: () => new Map([[1, document.body]].map(([key]) => [key, new Date(2)])),
      body: () => document.body,
    });`,

  'web-frame.js': `
    const { contextBridge, webFrame } = require('electron');
    const run = async (...given) => {
      const told = [];
      const value = await webFrame.executeJavaScript(...given, false, (...all) => told.push(all.length))
        .catch((error) => [error instanceof Error, error.message]);
      return [value, value instanceof Object, told];
    };
    const inWorld = (id, code) => webFrame.executeJavaScriptInIsolatedWorld(id, [{ code: 'var before = 1' }, { code }]);
    const api = { run, inWorld, zoom: () => webFrame.setZoomFactor(2) };
    if (process.contextIsolated) contextBridge.exposeInMainWorld('api', api);
    else window.api = api;`,

  'frames.js': `
    const { contextBridge } = require('electron');
    contextBridge.exposeInMainWorld('frame', {
      isMainFrame: process.isMainFrame,
      place: location.href.split('/').pop(),
      hasBody: document.body !== null,
      title: () => document.title,
      body: () => document.body,
    });`,
  'frames.html': `<!doctype html><title>outer</title><script>window.early = typeof frame;</script>
    <iframe src="inner.html"></iframe><iframe srcdoc="<title>inline</title>"></iframe>`,
  'inner.html': `<!doctype html><title>inner</title><script>window.early = typeof frame;</script>`,
};

test('what preload scripts have', async (t) => {
  const lab = await startLab(t, FILES);
  const file = (name) => path.join(lab.app.home, 'app', name);
  const open = (name, page = 'page.html', more = {}) =>
    lab.open({ preload: file(name), ...more }, page);
  const seenByPage = (names) => names.map((name) => typeof window[name]);

  await t.test('the quick start’s prints process.versions', async () => {
    const win = await open('quick-start.js', 'quick-start.html');
    const text = await win.page(() => document.body.innerText.replace(/\s+/g, ' '));
    assert.match(text, /Node\.js 26\.\d+\.\d+, Chromium \d+\.[\d.]+, and Electron \d+\.\d+\.\d+\./);
  });

  await t.test('a sandboxed one has Electron’s short list', async () => {
    const win = await open('sandboxed.js');
    assert.deepEqual(await win.page(() => found), {
      types: ALL,
      secret: 'undefined',
      isBuffer: true,
      modules: [
        'function',
        'object',
        'object',
        'function',
        'object',
        'object',
        'object',
        'module not found: fs',
        'module not found: path',
        'module not found: ./other',
      ],
      process: ['renderer', true, true, 'linux', 'string'],
      isEmitter: true,
    });
    assert.deepEqual(await win.page(() => later()), {
      order: ['script', 'loaded', 'document-end'],
      types: ALL,
    });
    assert.deepEqual(await win.page(seenByPage, NAMES), NONE, 'in the page');
  });

  await t.test('without contextIsolation it shares the page, and keeps its globals', async () => {
    for (const sandbox of [true, false]) {
      const win = await open('shared-world.js', 'page.html', { contextIsolation: false, sandbox });
      assert.deepEqual(await win.page(() => found), { types: ALL, process: false });
      assert.deepEqual(await win.page(() => later()), { types: ALL, text: 'later' });
      assert.deepEqual(await win.page(seenByPage, NAMES), NONE, 'in the page');
      assert.equal(await win.page(() => fromLoaded.type), 'renderer');
    }
  });

  await t.test('one that throws tells the app, and the page loads', async () => {
    const win = await open('fails.js', null);
    await win.main(({ contents, emit }, id) => {
      contents(id).once('preload-error', (event, script, error) =>
        emit('preload-error', { script, text: String(error), isError: error instanceof Error }),
      );
    });
    await win.load('page.html');
    assert.deepEqual(await lab.event('preload-error'), {
      script: file('fails.js'),
      text: 'TypeError: this preload script fails',
      isError: true,
    });
    assert.equal(
      (await win.event('console-message')).message,
      `Unable to load preload script: ${file('fails.js')}`,
    );
    assert.equal(await win.page(() => before), 1);
  });

  await t.test('a page’s Content-Security-Policy is not the preload script’s', async () => {
    const win = await open('csp.js', 'csp.html');
    const found = await win.page(() => [
      csp.set,
      window.ran,
      csp.clone().get(1) instanceof Date,
      csp.body() === document.body,
    ]);
    assert.deepEqual(found, [2, 1, true, true]);
  });

  await t.test('a page that is no secure context has one, too', async () => {
    const win = await open('quick-start.js', null);
    await win.main(
      ({ contents }, id, url) => contents(id).loadURL(url),
      `data:text/html,<b id="node-version"></b>`,
    );
    const found = await win.page(() => [isSecureContext, document.body.innerText]);
    assert.deepEqual(found, [false, process.versions.node]);
  });

  await t.test('it is read again for each page', async () => {
    const write = (version) =>
      fs.writeFileSync(
        file('changing.js'),
        `require('electron').contextBridge.exposeInMainWorld('version', ${version})`,
      );
    write(1);
    const win = await open('changing.js');
    assert.equal(await win.page(() => version), 1);
    write(2);
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    assert.equal(await win.page(() => version), 2);
    write(3);
    await win.load('page.html');
    assert.equal(await win.page(() => version), 3);
  });

  await t.test('webFrame runs scripts in the page’s world, and in others', async () => {
    for (const contextIsolation of [true, false]) {
      const win = await open('web-frame.js', 'csp.html', { contextIsolation });
      const found = await win.page(async () => {
        window.ofPage = { list: [1] };
        const zoom = await Promise.resolve()
          .then(() => api.zoom())
          .catch(({ message }) => message);
        return [
          await api.run('ofPage'),
          await api.run('Promise.resolve(2)'),
          (await api.run('throw new TypeError("in the page")'))[0],
          (await api.run('Promise.reject(new Error("later"))'))[0],
          (await api.run('('))[0][0],
          zoom,
        ];
      });
      assert.deepEqual(found, [
        [{ list: [1] }, true, [1]],
        [2, false, [1]],
        [true, 'in the page'],
        [true, 'later'],
        true,
        'webFrame.setZoomFactor is not supported: use webContents.setZoomFactor in the main process',
      ]);
    }
    const win = await open('web-frame.js');
    assert.equal(await win.page(() => api.inWorld(1010, 'before + typeof api')), '1undefined');
  });

  await t.test(
    'subframes have it with nodeIntegrationInSubFrames, before their scripts',
    async () => {
      const look = () =>
        [window, ...Array.from({ length: frames.length }, (_, i) => frames[i])].map(
          ({ early, frame, document }) => [
            early,
            frame && [
              frame.isMainFrame,
              frame.place,
              frame.hasBody,
              frame.title(),
              frame.body() === document.body,
            ],
          ],
        );
      const all = await open('frames.js', 'frames.html', { nodeIntegrationInSubFrames: true });
      assert.deepEqual(await all.page(look), [
        ['object', [true, 'frames.html', false, 'outer', true]],
        ['object', [false, 'inner.html', false, 'inner', true]],
        [undefined, [false, 'about:srcdoc', false, 'inline', true]],
      ]);
      const one = await open('frames.js', 'frames.html');
      assert.deepEqual(
        (await one.page(look)).map(([early, frame]) => [early, typeof frame]),
        [
          ['object', 'object'],
          ['undefined', 'undefined'],
          [undefined, 'undefined'],
        ],
      );
    },
  );
  await lab.close();
});
