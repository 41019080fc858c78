'use strict';

/*
 * Who gets workers with Node, and who keeps WebKit's own. Functions passed to `page` run in a page:
 * test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab, PAGE } = require('../support/lab');

const WEB = ['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined'];
const NODE = ['object', 'function', 'object', 'function', 'function', 'object'];

const FILES = {
  'types.js': `postMessage([typeof process, typeof setImmediate, typeof global, typeof Buffer,
    typeof require, typeof module]);
    onmessage = ({ data }) => postMessage(['echo', data]);`,
  'shared.js': `onconnect = ({ ports: [port] }) => port.postMessage([typeof process,
    typeof setImmediate, typeof global, typeof Buffer, typeof require, typeof module]);`,
  'frame.html': PAGE,
  'frames.html': `${PAGE}<iframe src="frame.html"></iframe>
    <iframe srcdoc='<!doctype html><script>
      window.firstWorker = Worker;
    </script>'></iframe>`,
};

/** Runs in a page: what a worker of it has. */
async function look() {
  const worker = new Worker('types.js');
  const types = (await next(worker)).data;
  const echo = await ask(worker, { deep: [1n] });
  if (echo[0] !== 'echo' || echo[1].deep[0] !== 1n) throw new Error('the worker does not echo');
  worker.terminate();
  if (firstWorker !== Worker) throw new Error('Worker has changed after the first script');
  return types;
}

test('a window’s webPreferences say what its workers are', async (t) => {
  const lab = await startLab(t, FILES);
  const cases = [
    ['no preferences', {}, WEB],
    ['nodeIntegrationInWorker', { nodeIntegrationInWorker: true }, NODE],
    [
      'nodeIntegrationInWorker without nodeIntegration',
      { nodeIntegrationInWorker: true, nodeIntegration: false },
      NODE,
    ],
    [
      'nodeIntegrationInWorker and nodeIntegration',
      { nodeIntegrationInWorker: true, nodeIntegration: true, contextIsolation: false },
      NODE,
    ],
    [
      'nodeIntegrationInWorker and contextIsolation',
      { nodeIntegrationInWorker: true, contextIsolation: true },
      NODE,
    ],
    ['nodeIntegration alone', { nodeIntegration: true, contextIsolation: false }, WEB],
    ['nodeIntegrationInWorker: false', { nodeIntegrationInWorker: false }, WEB],
    ['sandbox: true wins', { nodeIntegrationInWorker: true, sandbox: true }, WEB],
    [
      'sandbox: true wins over nodeIntegration too',
      { nodeIntegrationInWorker: true, nodeIntegration: true, sandbox: true },
      WEB,
    ],
    ['sandbox: false gives nothing', { sandbox: false }, WEB],
  ];
  for (const [name, preferences, expected] of cases) {
    await t.test(name, async () => {
      const win = await lab.open(preferences);
      assert.deepEqual(await win.page(look), expected);
      await win.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
    });
  }

  await t.test('a window without the flag has no worker host', async () => {
    await lab.open({ sandbox: true, nodeIntegrationInWorker: true });
    await lab.open({});
    assert.equal(lab.processesNamed('weft-worker-host').length, 0);
  });

  await t.test('windows side by side do not change each other', async () => {
    const [web, node] = [await lab.open({}), await lab.open()];
    assert.deepEqual(await web.page(look), WEB);
    assert.deepEqual(await node.page(look), NODE);
    assert.deepEqual(await web.page(look), WEB);
  });
  await lab.close();
});

test('inside a window that has workers with Node', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('the first script of the page has Weft’s Worker, and it stays', async () => {
    assert.deepEqual(
      await win.page(() => [
        firstWorker === window.Worker,
        Object.prototype.toString.call(Worker.prototype),
        Worker.name,
        Worker.length,
        Object.keys(window).includes('Worker'),
        new Worker('types.js') instanceof EventTarget,
      ]),
      [true, '[object Worker]', 'Worker', 1, false, true],
    );
  });

  await t.test('the page itself gets nothing of Node or of Weft', async () => {
    const names = ['process', 'require', 'module', 'Buffer', 'global', 'setImmediate', 'weft'];
    assert.deepEqual(
      await win.page((all) => all.filter((name) => name in window), [...names, 'binding']),
      [],
    );
  });

  await t.test('SharedWorker stays WebKit’s, without Node', async () => {
    const types = await win.page(async () => {
      const { port } = new SharedWorker('shared.js');
      port.start();
      return (await next(port)).data;
    });
    assert.deepEqual(types, WEB);
  });

  await t.test('a reload and a navigation give the next document its own', async () => {
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
    assert.deepEqual(await win.page(look), NODE);
    await win.load('frame.html');
    assert.deepEqual(await win.page(look), NODE);
  });

  await t.test('subframes keep WebKit’s Worker', async () => {
    await win.load('frames.html');
    const found = await win.page(async () => {
      const source = `(async () => {
        const worker = new Worker('types.js');
        const { data } = await new Promise((resolve) => { worker.onmessage = resolve; });
        return data;
      })()`;
      const typeIn = async ({ Worker, URL, Blob }) => {
        const url = URL.createObjectURL(new Blob(['postMessage(typeof process)']));
        return (await next(new Worker(url))).data;
      };
      const { 0: file, 1: inline } = frames;
      const created = document.body.appendChild(document.createElement('iframe'));
      return {
        isFirst: [file, inline].map(({ firstWorker, Worker }) => firstWorker === Worker),
        types: await file.eval(source),
        typeInOthers: await Promise.all([inline, created.contentWindow].map(typeIn)),
      };
    });
    assert.deepEqual(found, {
      ...{ isFirst: [true, true], types: WEB, typeInOthers: ['undefined', 'undefined'] },
    });
  });

  await t.test('a page from elsewhere has no Node, and one line says so', async () => {
    const url = await win.main(async ({ require }) => {
      const server = require('node:http').createServer((request, response) => {
        const isScript = request.url === '/w.js';
        response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
        response.end(isScript ? 'postMessage(typeof process)' : '<title>Far</title>');
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.2', resolve));
      return `http://127.0.0.2:${server.address().port}/`;
    });
    await win.main(({ contents }, id, address) => contents(id).loadURL(address), url);
    assert.equal(
      await win.page(async () => {
        const worker = new Worker('/w.js');
        return new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
      }),
      'undefined',
    );
    assert.match(lab.stderr, /^weft: warning: http:\/\/127\.0\.0\.2:\d+\/ has no Node: .*\n$/);
  });
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('app.enableSandbox() is above every window', async (t) => {
  const main = require('node:fs').readFileSync(require.resolve('../support/lab/main'), 'utf8');
  const lab = await startLab(t, {
    ...FILES,
    'main.js': `require('electron').app.enableSandbox(); ${main}`,
  });
  const win = await lab.open({ nodeIntegrationInWorker: true, sandbox: false });
  assert.deepEqual(await win.page(look), WEB);
  assert.equal(lab.processesNamed('weft-worker-host').length, 0);
  await lab.close();
});
