'use strict';

/*
 * What a window's documents have, decided again at each navigation: Node in workers and in the page, the
 * worker host that goes and comes, the preload script as it is then, and will-navigate. Functions passed
 * to `page` run in a page: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab, PAGE } = require('../support/lab');
const { until } = require('../support/processes');

const NODE_IN_PAGE = { nodeIntegration: true, contextIsolation: false };
const IN_SUB_FRAMES = { nodeIntegrationInSubFrames: true };

const FILES = {
  'other.html': PAGE,
  'busy.js': `setInterval(() => {}, 1000); postMessage(process.pid);`,
  'frame.html': PAGE,
  'frames.html': `${PAGE}<iframe src="frame.html"></iframe>`,
  'preload.js': `require('electron').contextBridge.exposeInMainWorld('told', 'first');`,
};

const hosts = (lab) => lab.processesNamed('weft-worker-host').length;

/** A server of pages that are not this machine's, as far as the rules go. */
const serveFar = async ({ require }, text) => {
  const server = require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.6', resolve));
  return `http://127.0.0.6:${server.address().port}/`;
};

const go = (win, url) =>
  win.main(({ contents }, id, address) => contents(id).loadURL(address), url);

const close = (win) => win.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id)?.destroy());

const typeOfRequire = (win) =>
  win.page(() => [typeof window.require, typeof process, typeof Buffer].join());

const NODE = 'function,object,function';
const WEB = 'undefined,undefined,undefined';

test('what a window’s documents have', async (t) => {
  const lab = await startLab(t, FILES);
  const far = await lab.main(serveFar, PAGE.replace(/<script.*?<\/script>/, ''));

  await t.test(
    'a window that goes to a remote page loses Node, its workers and its host',
    async () => {
      const win = await lab.open({ ...NODE_IN_PAGE, nodeIntegrationInWorker: true });
      const first = await win.page(async () => (await next(new Worker('busy.js'))).data);
      assert.equal(await typeOfRequire(win), NODE);
      await go(win, far);
      await until('its host has gone', () => hosts(lab) === 0);
      assert.equal(await typeOfRequire(win), WEB);
      assert.equal(
        await win.page(async () => {
          const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(typeof process)'])));
          return new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
        }),
        'undefined',
      );
      assert.equal(hosts(lab), 0);
      await win.load('page.html');
      assert.equal(await typeOfRequire(win), NODE);
      const second = await win.page(async () => (await next(new Worker('busy.js'))).data);
      assert.notEqual(first, second, 'a new host');
      await close(win);
      await until('it goes with the window', () => hosts(lab) === 0);
    },
  );

  await t.test('a page has Node only without contextIsolation, and without sandbox', async () => {
    for (const [preferences, expected, count] of [
      [{ nodeIntegration: true }, WEB, 0],
      [NODE_IN_PAGE, NODE, 1],
      [{ ...NODE_IN_PAGE, sandbox: true }, WEB, 0],
      [{ contextIsolation: false }, WEB, 0],
      [{ contextIsolation: false, sandbox: false }, WEB, 0],
    ]) {
      const win = await lab.open(preferences);
      assert.equal(await typeOfRequire(win), expected, JSON.stringify(preferences));
      assert.equal(hosts(lab), count, `hosts with ${JSON.stringify(preferences)}`);
      await close(win);
      await until('no host', () => hosts(lab) === 0);
    }
  });

  await t.test('a subframe has it with nodeIntegrationInSubFrames', async () => {
    for (const [more, expected] of [
      [{}, WEB],
      [IN_SUB_FRAMES, NODE],
    ]) {
      const win = await lab.open({ ...NODE_IN_PAGE, ...more }, 'frames.html');
      const found = await win.page(() => {
        const { require, process, Buffer } = frames[0];
        return [typeof require, typeof process, typeof Buffer].join();
      });
      assert.equal(found, expected);
      await close(win);
    }
  });

  await t.test('a preload script alone starts no host until it asks for Node', async () => {
    const preload = path.join(lab.app.home, 'app/preload.js');
    const win = await lab.open({ preload, sandbox: false });
    assert.equal(await win.page(() => window.told), 'first');
    assert.equal(hosts(lab), 0);
    await close(win);
  });

  await t.test('the preload script is the one of the moment', async () => {
    const preload = path.join(lab.app.home, 'app/preload.js');
    const win = await lab.open({ preload });
    assert.equal(await win.page(() => window.told), 'first');
    fs.writeFileSync(preload, FILES['preload.js'].replace('first', 'second'));
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    assert.equal(await win.page(() => window.told), 'second');
    await close(win);
  });

  await t.test('will-navigate tells of what the page does, and can stop it', async () => {
    const win = await lab.open({});
    await win.main(({ contents, emit }, id) => {
      globalThis.isStopping = true;
      contents(id).on('will-navigate', (event, url) => {
        emit(`will-navigate ${id}`, [event.url === url, url.split('/').pop(), event.isMainFrame]);
        if (globalThis.isStopping) event.preventDefault();
      });
      contents(id).on('did-fail-load', () => emit(`failed ${id}`));
      contents(id).on('did-stop-loading', () => emit(`stopped ${id}`));
    });
    await win.page(() => setTimeout(() => (location.href = 'other.html')));
    assert.deepEqual(await win.event('will-navigate'), [true, 'other.html', true]);
    await win.event('stopped');
    assert.match(await win.page(() => location.href), /page\.html$/);
    await win.main(() => {
      globalThis.isStopping = false;
    });
    await win.page(() => setTimeout(() => (location.href = 'frames.html')));
    assert.deepEqual(await win.event('will-navigate'), [true, 'frames.html', true]);
    await win.event('did-finish-load');

    // Not for what the app does itself, nor for frames, nor within the page.
    await win.load('other.html');
    await win.event('did-finish-load');
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    await win.main(({ contents }, id) => contents(id).goBack());
    await win.event('did-finish-load');
    await win.page(async () => {
      frames[0].location.href = 'other.html';
      await next(document.querySelector('iframe'), 'load');
      location.hash = '#x';
    });
    await win.page(() => setTimeout(() => (location.href = 'page.html')));
    assert.deepEqual(await win.event('will-navigate'), [true, 'page.html', true]);
    await win.event('did-finish-load');

    await win.main(({ BrowserWindow }, id) => {
      const window = BrowserWindow.fromId(id);
      window.webContents.on('will-navigate', () => window.destroy());
    });
    win.page(() => void (location.href = 'other.html')).catch(() => {});
    await lab.event(`closed ${win.id}`);
  });
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('app.enableSandbox() is above every window', async (t) => {
  const main = fs.readFileSync(require.resolve('../support/lab/main'), 'utf8');
  const lab = await startLab(t, {
    ...FILES,
    'main.js': `require('electron').app.enableSandbox(); ${main}`,
  });
  const win = await lab.open({ ...NODE_IN_PAGE, nodeIntegrationInWorker: true, sandbox: false });
  assert.equal(await typeOfRequire(win), WEB);
  assert.equal(hosts(lab), 0);
  await lab.close();
});
