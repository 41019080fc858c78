'use strict';

/*
 * What a worker's script finds: globals, modules, timers, its end. Functions passed to `page` run in
 * a page, those passed to `run` and `runAlone` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { builtinModules } = require('node:module');
const { pathToFileURL } = require('node:url');
const { startLab } = require('../support/lab');
const { until, workerCount } = require('../support/processes');

const ODD_NAME = 'a b#c?d%20é日本.js';

const FILES = {
  'facts.js': `postMessage({
      filename: __filename, dirname: __dirname, own: module.filename, paths: module.paths,
      sibling: require('./sibling'), json: require('./sibling.json').value,
      exports: typeof exports, resolved: require.resolve('./sibling'),
      isGlobal: globalThis.module === module && self.require === require,
    });`,
  'sub/facts.js': `postMessage({ dirname: __dirname, up: require('../sibling'),
    packaged: require('packaged'), deep: require('packaged/deep') });`,
  'sibling.js': `module.exports = 'sibling of ' + require('node:path').basename(__dirname);`,
  'sibling.json': '{"value":7}',
  'node_modules/packaged/package.json': '{"main":"start.js"}',
  'node_modules/packaged/start.js': `exports.name = 'packaged';`,
  'node_modules/packaged/deep.js': `module.exports = 'deep';`,
  'node_modules/esm-only/package.json': '{"type":"module","exports":"./start.js"}',
  'node_modules/esm-only/start.js': `export default 'esm-only';`,
  [ODD_NAME]: `postMessage([__filename, location.href, location.pathname, location.search,
    location.hash, require('./sibling')]);`,
  'module.mjs': `import fs from 'node:fs';
    import { basename } from 'node:path';
    import esm from 'esm-only';
    import packaged from 'packaged';
    import { value } from './value.mjs';
    const late = await import('./value.mjs');
    const { sep } = await import('node:path');
    onmessage = ({ data }) => postMessage([data, typeof fs.readFileSync,
      basename(import.meta.filename), import.meta.url === location.href, esm, packaged.name, value,
      late.value, sep, typeof process, this === undefined]);`,
  'asks.mjs': `
    const end = Date.now() + 50;
    while (Date.now() < end); // all have come when it listens
    const next = () => new Promise((resolve) =>
      addEventListener('message', ({ data }) => resolve(data), { once: true }));
    const seen = [await next(), await next()];
    while (seen.at(-1) !== 'last') seen.push(await next());
    postMessage(seen);`,
  'late.mjs': `
    await new Promise((resolve) => setTimeout(resolve, 20));
    onmessage = ({ data }) => postMessage(data);`,
  'value.mjs': `export const value = 'value';`,
  'early.js': `const seen = [];
    const end = Date.now() + 50;
    while (Date.now() < end); // what is posted meanwhile must wait
    onmessage = ({ data }) => { seen.push(data); if (data === 'last') postMessage(seen); };`,
  'close.js': `process.on('exit', (code) => postMessage('exit ' + code));
    setTimeout(() => postMessage('a timer after close'), 0);
    setImmediate(() => postMessage('an immediate after close'));
    onmessage = ({ data }) => {
      postMessage('got ' + data);
      close();
      close();
      postMessage('still in the task');
      Promise.resolve().then(() => postMessage('still its microtasks'));
    };`,
};

test('the global scope of a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('has Node’s globals, and no exports', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => [
          typeof process,
          typeof setImmediate,
          typeof global,
          typeof Buffer,
          typeof require,
          typeof module,
          typeof clearImmediate,
          typeof __filename,
          typeof __dirname,
          typeof exports,
          global === globalThis,
          process.versions.node.split('.')[0],
        ]),
      ),
      [
        ...['object', 'function', 'object', 'function', 'function', 'object', 'function'],
        ...['string', 'string', 'undefined', true, process.versions.node.split('.')[0]],
      ],
    );
  });

  await t.test('has the web’s globals that a worker has, and none of a window', async () => {
    const names = [
      ...['fetch', 'Response', 'Request', 'Headers', 'FormData', 'EventSource', 'URL'],
      ...['URLSearchParams', 'TextEncoder', 'TextDecoder', 'AbortController', 'Blob', 'File'],
      ...['EventTarget', 'Event', 'MessageEvent', 'ErrorEvent', 'CustomEvent', 'DOMException'],
      ...['MessageChannel', 'MessagePort', 'BroadcastChannel', 'ReadableStream', 'WebSocket'],
      ...['structuredClone', 'queueMicrotask', 'atob', 'btoa', 'reportError'],
      ...['PromiseRejectionEvent', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope'],
    ];
    assert.deepEqual(
      await win.page(
        (all) =>
          runAlone(
            (list) => list.filter((name) => typeof globalThis[name] !== 'function'),
            all,
          ),
        names,
      ),
      [],
    );
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => [
          typeof performance.now(),
          typeof crypto.subtle,
          typeof WebAssembly.instantiate,
          typeof navigator.userAgent,
          typeof window,
          typeof document,
          new Headers({ a: 'b' }).get('A'),
          new Response('', { status: 200 }).status,
          new Request('http://localhost/', { method: 'POST' }).method,
        ]),
      ),
      ['number', 'object', 'function', 'string', 'undefined', 'undefined', 'b', 200, 'POST'],
    );
  });

  await t.test('EventSource is one that works', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          const source = new EventSource('http://127.0.0.1:9/');
          const found = [typeof source.url, typeof source.readyState, typeof source.withCredentials];
          source.close();
          return found;
        }),
      ),
      ['string', 'number', 'boolean'],
    );
  });

  await t.test('process.type is worker, whatever is written to it', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          new Function('process.type = "renderer"')();
          return [process.type, Object.keys(process).includes('type')];
        }),
      ),
      ['worker', true],
    );
  });

  await t.test('self is the global object, a DedicatedWorkerGlobalScope', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => [
          self === globalThis,
          self instanceof DedicatedWorkerGlobalScope,
          self instanceof WorkerGlobalScope,
          self instanceof EventTarget,
          Object.prototype.toString.call(self),
          (() => {
            try {
              return new DedicatedWorkerGlobalScope();
            } catch (error) {
              return error instanceof TypeError;
            }
          })(),
        ]),
      ),
      [true, true, true, true, '[object DedicatedWorkerGlobalScope]', true],
    );
  });

  await t.test('name is the one that the constructor was given', async () => {
    assert.deepEqual(
      await win.page(async () => {
        const names = [];
        for (const options of [{ name: 'crunch é' }, { name: 12 }, {}, undefined]) {
          const worker = new Worker('worker-tool.js', options);
          names.push(await run(worker, () => self.name));
          worker.terminate();
        }
        return names;
      }),
      ['crunch é', '12', '', ''],
    );
  });

  await t.test('location has the fields of the script’s address, to read', async () => {
    const { found, base } = await win.page(async () => {
      const worker = new Worker('worker-tool.js?q=1&r=%20#hash');
      const fields = await run(worker, () => {
        try {
          location.href = 'http://elsewhere/';
        } catch {
          // as good as ignoring it
        }
        const { href, protocol, host, hostname, port, pathname, search, hash, origin } = location;
        return [href, `${location}`, protocol, host, hostname, port, pathname, search, hash, origin];
      });
      worker.terminate();
      return { found: fields, base: document.URL };
    });
    const url = new URL('worker-tool.js?q=1&r=%20#hash', base);
    assert.deepEqual(found, [
      ...[url.href, url.href, 'file:', '', '', '', url.pathname, '?q=1&r=%20', '#hash', 'file://'],
    ]);
  });

  await t.test('addEventListener and friends work bare, with all that they take', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          const log = [];
          const object = { handleEvent: (event) => log.push(`object ${event.type}`) };
          const gone = () => log.push('removed');
          addEventListener('x', ({ target, currentTarget }) =>
            log.push(target === self && currentTarget === self),
          );
          addEventListener('x', object);
          self.addEventListener('x', gone);
          addEventListener('x', () => log.push('once'), { once: true });
          removeEventListener('x', gone);
          dispatchEvent(new Event('x'));
          dispatchEvent(new Event('x'));
          return log;
        }),
      ),
      [true, 'object x', 'once', true, 'object x'],
    );
  });

  await t.test('onmessage is a handler among the listeners, in its place', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          const log = [];
          addEventListener('message', () => log.push('before'));
          self.onmessage = () => log.push('first handler');
          addEventListener('message', () => log.push('after'));
          onmessage = function (event) {
            log.push(`handler ${this === self} ${event.data}`);
          };
          const readBack = typeof onmessage;
          dispatchEvent(new MessageEvent('message', { data: 1 }));
          onmessage = 'no function';
          dispatchEvent(new MessageEvent('message', { data: 2 }));
          return [readBack, onmessage, ...log];
        }),
      ),
      ['function', null, 'before', 'handler true 1', 'after', 'before', 'after'],
    );
  });

  await t.test('a message is a MessageEvent with the standard’s fields', async () => {
    assert.deepEqual(
      await win.page(async () => {
        const worker = startTool();
        await run(worker, () => {
          addEventListener('message', (event) => {
            if (event.data !== 'look') return;
            const { type, data, origin, lastEventId, source, ports, target } = event;
            postMessage([
              ...[event instanceof MessageEvent, event.constructor === MessageEvent, type, data],
              ...[origin, lastEventId, source, ports.length, target === self],
              ...[`${event}`, event.bubbles, event.cancelable],
            ]);
          });
        });
        return ask(worker, 'look');
      }),
      [
        ...[true, true, 'message', 'look', '', '', null, 0, true],
        ...['[object MessageEvent]', false, false],
      ],
    );
  });
  await lab.close();
});

test('timers of a worker', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();

  await t.test('global timers have numbers, those of node:timers objects', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() => {
          const timers = require('node:timers');
          const [a, b, c] = [
            setTimeout(() => {}, 1e6),
            setInterval(() => {}, 1e6),
            timers.setTimeout(() => {}, 1e6),
          ];
          clearTimeout(a);
          clearInterval(b);
          clearTimeout(c);
          return [typeof a, a > 0, typeof b, a !== b, typeof c, setTimeout.name, setInterval.name];
        }),
      ),
      ['number', true, 'number', true, 'object', 'setTimeout', 'setInterval'],
    );
  });

  await t.test('a number clears its timer, also from within it', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(async () => {
          const log = [];
          const cleared = setTimeout(() => log.push('cleared'), 1);
          clearTimeout(cleared);
          clearTimeout(`${cleared}`);
          clearTimeout(undefined);
          clearTimeout(987654321);
          const crossed = setInterval(() => log.push('crossed'), 1);
          clearTimeout(crossed); // the standard has one list for both
          let count = 0;
          await new Promise((resolve) => {
            const id = setInterval(() => {
              if (++count < 3) return;
              clearInterval(id);
              setTimeout((...values) => resolve(log.push(...values)), 5, 'a', 'b');
            }, 1);
          });
          return [count, ...log];
        }),
      ),
      [3, 'a', 'b'],
    );
  });
  await lab.close();
});

test('modules of a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();
  const folder = path.join(lab.app.home, 'app');

  await t.test('__filename, module.paths and require are those of a file script', async () => {
    const found = await win.page(async () => (await next(new Worker('facts.js?x#y'))).data);
    const { paths } = found;
    delete found.paths;
    assert.deepEqual(found, {
      filename: path.join(folder, 'facts.js'),
      dirname: folder,
      own: path.join(folder, 'facts.js'),
      sibling: 'sibling of app',
      json: 7,
      exports: 'undefined',
      resolved: path.join(folder, 'sibling.js'),
      isGlobal: true,
    });
    assert.equal(paths[0], path.join(folder, 'node_modules'));
    assert.deepEqual(paths, /** @type {any} */ (require('node:module'))._nodeModulePaths(folder));
  });

  await t.test('require is relative to the script, not to the page', async () => {
    const found = await win.page(async () => (await next(new Worker('sub/facts.js'))).data);
    assert.deepEqual(found, {
      dirname: path.join(folder, 'sub'),
      up: 'sibling of app',
      packaged: { name: 'packaged' },
      deep: 'deep',
    });
  });

  await t.test('file names may have spaces, #, ?, % and other alphabets', async () => {
    const found = await win.page(
      async (name) => (await next(new Worker(`${encodeURIComponent(name)}?s=1#h`))).data,
      ODD_NAME,
    );
    const url = new URL(`${encodeURIComponent(ODD_NAME)}?s=1#h`, pathToFileURL(`${folder}/`));
    assert.deepEqual(found, [
      ...[path.join(folder, ODD_NAME), url.href, url.pathname, '?s=1', '#h', 'sibling of app'],
    ]);
  });

  await t.test('a blob script runs, though it is revoked right after the constructor', async () => {
    const { found, base } = await win.page(async () => {
      const worker = fromText(`postMessage([location.protocol, location.href.startsWith('blob:'),
        location.origin, typeof process, __filename, __dirname, require('packaged').name,
        require('./sibling'), 'é日本']);`);
      return { found: (await next(worker)).data, base: document.URL };
    });
    assert.deepEqual(found, [
      ...['blob:', true, 'file://', 'object', path.join(folder, 'page.html'), folder],
      ...['packaged', 'sibling of app', 'é日本'],
    ]);
    assert.equal(base, pathToFileURL(path.join(folder, 'page.html')).href);
  });

  await t.test('every built-in module loads', async () => {
    const found = await win.page(() =>
      runAlone(() => {
        const { builtinModules: names } = require('node:module');
        const failed = names.filter((name) => {
          try {
            return require(name) === undefined;
          } catch ({ code }) {
            // Node has this one only in a process's main thread.
            return name !== 'trace_events' || code !== 'ERR_TRACE_EVENTS_UNAVAILABLE';
          }
        });
        return { names, failed };
      }),
    );
    assert.deepEqual(found.failed, []);
    assert.deepEqual(found.names, builtinModules, 'the same list as outside of Weft');
  });

  await t.test('built-in modules that do something work: fs, net, processes, zlib', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const { readFile } = require('node:fs/promises');
        const { promisify } = require('node:util');
        const run = promisify(require('node:child_process').execFile);
        const zlib = require('node:zlib');
        const crypto = require('node:crypto');
        const server = require('node:http').createServer((request, response) =>
          response.end(`answer to ${request.url}`),
        );
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const answer = await fetch(`http://127.0.0.1:${server.address().port}/question`);
        const text = await answer.text();
        server.close();
        return [
          (await readFile(__filename, 'utf8')).length > 0,
          (await run('echo', ['from a process'])).stdout,
          (await promisify(zlib.gunzip)(zlib.gzipSync('zipped'))).toString(),
          crypto.createHash('sha256').update('').digest('hex').slice(0, 8),
          text,
        ];
      }),
    );
    assert.deepEqual(found, [
      ...[true, 'from a process\n', 'zipped', 'e3b0c442', 'answer to /question'],
    ]);
  });

  await t.test('worker_threads starts threads, and knows nothing of Weft’s', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const { Worker, isMainThread, parentPort, threadId } = require('node:worker_threads');
        const thread = new Worker(
          `const { parentPort, workerData } = require('node:worker_threads');
           parentPort.postMessage([workerData, process.type, typeof location]);`,
          { eval: true, workerData: 'data' },
        );
        const { once } = require('node:events');
        const ended = once(thread, 'exit'); // may come in the same turn as the message
        const [data] = await once(thread, 'message');
        await ended;
        return [isMainThread, parentPort, threadId > 0, ...data];
      }),
    );
    assert.deepEqual(found, [false, null, true, 'data', undefined, 'undefined']);
  });

  await t.test('require(electron) succeeds, and using a module of it names the module', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const names = ['electron', 'electron/renderer', 'electron/common', 'electron/main'];
        const all = names.map((name) => require(name));
        const imported = await import('electron');
        return {
          same: all.every((one) => one === all[0]) && imported.default === all[0],
          names: Object.keys(all[0]),
          errors: ['shell', 'contextBridge', 'BrowserWindow', 'ipcMain'].map((name) => {
            try {
              return `${name} is there`;
            } finally {
              try {
                all[0][name];
              } catch (error) {
                return error.message.startsWith(`electron.${name} is not available in a worker`);
              }
            }
          }),
        };
      }),
    );
    assert.ok(found.same);
    assert.ok(found.names.includes('ipcRenderer') && found.names.includes('contextBridge'));
    assert.deepEqual([...new Set(found.errors)], [true]);
  });

  await t.test('a module worker imports node:, packages and files, and awaits', async () => {
    const found = await win.page(async () =>
      ask(new Worker('module.mjs', { type: 'module' }), 'posted before it ran'),
    );
    assert.deepEqual(found, [
      ...['posted before it ran', 'function', 'module.mjs', true, 'esm-only', 'packaged', 'value'],
      ...['value', '/', 'object', true],
    ]);
  });

  await t.test('a module worker may await messages at its top level, and loses none', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('asks.mjs', { type: 'module' });
      for (let i = 0; i < 100; i++) worker.postMessage(i);
      return ask(worker, 'last');
    });
    assert.deepEqual(found, [...Array.from({ length: 100 }, (_, i) => i), 'last']);
  });

  await t.test('a module worker that listens only after an await loses no message', async () => {
    const found = await win.page(() => ask(new Worker('late.mjs', { type: 'module' }), 'early'));
    assert.equal(found, 'early');
  });

  await t.test('a module worker may come from a blob', async () => {
    const found = await win.page(async () =>
      ask(
        fromText(
          `import { basename } from 'node:path';
           onmessage = ({ data }) => postMessage([basename(data), typeof require]);`,
          { type: 'module' },
        ),
        '/a/b é',
      ),
    );
    assert.deepEqual(found[0], 'b é');
  });

  await t.test('a classic script imports modules at run time', async () => {
    const found = await win.page(() =>
      runAlone(async () => [
        (await import('./value.mjs')).value,
        typeof (await import('node:fs')).readFile,
        (await import('esm-only')).default,
        (await import('packaged')).default.name,
      ]),
    );
    assert.deepEqual(found, ['value', 'function', 'esm-only', 'packaged']);
  });

  await t.test('workers share no module state', async () => {
    const found = await win.page(async () => {
      const [a, b] = [startTool(), startTool()];
      const count = () => (require('./sibling.json').value += 1);
      return [await run(a, count), await run(b, count), await run(a, count)];
    });
    assert.deepEqual(found, [8, 8, 9]);
  });
  await lab.close();
});

test('the life of a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const win = await lab.open();

  await t.test('what is posted before the script runs comes after it, in order', async () => {
    const found = await win.page(async () => {
      const worker = new Worker('early.js');
      for (let i = 0; i < 1000; i++) worker.postMessage(i);
      return ask(worker, 'last');
    });
    assert.deepEqual(found, [...Array.from({ length: 1000 }, (_, i) => i), 'last']);
  });

  await t.test('close() ends it after the task, whose messages arrive', async () => {
    const log = await win.page(async () => {
      const worker = new Worker('close.js');
      const seen = [];
      const ended = new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          seen.push(data);
          if (data.startsWith('exit')) resolve();
        };
      });
      worker.onerror = ({ message }) => seen.push(`error ${message}`);
      worker.postMessage('one');
      worker.postMessage('two');
      await ended;
      worker.postMessage('nobody is there');
      worker.terminate();
      return seen;
    });
    assert.deepEqual(
      log.filter((line) => !/^an? \w+ after close/.test(line)),
      ['got one', 'still in the task', 'still its microtasks', 'exit 0'],
    );
  });

  await t.test('process.exit(3) ends the worker alone, and runs its exit listeners', async () => {
    const log = await win.page(async () => {
      const other = startTool();
      await run(other, () => {});
      const worker = startTool();
      const seen = [];
      worker.onerror = ({ message }) => seen.push(`error ${message}`);
      await run(worker, () => {
        addEventListener('message', ({ data }) => {
          if (data !== 'exit') return;
          process.on('exit', (code) => postMessage(`exit ${code}`));
          process.exit(3);
        });
      });
      seen.push(await ask(worker, 'exit'));
      seen.push(await run(other, () => 'the other lives'));
      other.terminate();
      return seen;
    });
    assert.deepEqual(log, ['exit 3', 'the other lives']);
  });

  await t.test('a thousand last messages before process.exit() all arrive', async () => {
    const count = await win.page(async () => {
      const worker = fromText(`
        for (let i = 0; i < 1000; i++) postMessage('x'.repeat(i));
        process.on('exit', () => postMessage('end'));
        process.exit(0);`);
      let messages = 0;
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
          if (data === 'end') resolve();
          else if (data.length === messages) messages++;
        };
      });
      return messages;
    });
    assert.equal(count, 1000);
  });

  await t.test('an exit listener that throws harms nobody', async () => {
    const answer = await win.page(async () => {
      const other = startTool();
      await run(other, () => {});
      const worker = fromText(`process.on('exit', () => { throw new Error('at exit'); });
        onmessage = () => close();`);
      worker.onerror = (event) => event.preventDefault();
      worker.postMessage('go');
      const later = startTool();
      return [await run(other, () => 'lives'), await run(later, () => 'starts')];
    });
    assert.deepEqual(answer, ['lives', 'starts']);
  });

  await t.test('its thread is gone after close(), process.exit() and terminate()', async () => {
    const own = await lab.open(); // with no other workers
    const host = await own.page(() => runAlone(() => process.pid));
    for (const how of ['close()', 'process.exit(5)', 'terminate']) {
      await own.page(
        async (end) => {
          window.workers = Array.from({ length: 5 }, startTool);
          await Promise.all(workers.map((worker) => run(worker, () => {})));
          window.endAll = () => {
            for (const worker of workers) {
              if (end === 'terminate') worker.terminate();
              else worker.postMessage({ source: `() => ${end}`, args: [] });
            }
          };
        },
        how,
      );
      await until('the spare has started', () => workerCount(host) === 6);
      await own.page(() => endAll());
      await until(`5 threads fewer after ${how}`, () => workerCount(host) === 1);
    }
  });
  await lab.close();
});
