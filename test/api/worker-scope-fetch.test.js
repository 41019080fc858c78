'use strict';

/*
 * fetch, XMLHttpRequest and FileReader in a worker. Functions passed to `page` run in a page, those
 * passed to `run` and `runAlone` in a worker of it: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');
const { OWN_PROTOCOL, openOwn } = require('../support/own-protocol');

const FILES = {
  ...OWN_PROTOCOL,
  'text.txt': 'é text',
  'data.json': '{"a":[1,2]}',
  'latin1.txt': 'plain',
};

/** A server that says what it got, and answers slowly or wrongly on request. */
async function startServer(lab) {
  return lab.main(async ({ require }) => {
    const server = require('node:http').createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const { method, url, headers } = request;
      const head = { connection: 'close', 'content-type': 'application/json', 'x-a': 'b' };
      if (url === '/never') return;
      if (url === '/worker-tool.js' || url === '/page-tools.js' || url === '/page.html') {
        const type = url.endsWith('.js') ? 'text/javascript' : 'text/html';
        const file = require('node:path').join(process.argv[1], url);
        response.writeHead(200, { ...head, 'content-type': type });
        response.end(require('node:fs').readFileSync(file));
        return;
      }
      if (url === '/events') {
        response.writeHead(200, { ...head, 'content-type': 'text/event-stream' });
        response.write('data: é event\n\n');
        return;
      }
      if (url === '/latin1') {
        response.writeHead(200, { ...head, 'content-type': 'text/plain; charset=iso-8859-1' });
        response.end(Buffer.from([0xe9, 0x80]));
      } else if (url === '/moved') {
        response.writeHead(302, { ...head, location: '/there' }).end();
      } else if (url === '/cut') {
        response.writeHead(200, { ...head, 'content-length': '100' }).write('begin');
        setImmediate(() => response.destroy());
      } else {
        const text = JSON.stringify({ method, url, headers, body: body.toString('latin1') });
        response.writeHead(url === '/404' ? 404 : 200, head).end(text);
      }
    });
    global.server = server.listen(0, '127.0.0.1');
    await require('node:events').once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  });
}

test('fetch in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const origin = await startServer(lab);
  const windows = {
    file: await lab.open(),
    own: await openOwn(lab),
  };

  for (const [name, base] of [
    ['file', 'file:'],
    ['own', 'app:'],
  ]) {
    await t.test(`reads what is beside a script of ${name}`, async () => {
      const found = await windows[name].page(() =>
        runAlone(async () => {
          const response = await fetch('text.txt');
          const { ok, redirected, status, type, url } = response;
          const copy = response.clone();
          return {
            ...{ ok, redirected, status, type, protocol: new URL(url).protocol },
            ...{
              mime: response.headers.get('content-type'),
              isResponse: response instanceof Response,
            },
            ...{ text: await response.text(), copy: await copy.text(), same: copy.url === url },
            json: await (await fetch(new URL('data.json', location))).json(),
            request: await (await fetch(new Request('./text.txt'))).text(),
          };
        }),
      );
      assert.deepEqual(found, {
        ...{ ok: true, redirected: false, status: 200, type: 'basic', protocol: base },
        ...{ mime: 'text/plain', isResponse: true, text: 'é text', copy: 'é text', same: true },
        ...{ json: { a: [1, 2] }, request: 'é text' },
      });
    });
  }

  await t.test('reads blobs of the worker and of the page, data: and http', async () => {
    const found = await windows.file.page(async (http) => {
      const ofPage = URL.createObjectURL(new Blob(['of the page'], { type: 'a/b' }));
      return runAlone(
        async (blob, server) => {
          const own = URL.createObjectURL(new Blob(['own'], { type: 'c/d' }));
          const all = [blob, own, 'data:e/f,data', `${server}/x`].map(async (url) => {
            const response = await fetch(url);
            return [response.headers.get('content-type'), (await response.text()).slice(0, 12)];
          });
          return Promise.all(all);
        },
        ofPage,
        http,
      );
    }, origin);
    assert.deepEqual(found, [
      ['a/b', 'of the page'],
      ['c/d', 'own'],
      ['e/f', 'data'],
      ['application/json', '{"method":"G'],
    ]);
  });

  await t.test('the handler of the own protocol gets method, headers and body', async () => {
    await lab.main(() => {
      global.answer = async (request, url) =>
        url.pathname === '/echo'
          ? Response.json([request.method, request.headers.get('x-a'), await request.text()])
          : undefined;
    });
    assert.deepEqual(
      await windows.own.page(() =>
        runAlone(async () => {
          const init = { method: 'POST', headers: { 'x-a': 'b' }, body: 'é body' };
          return (await fetch('/echo', init)).json();
        }),
      ),
      ['POST', 'b', 'é body'],
    );
  });

  await t.test('EventSource, WebSocket and Request take relative addresses', async () => {
    const win = await openOwn(lab, undefined, `${origin}/page.html`);
    assert.deepEqual(
      await win.page(() =>
        runAlone(async () => {
          const source = new EventSource('/events');
          const { data } = await new Promise((resolve) =>
            source.addEventListener('message', resolve),
          );
          source.close();
          const socket = new WebSocket('/socket');
          socket.close();
          const { pathname } = new URL(source.url);
          const request = new Request('x');
          return [
            ...[data, pathname, new URL(socket.url).pathname, new URL(request.url).pathname],
            ...[source instanceof EventSource, socket.constructor === WebSocket],
            ...[request instanceof Request, EventSource.name, WebSocket.CLOSED],
          ];
        }),
      ),
      ['é event', '/events', '/socket', '/x', true, true, true, 'EventSource', 3],
    );
  });

  await t.test('WebAssembly compiles while a response comes', async () => {
    // The smallest module: its magic number and its version.
    const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    await lab.main(({ require }, data) => {
      const file = require('node:path').join(process.argv[1], 'empty.wasm');
      require('node:fs').writeFileSync(file, Buffer.from(data));
    }, bytes);
    for (const win of Object.values(windows)) {
      assert.equal(
        await win.page(() =>
          runAlone(async () => {
            const { instance } = await WebAssembly.instantiateStreaming(fetch('empty.wasm'));
            return instance instanceof WebAssembly.Instance;
          }),
        ),
        true,
      );
    }
  });

  await t.test('fails as in browsers, and can be aborted', async () => {
    const found = await windows.own.page(
      (http) =>
        runAlone(async (server) => {
          const failure = (...given) =>
            fetch(...given).then(
              ({ status }) => status,
              ({ name, message }) => `${name}: ${message.slice(0, 15)}`,
            );
          const signal = AbortSignal.abort();
          return [
            await failure('none.txt'),
            await failure('file:///none.txt'),
            await failure('unknown-scheme://x/'),
            await failure('text.txt', { signal }),
            await failure(`${server}/404`),
            await failure('file:///etc/hostname', { method: 'POST', body: 'x' }),
            typeof fetch,
            fetch.name,
          ];
        }, http),
      origin,
    );
    assert.deepEqual(found, [
      'TypeError: Failed to fetch',
      'TypeError: Failed to fetch',
      'TypeError: Failed to fetch',
      'AbortError: This operation ',
      404,
      'TypeError: Failed to fetch',
      'function',
      'fetch',
    ]);
  });
  await lab.main(() => {
    global.server.closeAllConnections();
    global.server.close();
  });
  await lab.close();
});

test('XMLHttpRequest in a worker', async (t) => {
  const lab = await startLab(t, FILES);
  const origin = await startServer(lab);
  const files = await lab.open();
  const own = await openOwn(lab);

  await t.test('reads text, asynchronously and at once, of every scheme', async () => {
    for (const win of [files, own]) {
      const found = await win.page(async (http) => {
        const blob = URL.createObjectURL(new Blob(['of the page']));
        return runAlone(
          async (...urls) => {
            const all = [];
            for (const url of ['text.txt', ...urls]) {
              const late = new XMLHttpRequest();
              late.open('GET', url);
              await new Promise((resolve) => {
                late.onloadend = resolve;
                late.send();
              });
              const now = new XMLHttpRequest();
              now.open('GET', url, false);
              now.send();
              all.push([
                late.status,
                late.responseText === now.responseText,
                now.responseText.slice(0, 9),
              ]);
            }
            return all;
          },
          blob,
          'data:text/plain,data',
          `${http}/x`,
        );
      }, origin);
      assert.deepEqual(found, [
        [200, true, 'é text'],
        [200, true, 'of the pa'],
        [200, true, 'data'],
        [200, true, '{"method"'],
      ]);
    }
  });

  await t.test('sends bodies of every kind, and headers', async () => {
    const found = await files.page(
      (http) =>
        runAlone(async (url) => {
          const form = new FormData();
          form.append('field', 'value');
          form.append('file', new File(['content'], 'n.txt', { type: 'a/b' }));
          const bodies = [
            'é',
            new Uint8Array([1, 2]).buffer,
            new Uint8Array([0, 3, 4]).subarray(1),
            new Blob(['blob'], { type: 'x/y' }),
            new URLSearchParams('a=b c'),
            form,
          ];
          const sent = [];
          for (const isAsync of [true, false]) {
            for (const body of bodies) {
              const request = new XMLHttpRequest();
              request.open('post', url, isAsync);
              request.setRequestHeader('X-Given', 'one');
              request.setRequestHeader('x-given', 'two');
              request.responseType = 'json';
              const loaded = new Promise((resolve) => {
                request.onload = resolve;
              });
              request.send(body);
              await loaded;
              const { response } = request;
              const type =
                response.headers['content-type']?.replace(/boundary=.*/, 'boundary') ?? null;
              const text = response.body.replace(/-{4,}[\w-]+/g, 'boundary');
              sent.push([response.method, response.headers['x-given'], type, text]);
            }
          }
          return sent;
        }, `${http}/x`),
      origin,
    );
    const form =
      'boundary\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue\r\n' +
      'boundary\r\nContent-Disposition: form-data; name="file"; filename="n.txt"\r\n' +
      'Content-Type: a/b\r\n\r\ncontent\r\nboundary\r\n';
    const expected = [
      ['text/plain;charset=UTF-8', '\xc3\xa9'],
      [null, '\x01\x02'],
      [null, '\x03\x04'],
      ['x/y', 'blob'],
      ['application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
      ['multipart/form-data; boundary', form],
    ].map((rest) => ['POST', 'one, two', ...rest]);
    assert.deepEqual(found, [...expected, ...expected]);
  });

  await t.test('has every type of response, and the server’s headers', async () => {
    const found = await files.page(
      (http) =>
        runAlone(async (url) => {
          const get = (type, prepare = () => {}, path = 'text.txt') =>
            new Promise((resolve) => {
              const request = new XMLHttpRequest();
              request.open('GET', path);
              request.responseType = type;
              prepare(request);
              request.onload = () => resolve(request);
              request.send();
            });
          const buffer = (await get('arraybuffer')).response;
          const blobRequest = await get('blob');
          const blob = blobRequest.response;
          const json = await get('json', undefined, 'data.json');
          const moved = await get('text', undefined, `${url}/moved#hash`);
          const user = await get(
            '',
            (r) => r.overrideMimeType('text/plain; charset=x-user-defined'),
            `${url}/latin1`,
          );
          return {
            buffer: [buffer instanceof ArrayBuffer, buffer.byteLength],
            blob: [
              blob instanceof Blob,
              blob.type,
              await blob.text(),
              blobRequest.response === blob,
            ],
            json: [json.response, json.response === json.response],
            noJSON: (await get('json')).response,
            latin1: (await get('', undefined, `${url}/latin1`)).responseText,
            user: [...user.responseText].map((unit) => unit.charCodeAt(0)),
            moved: [moved.responseURL.replace(url, ''), JSON.parse(moved.response).url],
            headers: [
              moved.getResponseHeader('X-A'),
              moved.getResponseHeader('none'),
              moved.getAllResponseHeaders().includes('content-type: application/json\r\n'),
            ],
          };
        }, http),
      origin,
    );
    assert.deepEqual(found, {
      buffer: [true, 7],
      blob: [true, 'text/plain', 'é text', true],
      json: [{ a: [1, 2] }, true],
      noJSON: null,
      latin1: 'é€',
      user: [0xf7e9, 0xf780],
      moved: ['/there', '/there'],
      headers: ['b', null, true],
    });
  });

  await t.test('fires the events of the standard, in order', async () => {
    const found = await files.page(
      (http) =>
        runAlone(async (url) => {
          const trace = async (path, act = () => {}, body = null) => {
            const log = [];
            const request = new XMLHttpRequest();
            const names = ['loadstart', 'progress', 'abort', 'error', 'load', 'timeout', 'loadend'];
            request.onreadystatechange = () => log.push(request.readyState);
            for (const name of names) {
              request.addEventListener(name, () => log.push(name));
              request.upload[`on${name}`] = () => log.push(`upload ${name}`);
            }
            request.open(body === null ? 'GET' : 'POST', path);
            const ended = new Promise((resolve) => request.addEventListener('loadend', resolve));
            request.send(body);
            act(request);
            await ended;
            return [...log, request.status, request.readyState];
          };
          return {
            load: await trace(`${url}/x`),
            upload: await trace(`${url}/x`, undefined, 'body'),
            error: await trace('none.txt'),
            abort: await trace(`${url}/never`, (request) => request.abort()),
            timeout: await trace(`${url}/never`, (request) => {
              request.timeout = 20;
            }),
            cut: (await trace(`${url}/cut`)).slice(-4),
          };
        }, http),
      origin,
    );
    const load = [1, 'loadstart', 2, 3, 'progress', 'progress', 4, 'load', 'loadend', 200, 4];
    const upload = ['upload loadstart', 'upload progress', 'upload load', 'upload loadend'];
    assert.deepEqual(found, {
      load,
      upload: [...load.slice(0, 2), ...upload, ...load.slice(2)],
      error: [1, 'loadstart', 4, 'error', 'loadend', 0, 4],
      abort: [1, 'loadstart', 4, 'abort', 'loadend', 0, 0],
      timeout: [1, 'loadstart', 4, 'timeout', 'loadend', 0, 4],
      cut: ['error', 'loadend', 0, 4],
    });
  });

  await t.test('throws the standard’s errors', async () => {
    const found = await files.page(
      (http) =>
        runAlone((url) => {
          const thrown = (act) => {
            const request = new XMLHttpRequest();
            try {
              act(request);
              return 'nothing';
            } catch ({ name }) {
              return name;
            }
          };
          return [
            thrown((r) => r.send()),
            thrown((r) => r.open('GET', 'http://a b')),
            thrown((r) => r.open('A B', 'text.txt')),
            thrown((r) => r.open('TRACE', 'text.txt')),
            thrown((r) => r.setRequestHeader('a', 'b')),
            thrown((r) => {
              r.open('GET', 'text.txt');
              r.setRequestHeader('a b', 'c');
            }),
            thrown((r) => {
              r.open('GET', 'text.txt');
              r.responseType = 'blob';
              r.responseText;
            }),
            thrown((r) => {
              r.open('GET', 'none.txt', false);
              r.send();
            }),
            thrown((r) => {
              r.open('GET', `${url}/never`, false);
              r.timeout = 20;
              r.send();
            }),
            thrown(() => new XMLHttpRequestUpload()),
            thrown((r) => {
              r.responseType = 'nothing';
              r.open('GET', 'text.txt', false);
              r.send();
            }),
          ];
        }, http),
      origin,
    );
    assert.deepEqual(found, [
      ...['InvalidStateError', 'SyntaxError', 'SyntaxError', 'SecurityError', 'InvalidStateError'],
      ...[
        'SyntaxError',
        'InvalidStateError',
        'NetworkError',
        'TimeoutError',
        'TypeError',
        'nothing',
      ],
    ]);
  });

  await t.test('terminate() ends a synchronous request', async () => {
    const found = await files.page(async (http) => {
      const worker = startTool();
      await run(worker, () => {});
      worker.postMessage({
        source: `(url) => { const r = new XMLHttpRequest(); r.open('GET', url, false); r.send(); }`,
        args: [`${http}/never`],
      });
      worker.terminate();
      return runAlone(() => 'another starts');
    }, origin);
    assert.equal(found, 'another starts');
  });
  await lab.main(() => {
    global.server.closeAllConnections();
    global.server.close();
  });
  await lab.close();
});

test('FileReader and FileReaderSync in a worker', async (t) => {
  const lab = await startLab(t);
  const win = await lab.open();

  await t.test('read a Blob as everything', async () => {
    const found = await win.page(() =>
      runAlone(async () => {
        const blob = new Blob(['é\xff'], { type: 'text/plain' });
        const latin1 = new Blob([new Uint8Array([0xe9])], { type: 'text/plain; charset=latin1' });
        const read = (way, given, ...rest) =>
          new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result);
            reader[`readAs${way}`](given, ...rest);
          });
        const sync = new FileReaderSync();
        const all = [];
        for (const get of [read, (way, ...given) => sync[`readAs${way}`](...given)]) {
          const buffer = await get('ArrayBuffer', blob);
          all.push([
            [...new Uint8Array(buffer)],
            await get('Text', blob),
            await get('Text', latin1),
            await get('Text', latin1, 'latin1'),
            await get('BinaryString', blob),
            await get('DataURL', blob),
          ]);
        }
        return all;
      }),
    );
    const bytes = [0xc3, 0xa9, 0xc3, 0xbf];
    const binary = String.fromCharCode(...bytes);
    const url = `data:text/plain;base64,${Buffer.from(bytes).toString('base64')}`;
    const expected = [bytes, 'éÿ', 'é', 'é', binary, url];
    assert.deepEqual(found, [expected, expected]);
  });

  await t.test('fire the events of the standard', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(async () => {
          const log = [];
          const names = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];
          const reader = new FileReader();
          for (const name of names) {
            reader[`on${name}`] = (event) =>
              log.push(`${name} ${event.loaded} ${reader.readyState}`);
          }
          const ended = () =>
            new Promise((resolve) => reader.addEventListener('loadend', resolve, { once: true }));
          const done = ended();
          reader.readAsText(new Blob(['abc']));
          try {
            reader.readAsText(new Blob(['abc']));
          } catch ({ name }) {
            log.push(name);
          }
          await done;
          reader.readAsText(new Blob(['abc']));
          reader.abort();
          return [...log, reader.result, reader.error.name, FileReader.DONE, reader.EMPTY];
        }),
      ),
      [
        ...['InvalidStateError', 'loadstart 0 1', 'progress 3 1', 'load 3 2', 'loadend 3 2'],
        ...['abort 0 2', 'loadend 0 2', null, 'AbortError', 2, 0],
      ],
    );
  });

  await t.test('throw a TypeError for anything else than a Blob', async () => {
    assert.deepEqual(
      await win.page(() =>
        runAlone(() =>
          [new FileReader(), new FileReaderSync()].map((reader) => {
            try {
              return reader.readAsText('text');
            } catch ({ message }) {
              return message;
            }
          }),
        ),
      ),
      [
        "Failed to execute 'readAsText' on 'FileReader': parameter 1 is not of type 'Blob'.",
        "Failed to execute 'readAsText' on 'FileReaderSync': parameter 1 is not of type 'Blob'.",
      ],
    );
  });
  await lab.close();
});
