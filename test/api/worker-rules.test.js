'use strict';

/*
 * Which frames get workers with Node, beside what test/api/isolation.test.js has: subframes, origins,
 * the sandbox switches, the other kinds of workers and worklets, and what a page may not make itself.
 * Functions passed to `page` run in a page, those passed to `run` in a worker: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { startLab, PAGE } = require('../support/lab');
const { OWN_PROTOCOL, openOwn } = require('../support/own-protocol');
const { until, workerCount } = require('../support/processes');

const NODE = ['object', 'function', 'object', 'function'];
const WEB = Array(4).fill('undefined');

const TYPES = '[typeof process, typeof setImmediate, typeof global, typeof Buffer]';
const IN_SUB_FRAMES = { nodeIntegrationInWorker: true, nodeIntegrationInSubFrames: true };

const FILES = {
  'types.js': `postMessage(${TYPES});`,
  'shared.js': `onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => port.postMessage(data === 'types' ? ${TYPES} : data);
  };`,
  'echo.js': 'onmessage = ({ data }) => postMessage(data);',
  'service.js': `onmessage = ({ source }) => source.postMessage(${TYPES});`,
  'busy.js': `setInterval(() => postMessage('tick'), 1); for (let i = 0; i < 1e6; i++);`,
  'spin.js': `postMessage('spins'); for (;;);`,
  'processor.js': `registerProcessor('silence', class extends AudioWorkletProcessor {
    process() { return true; }
  });`,
  'frame.html': PAGE,
  // Says on demand what its workers have, to whoever can't look into it.
  'tells.html': `<!doctype html><script>onmessage = ({ source }) => {
    const text = 'postMessage(typeof process)';
    const worker = new Worker(URL.createObjectURL(new Blob([text])));
    worker.onmessage = ({ data }) => source.postMessage(data, '*');
    worker.onerror = () => source.postMessage('error', '*');
  };</script>`,
  'nested.html': `${PAGE}<iframe src="frame.html"></iframe>`,
  'frames.html': `${PAGE}
    <iframe id="file" src="frame.html"></iframe>
    <iframe id="nested" src="nested.html"></iframe>
    <iframe id="sandboxed" sandbox="allow-scripts" src="frame.html"></iframe>
    <iframe id="srcdoc" srcdoc="<!doctype html>inline"></iframe>
    <iframe id="data" src="data:text/html,<!doctype html>data"></iframe>
    <iframe id="blank"></iframe>`,
};

/** Runs in a page: what a worker of this window has. */
const typesIn = (/** @type {any} */ frame) =>
  new Promise((resolve, reject) => {
    const worker = new frame.Worker('types.js');
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message ?? 'cannot be loaded'));
  });

/** A server in the main process that has the files of this test, or answers a page. */
async function serve(/** @type {any} */ { require }, /** @type {string} */ host, /** @type {object} */ files) {
  const server = require('node:http').createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const text = files[pathname.slice(1)];
    response.setHeader('content-type', pathname.endsWith('.js') ? 'text/javascript' : 'text/html');
    if (text === undefined) response.statusCode = 404;
    response.end(text ?? 'none');
  });
  await new Promise((resolve) => server.listen(0, host, resolve));
  return `http://${host}:${server.address().port}/`;
}

/** What it needs to be served. */
const served = () => ({
  ...FILES,
  'page.html': PAGE,
  'page-tools.js': fs.readFileSync(require.resolve('../support/lab/page-tools.js'), 'utf8'),
  'worker-tool.js': fs.readFileSync(require.resolve('../support/lab/worker-tool.js'), 'utf8'),
});

const go = (/** @type {any} */ win, /** @type {string} */ url) =>
  win.main((/** @type {any} */ { contents }, /** @type {number} */ id, /** @type {string} */ address) =>
    contents(id).loadURL(address), url);

test('workers of subframes', async (t) => {
  const lab = await startLab(t, FILES);

  await t.test('are WebKit’s own without nodeIntegrationInSubFrames', async () => {
    const win = await lab.open(undefined, 'frames.html');
    const found = await win.page(async (types) => {
      const typesIn = (0, eval)(types);
      const { file, nested } = document.all;
      const inner = nested.contentWindow.frames[0];
      return [
        await typesIn(window),
        await typesIn(file.contentWindow),
        await typesIn(inner),
        [file.contentWindow, inner].map(({ Worker }) => Worker !== window.Worker),
      ];
    }, `${typesIn}`);
    assert.deepEqual(found, [NODE, WEB, WEB, [true, true]]);
  });

  await t.test('have Node with it, in frames that are the app’s', async () => {
    const win = await lab.open(IN_SUB_FRAMES, 'frames.html');
    const found = await win.page(async (types) => {
      const typesIn = (0, eval)(types);
      const { file, nested } = document.all;
      const windows = [window, file, nested].map((one) => one.contentWindow ?? one);
      windows.push(nested.contentWindow.frames[0]);
      const all = [];
      for (const one of windows) all.push(await typesIn(one));
      const first = windows.slice(1).map(({ firstWorker, Worker }) => firstWorker === Worker);
      return [all, first, new Set(windows.map(({ Worker }) => Worker)).size];
    }, `${typesIn}`);
    assert.deepEqual(found, [Array(4).fill(NODE), [true, true, true], 4]);
  });

  await t.test('but not in frames without an address or an origin of the app’s', async () => {
    const win = await lab.open(IN_SUB_FRAMES, 'frames.html');
    const found = await win.page(async () => {
      const isNative = (frame) => new frame.Worker(frame.URL.createObjectURL(
        new frame.Blob([`postMessage(typeof process)`])));
      const { srcdoc, blank } = document.all;
      const made = document.body.appendChild(document.createElement('iframe'));
      const answers = [];
      for (const { contentWindow } of [srcdoc, blank, made]) {
        answers.push((await next(isNative(contentWindow))).data);
      }
      return answers;
    });
    assert.deepEqual(found, Array(3).fill('undefined'));

    const told = await win.page(async (text) => {
      const frame = (attributes) => Object.assign(document.createElement('iframe'), attributes);
      const answers = [];
      for (const one of [
        frame({ src: 'tells.html' }),
        frame({ sandbox: 'allow-scripts', src: 'tells.html' }),
        frame({ sandbox: 'allow-scripts', srcdoc: text }),
        frame({ src: `data:text/html,${text}` }),
        frame({ src: URL.createObjectURL(new Blob([text], { type: 'text/html' })) }),
      ]) {
        document.body.append(one);
        await next(one, 'load');
        const answer = next(window);
        one.contentWindow.postMessage('go', '*');
        answers.push((await answer).data);
      }
      return answers;
    }, FILES['tells.html']);
    assert.deepEqual(told, ['object', ...Array(4).fill('undefined')]);
  });

  await t.test('end with their frame, and when it gets another document', async () => {
    const win = await lab.open(IN_SUB_FRAMES);
    const host = await win.page(() => runAlone(() => process.pid));
    await win.page(async () => {
      window.frame = document.createElement('iframe');
      frame.src = 'frame.html';
      document.body.append(frame);
      await next(frame, 'load');
      window.kept = frame.contentWindow; // does not keep its workers
      window.startIn = async (child) => {
        for (let i = 0; i < 3; i++) await next(new child.Worker('spin.js'));
      };
      await startIn(kept);
    });
    await until('three and the spare', () => workerCount(host) === 4);
    await win.page(async () => {
      frame.contentWindow.location.reload();
      await next(frame, 'load');
    });
    await until('a reload ends them', () => workerCount(host) === 1);
    await win.page(() => startIn(frame.contentWindow));
    await until('three and the spare again', () => workerCount(host) === 4);
    await win.page(() => frame.remove());
    await until('so does taking the frame away', () => workerCount(host) === 1);
    assert.equal(await win.page(() => runAlone(() => 'others start')), 'others start');
  });
  await lab.close();
});

test('where pages come from', async (t) => {
  const lab = await startLab(t, FILES);

  await t.test('loopback pages have Node, and their scripts come from the server', async () => {
    const url = await lab.main(serve, '127.0.0.1', served());
    const win = await lab.open(undefined, null);
    await go(win, `${url}page.html`);
    assert.deepEqual(await win.page(`() => (${typesIn})(window)`), NODE);
  });

  await t.test('their workers come from their own origin, or from texts of theirs', async () => {
    const [url, other] = [await lab.main(serve, '127.0.0.1', served()),
      await lab.main(serve, '127.0.0.1', served())];
    const win = await lab.open(undefined, null);
    await go(win, `${url}page.html`);
    const found = await win.page(async (elsewhere) => {
      const refused = ['file:///etc/hostname', `${elsewhere}types.js`, 'app://lab/types.js',
        location.href.replace('127.0.0.1', 'localhost')].map((one) =>
        thrownBy(() => new Worker(one)),
      );
      const text = 'postMessage(typeof process)';
      const started = [`data:text/javascript,${text}`, URL.createObjectURL(new Blob([text]))];
      const types = [];
      for (const one of started) types.push((await next(new Worker(one))).data);
      return [refused.map(({ name, message }) => [name, message.includes(`origin '${origin}'`)]), types];
    }, other);
    assert.deepEqual(found, [Array(4).fill(['SecurityError', true]), ['object', 'object']]);
  });

  await t.test('a page of elsewhere has none in its frames, even in those that are local', async () => {
    const local = await lab.main(serve, '127.0.0.1', served());
    const far = await lab.main(serve, '127.0.0.3', {
      'page.html': `<!doctype html><iframe src="${local}tells.html"></iframe>`,
    });
    const ask = () =>
      new Promise((resolve) => {
        onmessage = ({ data }) => resolve(data);
        frames[0].postMessage('go', '*');
      });
    const win = await lab.open(IN_SUB_FRAMES, null);
    await go(win, `${far}page.html`);
    assert.equal(await win.page(ask), 'undefined');
    const inNowhere = await lab.main(serve, '127.0.0.1', {
      'page.html': `<!doctype html><iframe src="data:text/html,<iframe src='${local}tells.html'>"></iframe>`,
    });
    await go(win, `${inNowhere}page.html`);
    assert.equal(
      await win.page(
        () =>
          new Promise((resolve) => {
            onmessage = ({ data }) => resolve(data);
            frames[0][0].postMessage('go', '*');
          }),
      ),
      'undefined',
      'local in a frame without an origin in local',
    );
    const inLocal = await lab.main(serve, '127.0.0.1', {
      'page.html': `<!doctype html><iframe src="${local}tells.html"></iframe>`,
    });
    await go(win, `${inLocal}page.html`);
    assert.equal(await win.page(ask), 'object', 'local in local');
  });

  await t.test('a document in a sandbox of its policy has none, wherever it comes from', async () => {
    const url = await lab.main(async ({ require }) => {
      const server = require('node:http').createServer((request, response) => {
        response.setHeader('content-type', 'text/html');
        response.setHeader('content-security-policy', 'sandbox allow-scripts');
        response.end('<!doctype html>');
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${server.address().port}/`;
    });
    const win = await lab.open(undefined, null);
    await go(win, url);
    const found = await win.page(async () => {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(typeof process)'])));
      return [origin, await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)))];
    });
    assert.deepEqual(found, ['null', 'undefined']);
  });

  await t.test('nodeOrigins names exact origins', async () => {
    const [one, other] = [await lab.main(serve, '127.0.0.4', served()),
      await lab.main(serve, '127.0.0.4', served())];
    const origin = new URL(one).origin;
    const win = await lab.open({ nodeIntegrationInWorker: true, nodeOrigins: [origin] }, null);
    await go(win, `${one}page.html`);
    assert.deepEqual(await win.page(`() => (${typesIn})(window)`), NODE);
    await go(win, `${other}page.html`); // another port
    assert.deepEqual(await win.page(`() => (${typesIn})(window)`), WEB);
    await go(win, `${one}page.html`);
    assert.deepEqual(await win.page(`() => (${typesIn})(window)`), NODE);
  });

  await t.test('nodeOrigins that are no origins are refused with the value', async () => {
    const messages = await lab.main(({ BrowserWindow }, all) =>
      all.map((nodeOrigins) => {
        try {
          new BrowserWindow({ show: false, webPreferences: { nodeOrigins } });
          return 'none';
        } catch (error) {
          return `${error.name}: ${error.message}`;
        }
      }),
      ['https://a.example', [7], ['a.example'], ['*'], ['https://a.example/path'],
        ['https://*.example:x'], ['https://user@a.example'], ['blob:https://a.example']],
    );
    assert.match(messages[0], /^TypeError: webPreferences\.nodeOrigins must be an array$/);
    for (const [index, value] of [[1, '7'], [2, 'a.example'], [3, '*'], [4, 'https://a.example/path']]) {
      assert.equal(messages[index],
        `TypeError: webPreferences.nodeOrigins: '${value}' is not an origin such as 'https://app.example'`);
    }
    assert.ok(messages.every((message) => message !== 'none'), messages.join('\n'));
  });
  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('pages of the app’s own protocol have Node, and so have their frames if they may', async (t) => {
  const lab = await startLab(t, { ...FILES, ...OWN_PROTOCOL });
  for (const [preferences, expected] of [
    [{ nodeIntegrationInWorker: true }, [NODE, WEB]],
    [IN_SUB_FRAMES, [NODE, NODE]],
    [{}, [WEB, WEB]],
  ]) {
    const win = await openOwn(lab, preferences, 'app://lab/nested.html');
    const found = await win.page(
      `async () => [await (${typesIn})(window), await (${typesIn})(frames[0])]`,
    );
    assert.deepEqual(found, expected);
  }
  await lab.close();
});

test('nested workers have what their window has', async (t) => {
  const nest = (/** @type {number} */ depth) =>
    depth === 0
      ? `postMessage(${TYPES});`
      : `new Worker(URL.createObjectURL(new Blob([${JSON.stringify(nest(depth - 1))}])))
          .onmessage = ({ data }) => postMessage(data);`;
  const lab = await startLab(t, { ...FILES, 'nest.js': nest(3) });
  for (const [preferences, expected] of [
    [{}, WEB],
    [{ nodeIntegrationInWorker: true, sandbox: true }, WEB],
    [{ nodeIntegrationInWorker: true }, NODE],
  ]) {
    const win = await lab.open(preferences);
    assert.deepEqual(await win.page(async () => (await next(new Worker('nest.js'))).data), expected);
  }
  await lab.close();
});

test('SharedWorker and ServiceWorker', async (t) => {
  const lab = await startLab(t, FILES);

  for (const [name, preferences] of Object.entries({
    'without the flag': {},
    'with the flag': { nodeIntegrationInWorker: true, nodeIntegration: true, contextIsolation: false },
  })) {
    await t.test(`a shared worker ${name} works, and has no Node`, async () => {
      const win = await lab.open(preferences);
      const found = await win.page(async () => {
        const { port } = new SharedWorker('shared.js');
        port.start();
        return [await ask(port, { ping: [1] }), await ask(port, 'types')];
      });
      assert.deepEqual(found, [{ ping: [1] }, WEB]);
    });

    await t.test(`a service worker ${name} works, and has no Node`, async () => {
      const url = await lab.main(serve, '127.0.0.1', served());
      const win = await lab.open(preferences, null);
      await go(win, `${url}page.html`);
      const found = await win.page(async () => {
        await navigator.serviceWorker.register('service.js');
        const { active } = await navigator.serviceWorker.ready;
        const answer = next(navigator.serviceWorker);
        navigator.serviceWorker.startMessages();
        active.postMessage('types');
        return (await answer).data;
      });
      assert.deepEqual(found, WEB);
    });
  }
  await lab.close();
});

for (const [how, start] of Object.entries({
  'weft --enable-sandbox': { options: ['--enable-sandbox'] },
  'the app’s --enable-sandbox': { args: ['--enable-sandbox'] },
})) {
  test(`${how} is above every window`, async (t) => {
    const lab = await startLab(t, FILES, start);
    for (const preferences of [IN_SUB_FRAMES, { nodeIntegrationInWorker: true, sandbox: false }]) {
      const win = await lab.open(preferences);
      assert.deepEqual(await win.page(`() => (${typesIn})(window)`), WEB);
    }
    assert.equal(lab.processesNamed('weft-worker-host').length, 0);
    await lab.close();
  });
}

test('a page cannot make itself more', async (t) => {
  const lab = await startLab(t, FILES);

  await t.test('by what it finds in its frames, its workers, or on its window', async () => {
    const win = await lab.open({});
    const found = await win.page(async () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const { contentWindow } = frame;
      return [
        ['weft', 'binding', 'options'].filter((name) => name in window || name in contentWindow),
        (await ask(new Worker('echo.js'), 1)) === 1,
      ];
    });
    assert.deepEqual(found, [[], true]);
    assert.equal(lab.processesNamed('weft-worker-host').length, 0);
  });
  await lab.close();
});

test('inside a worker', async (t) => {
  const main = fs.readFileSync(require.resolve('../support/lab/main'), 'utf8');
  const lab = await startLab(t, {
    ...FILES,
    'main.js': `process.dlopen = () => { throw new Error('not in the main process'); }; ${main}`,
  });
  const win = await lab.open();

  await t.test('process.dlopen is its own: one replaced in main or elsewhere does not leak', async () => {
    const found = await win.page(async () => {
      const [one, other] = [startTool(), startTool()];
      const load = () => {
        const module = { exports: {} };
        try {
          process.dlopen(module, '/no/such/file.node');
          return 'loaded';
        } catch ({ message }) {
          return message;
        }
      };
      await run(one, () => {
        process.dlopen = () => {
          throw new Error('not in this worker');
        };
      });
      const found = [await run(one, load), await run(other, load), await runAlone(load)];
      const required = await run(one, () => {
        const file = require('node:path').join(require('node:os').tmpdir(), `weft-${process.pid}.node`);
        require('node:fs').writeFileSync(file, '');
        try {
          require(file);
          return 'loaded';
        } catch ({ message }) {
          return message;
        } finally {
          require('node:fs').unlinkSync(file);
        }
      });
      return [...found, required];
    });
    assert.deepEqual([found[0], found[3]], ['not in this worker', 'not in this worker']);
    for (const message of [found[1], found[2]]) assert.match(message, /\/no\/such\/file\.node/);
  });

  await t.test('require(electron) can be felt out, and each module says what to use instead', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const electron = require('electron');
        const messages = {};
        for (const name of Object.keys(electron)) {
          try {
            void electron[name];
          } catch (error) {
            messages[name] = error.message;
          }
        }
        const { main, remote } = { main: 'BrowserWindow' in electron, remote: electron.remote };
        return [typeof electron, typeof electron.ipcRenderer.send, main, remote, messages];
      }),
    );
    const [type, send, hasMain, remote, messages] = found;
    assert.deepEqual([type, send, hasMain, remote ?? 'none'], ['object', 'function', true, 'none']);
    assert.deepEqual(Object.keys(messages).sort(), [
      ...['clipboard', 'contextBridge', 'crashReporter', 'nativeImage', 'sharedTexture', 'shell'],
      ...['webFrame', 'webUtils'],
    ]);
    for (const [name, message] of Object.entries(messages)) {
      assert.match(message, new RegExp(`^electron\\.${name} is not available in a worker: `));
    }
    assert.match(messages.shell, /ipcRenderer\.invoke/);
    assert.equal(new Set(Object.values(messages).map((text) => text.split(': ')[1])).size > 3, true);
  });
  await lab.close();
});

test('reload and exit with workers and worklets at work', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open(IN_SUB_FRAMES, 'nested.html', { show: true });
  const start = async () => {
    for (let i = 0; i < 4; i++) await next(new Worker(i % 2 ? 'spin.js' : 'busy.js'));
    for (let i = 0; i < 2; i++) await next(new frames[0].Worker('busy.js'));
    const context = new AudioContext();
    await context.audioWorklet.addModule('processor.js');
    new AudioWorkletNode(context, 'silence').connect(context.destination);
    return context.audioWorklet !== undefined;
  };
  for (let i = 0; i < 3; i++) {
    assert.equal(await win.page(start), true);
    await win.main(({ contents }, id) => contents(id).reload());
    await win.event('did-finish-load');
  }
  const host = await win.page(() => runAlone(() => process.pid));
  await until('their threads have ended', () => workerCount(host) === 1);
  assert.equal(await win.page(start), true);
  await lab.close(); // exit code 0, nothing on stderr, no process left
});
