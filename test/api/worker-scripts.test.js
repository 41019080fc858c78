'use strict';

/*
 * Where a worker's scripts come from: files, blobs, data:, the app's own protocol, http. Functions
 * passed to `page` run in a page, those passed to `run` and `runAlone` in a worker of it:
 * test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Module } = require('node:module');
const path = require('node:path');
const { startLab } = require('../support/lab');
const { OWN_PROTOCOL, openOwn } = require('../support/own-protocol');
const { until, workerCount } = require('../support/processes');

/** What a script knows of itself. */
const FACTS = `({
  href: location.href, origin: location.origin, selfOrigin: self.origin, secure: isSecureContext,
  filename: __filename, dirname: __dirname, paths: module.paths,
  relative: require('./sibling'), packaged: require('packaged').name,
})`;

const FILES = {
  ...OWN_PROTOCOL,
  'facts.js': `postMessage(${FACTS});`,
  'facts.mjs': `
    import fs, { existsSync } from 'node:fs';
    import { name } from 'packaged';
    import { value } from './module.mjs';
    import data from './data.json' with { type: 'json' };
    const later = await import('./later.mjs');
    const builtin = await import('path');
    postMessage({
      ...${FACTS}, url: import.meta.url, existsSync: existsSync === fs.existsSync, name, value, data,
      later: later.default, joined: builtin.join('a', 'b'), resolved: import.meta.resolve('./x.js'),
      folder: import.meta.dirname,
      strict: (function () { return this === undefined; })(),
    });`,
  'module.mjs': `export const value = 'module ' + new URL(import.meta.url).pathname.split('/').pop();`,
  'later.mjs': `export default 'later';`,
  'data.json': '{"a":1}',
  'sibling.js': `module.exports = 'sibling';`,
  'first.js': `self.order = [...(self.order ?? []), 'first']; const lexical = 'seen';`,
  'second.js': `self.order.push('second ' + lexical + ' ' + location.pathname.split('/').pop());`,
  'secret.js': `importScripts('/secret-import.js'); import('/secret.mjs').then((module) =>
    postMessage([imported, module.default]));`,
  'secret-import.js': `self.imported = 'imported'`,
  'secret.mjs': `export default 'module'`,
  'count.js': `self.count = (self.count ?? 0) + 1;`,
  'imports.js': `importScripts('./first.js'); postMessage([...order, location.protocol]);`,
  'throws.js': `self.ran = true;\nthrow new RangeError('from the script');`,
  'bad-syntax.js': `let = ;`,
  'with-mark.js': `\ufeffself.marked = 'é日本';`,
  'node_modules/packaged/package.json': '{"main":"start.js"}',
  'node_modules/packaged/start.js': `exports.name = 'packaged';`,
};

/** What http serves; the rest of the app's folder is not there. */
function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const send = (type, body, status = 200) =>
    response.writeHead(status, { 'content-type': type, connection: 'close' }).end(body);
  const fs = require('node:fs');
  const file = require('node:path').join(process.argv[1], pathname);
  const types = {
    html: 'text/html',
    js: 'text/javascript',
    mjs: 'text/javascript',
    json: 'application/json',
  };
  response.setHeader('set-cookie', 'known=yes; Path=/');
  if (pathname.startsWith('/secret') && request.headers.cookie !== 'known=yes') {
    send('text/javascript', '', 403);
  } else if (pathname === '/elsewhere.js') {
    response
      .writeHead(302, { location: `http://localhost:${request.socket.localPort}/facts.js` })
      .end();
  } else if (pathname === '/moved.js') {
    response.writeHead(302, { location: '/facts.js?moved' }).end();
  } else if (pathname === '/text.js') {
    send('text/plain', 'postMessage(1)');
  } else if (fs.existsSync(file)) {
    send(types[pathname.split('.').pop()], fs.readFileSync(file));
  } else {
    send('text/javascript', 'postMessage("the body of an error")', 404);
  }
}

/** Starts the server in the main process. @returns {Promise<string>} its origin */
function startServer(lab) {
  return lab.main(async ({ require }, source) => {
    const listener = new Function('require', `return (${source})`)(require);
    global.server = require('node:http').createServer(listener).listen(0, '127.0.0.1');
    await require('node:events').once(global.server, 'listening');
    return `http://127.0.0.1:${global.server.address().port}`;
  }, `${serve}`);
}

test('a worker’s own script', async (t) => {
  const lab = await startLab(t, FILES);
  const folder = path.join(lab.app.home, 'app');
  const paths = /** @type {any} */ (Module)._nodeModulePaths(folder);
  const origin = await startServer(lab);
  const fromFile = await lab.open();
  const fromOwn = await openOwn(lab);
  const fromHTTP = await openOwn(lab, undefined, `${origin}/page.html`);

  const facts = (win, ...given) =>
    win.page(async (...values) => (await next(new Worker(...values))).data, ...given);
  const common = {
    ...{ dirname: folder, relative: 'sibling', packaged: 'packaged', paths, secure: true },
  };

  await t.test('of a file', async () => {
    const found = await facts(fromFile, 'facts.js?q#h');
    assert.deepEqual(found, {
      ...{ ...common, href: `file://${folder}/facts.js?q#h`, filename: `${folder}/facts.js` },
      ...{ origin: 'file://', selfOrigin: 'file://' },
    });
  });

  await t.test('of the app’s own protocol', async () => {
    assert.deepEqual(await facts(fromOwn, 'facts.js?q#h'), {
      ...{ ...common, href: 'app://lab/facts.js?q#h', filename: `${folder}/worker.js` },
      ...{ origin: 'app://lab', selfOrigin: 'app://lab' },
    });
  });

  await t.test('of http, from a page on this machine', async () => {
    assert.deepEqual(await facts(fromHTTP, 'facts.js?q#h'), {
      ...{ ...common, href: `${origin}/facts.js?q#h`, filename: `${folder}/worker.js` },
      ...{ origin, selfOrigin: origin },
    });
  });

  await t.test('of a data: address', async () => {
    const source = `postMessage(${FACTS});`;
    const url = `data:text/javascript,${encodeURIComponent(source)}`;
    assert.deepEqual(await facts(fromFile, url), {
      ...{ ...common, href: url, filename: `${folder}/page.html` },
      ...{ origin: 'null', selfOrigin: 'null' },
    });
  });

  for (const [name, win, filename] of [
    ['file', fromFile, 'page.html'],
    ['own protocol', fromOwn, 'worker.js'],
    ['http', fromHTTP, 'worker.js'],
  ]) {
    await t.test(`of a blob of a page of ${name}`, async () => {
      const { found, page } = await win.page(async (text) => {
        const { data } = await next(fromText(text));
        return { found: data, page: location.origin };
      }, FILES['facts.js']);
      assert.match(found.href, /^blob:/);
      const expected = { ...common, filename: `${folder}/${filename}`, selfOrigin: page };
      assert.deepEqual({ ...found, href: '', origin: '' }, { ...expected, href: '', origin: '' });
      assert.equal(found.origin, page);
    });
  }

  await t.test('is at its new address after a redirect', async () => {
    assert.equal((await facts(fromHTTP, '/moved.js')).href, `${origin}/facts.js?moved`);
  });

  await t.test('of http is asked for with the page’s cookies, and what it imports', async () => {
    assert.deepEqual(await facts(fromHTTP, '/secret.js'), ['imported', 'module']);
  });

  for (const [why, win, url] of [
    ['a file that is not there', fromFile, 'none.js'],
    ['a file of the own protocol that is not there', fromOwn, 'none.js'],
    ['a status of 404', fromHTTP, '/none.js'],
    ['a redirect to another origin', fromHTTP, '/elsewhere.js'],
    ['a MIME type that is not JavaScript’s', fromHTTP, '/text.js'],
    ['a broken data: address', fromFile, 'data:text/javascript;base64,%%%'],
  ]) {
    await t.test(`${why} is a plain error event at the page`, async () => {
      const found = await win.page(async (address) => {
        const worker = new Worker(address);
        const event = await next(worker, 'error');
        return [event instanceof ErrorEvent, event.type, event.message ?? null];
      }, url);
      assert.deepEqual(found, [false, 'error', null]);
    });
  }

  await t.test('a module: of a file, of the own protocol, of http', async () => {
    for (const [win, base] of [
      [fromFile, `file://${folder}`],
      [fromOwn, 'app://lab'],
      [fromHTTP, origin],
    ]) {
      const found = await facts(win, 'facts.mjs?m', { type: 'module' });
      assert.equal(found.url, `${base}/facts.mjs?m`);
      const { existsSync, name, value, data, later, joined, resolved, strict } = found;
      assert.deepEqual(
        { existsSync, name, value, data, later, joined, resolved, strict },
        {
          ...{ existsSync: true, name: 'packaged', value: 'module module.mjs', data: { a: 1 } },
          ...{ later: 'later', joined: 'a/b', resolved: `${base}/x.js`, strict: true },
        },
      );
      assert.deepEqual([found.relative, found.packaged], ['sibling', 'packaged']);
      assert.equal(found.folder, win === fromFile ? folder : undefined);
    }
  });

  await t.test('a module of a blob and of a data: address', async () => {
    const source = `import { name } from 'packaged'; import 'node:fs';
      const other = await import(URL.createObjectURL(
        new Blob(['export default import.meta.url'], { type: 'text/javascript' })));
      postMessage([import.meta.url === location.href, name, other.default.split(':')[0],
        await import('./x.js').catch((error) => error.name)]);`;
    const data = `data:text/javascript,${encodeURIComponent(source)}`;
    const ofBlob = (text) => next(fromText(text, { type: 'module' })).then((event) => event.data);
    for (const win of [fromFile, fromOwn, fromHTTP]) {
      assert.deepEqual(await win.page(ofBlob, source), [true, 'packaged', 'blob', 'TypeError']);
    }
    assert.deepEqual(await facts(fromFile, data, { type: 'module' }), [
      ...[true, 'packaged', 'blob', 'TypeError'],
    ]);
  });

  await t.test(
    'a classic script may import modules of other schemes, and require goes on',
    async () => {
      const found = await fromFile.page(async (http) => {
        const worker = startTool();
        return run(
          worker,
          async (address) => {
            const { Module } = require('node:module');
            Module._extensions['.made'] = (module) => {
              module.exports = 'made';
            };
            require('node:fs').writeFileSync(require('node:path').join(__dirname, 'x.made'), '');
            const before = [require('./x.made'), require('packaged').name];
            const { value } = await import(`${address}/module.mjs`);
            const own = await import('app://lab/module.mjs').catch((error) => error.name);
            delete require.cache[require.resolve('./x.made')];
            delete require.cache[require.resolve('packaged')];
            const data = require('./data.json');
            return [...before, value, own, require('./x.made'), require('packaged').name, data];
          },
          http,
        );
      }, origin);
      assert.deepEqual(found, [
        ...['made', 'packaged', 'module module.mjs', 'TypeError', 'made', 'packaged', { a: 1 }],
      ]);
    },
  );

  await t.test('a module that cannot be found is an error at the page', async () => {
    const message = await fromOwn.page(async () => {
      const worker = fromText(`import 'app://lab/none.mjs';`, { type: 'module' });
      return (await next(worker, 'error')).message;
    });
    assert.match(message, /Failed to load module script 'app:\/\/lab\/none.mjs'/);
  });
  await lab.main(() => void global.server.close());
  await lab.close();
});

test('importScripts', async (t) => {
  const lab = await startLab(t, FILES);
  const origin = await startServer(lab);
  const windows = {
    file: await lab.open(),
    'own protocol': await openOwn(lab),
    http: await openOwn(lab, undefined, `${origin}/page.html`),
  };
  const win = windows.file;

  for (const [name, window] of Object.entries(windows)) {
    await t.test(`runs scripts of ${name}, in order, in the global scope`, async () => {
      assert.deepEqual(
        await window.page(() =>
          runAlone(() => {
            const result = importScripts('first.js', './second.js?x', 'with-mark.js');
            return [result, order, marked];
          }),
        ),
        [undefined, ['first', 'second seen worker-tool.js'], 'é日本'],
      );
    });
  }

  await t.test('takes blobs of the worker and of the page, data: and other origins', async () => {
    const found = await windows['own protocol'].page(async (http) => {
      const make = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      const ofPage = make(`self.ofPage = location.protocol`);
      return runAlone(
        (blob, other) => {
          const own = URL.createObjectURL(new Blob(['self.own = 1']));
          importScripts(blob, own, 'data:text/javascript,self.data%20=%202', `${other}/first.js`);
          return [ofPage, self.own, self.data, order];
        },
        ofPage,
        http,
      );
    }, origin);
    assert.deepEqual(found, ['app:', 1, 2, ['first']]);
  });

  await t.test('throws the standard’s errors', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const thrown = (...urls) => {
          try {
            return importScripts(...urls);
          } catch ({ name, message, code, constructor }) {
            return [name, message.replace(/file:.*\//, ''), code ?? null, constructor.name];
          }
        };
        const where = "Failed to execute 'importScripts' on 'WorkerGlobalScope'";
        const none = thrown('first.js', 'none.js');
        return {
          url: thrown('first.js', 'http://a b'),
          ranBefore: self.order,
          none,
          expected: [
            ['SyntaxError', `${where}: The URL 'http://a b' is invalid.`, 12, 'DOMException'],
            [
              'NetworkError',
              `${where}: The script at 'none.js' failed to load.`,
              19,
              'DOMException',
            ],
          ],
          script: thrown('throws.js'),
          ran: self.ran,
          syntax: thrown('bad-syntax.js')[0],
        };
      }),
    );
    assert.deepEqual([found.url, found.none], found.expected);
    assert.deepEqual(found.ranBefore, ['first'], 'the first of the second call alone');
    assert.deepEqual(found.script, ['RangeError', 'from the script', null, 'RangeError']);
    assert.deepEqual([found.ran, found.syntax], [true, 'SyntaxError']);
  });

  await t.test('an error in an imported script is reported with its file and line', async () => {
    const found = await win.page(async () => {
      const worker = new Worker(
        `data:text/javascript,${encodeURIComponent(
          `importScripts(${JSON.stringify(new URL('throws.js', document.baseURI).href)})`,
        )}`,
      );
      return describeEvent(await next(worker, 'error'));
    });
    assert.deepEqual(found, {
      ...{ type: 'error', message: 'Uncaught RangeError: from the script' },
      ...{ file: 'throws.js', lineno: 2 },
    });
  });

  await t.test('is a TypeError in a module', async () => {
    assert.deepEqual(
      await win.page(async () => {
        const worker = fromText(
          `try { importScripts('x.js') } catch ({ name, message }) { postMessage([name, message]) }`,
          { type: 'module' },
        );
        return (await next(worker)).data;
      }),
      [
        'TypeError',
        "Failed to execute 'importScripts' on 'WorkerGlobalScope': Module scripts don't support importScripts().",
      ],
    );
  });

  await t.test('messages that come while it waits for the page follow, in order', async () => {
    const found = await windows['own protocol'].page(async () => {
      const worker = fromText(`
        const seen = [];
        onmessage = ({ data }) => {
          if (data === 'import') {
            for (let i = 0; i < 20; i++) importScripts('app://lab/count.js?' + i);
            seen.push('imported ' + count);
          } else if (data === 'end') postMessage(seen);
          else seen.push(data.byteLength ?? data);
        };`);
      const answer = next(worker);
      worker.postMessage('import');
      for (let i = 0; i < 5; i++) {
        worker.postMessage(i);
        const large = new ArrayBuffer(100_000 + i);
        worker.postMessage(large, [large]);
        worker.postMessage('import');
      }
      worker.postMessage('end');
      return (await answer).data;
    });
    const expected = ['imported 20'];
    for (let i = 0; i < 5; i++) expected.push(i, 100_000 + i, `imported ${20 * (i + 2)}`);
    assert.deepEqual(found, expected);
  });

  await t.test('a worker’s worker imports from where it comes from, too', async () => {
    for (const [name, window] of Object.entries(windows)) {
      const found = await window.page(async () => {
        const text = `importScripts('first.js'); postMessage([...order, location.protocol]);`;
        const blob = URL.createObjectURL(new Blob([`importScripts(self.base + 'first.js');`]));
        return runAlone(
          async (source, ofPage) => {
            const outcome = (worker) =>
              new Promise((resolve) => {
                worker.onmessage = ({ data }) => resolve(data);
                worker.onerror = ({ message }) => resolve(message);
              });
            const base = new URL('.', location).href;
            const own = URL.createObjectURL(
              new Blob([source.replace("'first.js'", `'${base}first.js'`)]),
            );
            self.base = base;
            importScripts(ofPage);
            return [await outcome(new Worker(own)), await outcome(new Worker('imports.js')), order];
          },
          text,
          blob,
        );
      });
      const { protocol } = new URL({ file: 'file:', 'own protocol': 'app:', http: origin }[name]);
      assert.deepEqual(found, [['first', 'blob:'], ['first', protocol], ['first']], name);
    }
  });

  await t.test(
    'a worker that waits for the page is ended by terminate(), and with its page',
    async () => {
      const window = await openOwn(lab);
      const host = await window.page(() => runAlone(() => process.pid));
      await lab.main(() => {
        global.answer = (request, url) =>
          url.pathname === '/never.js' ? new Promise(() => {}) : undefined;
      });
      const startAndWait = () =>
        window.page(async () => {
          const wait = `postMessage('waits'); importScripts('app://lab/never.js');`;
          window.waiting = Array.from({ length: 3 }, () => fromText(wait));
          await Promise.all(waiting.map((worker) => next(worker)));
        });
      await startAndWait();
      await until('three workers and a spare', () => workerCount(host) === 4);
      await window.page(() => waiting.forEach((worker) => worker.terminate()));
      await until('only the spare is left', () => workerCount(host) === 1);
      await startAndWait();
      const gone = window.event('render-process-gone');
      process.kill(await window.processId(), 'SIGKILL');
      await gone;
      await until('the host has ended', () => workerCount(host) === 0);
    },
  );
  await lab.main(() => void global.server.close());
  await lab.close();
});
