'use strict';

/*
 * `protocol`: pages of the app's own schemes. Functions passed to `page` run in a page, those passed to
 * `main` in the main process: test/support/lab.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');
const { OWN_PROTOCOL, openOwn } = require('../support/own-protocol');

test('protocol.handle', async (t) => {
  const lab = await startLab(t, { ...OWN_PROTOCOL, 'é b.txt': 'text of é b' });
  const win = await openOwn(lab);

  /** Says what the handler answers to app://lab/made/.... */
  const answerWith = (fn) =>
    lab.main((scope, source) => {
      const made = (0, eval)(`(${source})`);
      global.answer = (request, url) =>
        url.pathname.startsWith('/made/') ? made(request, url) : undefined;
    }, `${fn}`);

  await t.test('gives a page its address, its origin and a secure context', async () => {
    assert.deepEqual(
      await win.page(() => [
        location.href,
        location.origin,
        window.isSecureContext,
        document.body.textContent.trim(),
        typeof crypto.subtle,
        (localStorage.setItem('a', 'b'), localStorage.getItem('a')),
      ]),
      ['app://lab/page.html', 'app://lab', true, 'lab', 'object', 'b'],
    );
  });

  await t.test('the handler gets method, address, headers and body as a Request', async () => {
    await answerWith(async (request) =>
      Response.json({
        isRequest: request instanceof Request,
        method: request.method,
        url: request.url,
        header: request.headers.get('x-a'),
        type: request.headers.get('content-type'),
        body: await request.text(),
      }),
    );
    const ask = (init) =>
      win.page(async (given) => (await fetch('/made/x?q=1', given)).json(), init);
    assert.deepEqual(await ask({ headers: { 'X-A': 'value' } }), {
      ...{ isRequest: true, method: 'GET', url: 'app://lab/made/x?q=1', header: 'value' },
      ...{ type: null, body: '' },
    });
    const posted = await ask({ method: 'PUT', body: 'é body', headers: { 'content-type': 'a/b' } });
    assert.deepEqual([posted.method, posted.body, posted.type], ['PUT', 'é body', 'a/b']);
  });

  await t.test('the page gets status, headers and body of the Response', async () => {
    await answerWith(
      () =>
        new Response('made', {
          status: 404,
          statusText: 'Not Here',
          headers: { 'content-type': 'text/x-made; charset=utf-8', 'x-made': 'yes' },
        }),
    );
    assert.deepEqual(
      await win.page(async () => {
        const response = await fetch('/made/');
        const { headers, status, statusText } = response;
        const names = ['content-type', 'x-made'].map((name) => headers.get(name));
        return [status, statusText, ...names, await response.text()];
      }),
      [404, 'Not Here', 'text/x-made; charset=utf-8', 'yes', 'made'],
    );
  });

  await t.test('a body without a type has that of its address', async () => {
    await answerWith(() => new Response(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])));
    assert.deepEqual(
      await win.page(async () => {
        const { instance } = await WebAssembly.instantiateStreaming(fetch('/made/empty.wasm'));
        return [(await fetch('/made/none')).headers.get('content-type'), `${instance}`];
      }),
      [null, '[object WebAssembly.Instance]'],
    );
  });

  await t.test('a body streams: its first piece comes before its last is made', async () => {
    await answerWith((request, url) => {
      if (url.pathname.endsWith('/go')) {
        global.goOn();
        return new Response('');
      }
      const { promise, resolve } = Promise.withResolvers();
      global.goOn = resolve;
      async function* pieces() {
        yield new TextEncoder().encode('first');
        await promise;
        yield new TextEncoder().encode(' last');
      }
      return new Response(ReadableStream.from(pieces()), {
        headers: { 'content-type': 'text/plain' },
      });
    });
    assert.deepEqual(
      await win.page(async () => {
        const reader = (await fetch('/made/slow')).body.getReader();
        const decode = ({ value }) => new TextDecoder().decode(value);
        const first = decode(await reader.read());
        await fetch('/made/go');
        return [first, decode(await reader.read()), (await reader.read()).done];
      }),
      ['first', ' last', true],
    );
  });

  await t.test('a body that nobody wants any more is cancelled', async () => {
    await answerWith(() => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => global.cancelled(),
      });
      return new Response(body);
    });
    const cancelled = lab.main(
      () =>
        new Promise((resolve) => {
          global.cancelled = () => resolve('cancelled');
        }),
    );
    await win.page(async () => {
      const control = new AbortController();
      const { body } = await fetch('/made/endless', { signal: control.signal });
      await body.getReader().read();
      control.abort();
    });
    assert.equal(await cancelled, 'cancelled');
  });

  await t.test('large bodies arrive whole in both directions', async () => {
    await answerWith(async (request) => new Response(await request.arrayBuffer()));
    assert.deepEqual(
      await win.page(async () => {
        const sent = new Uint32Array(1 << 20).map((_, index) => index);
        const response = await fetch('/made/', { method: 'POST', body: sent });
        const got = new Uint32Array(await response.arrayBuffer());
        return [got.length, got.every((value, index) => value === index)];
      }),
      [1 << 20, true],
    );
  });

  await t.test('net.fetch gives files, by names of any alphabet, in ranges', async () => {
    assert.deepEqual(
      await win.page(async () => {
        const whole = await fetch(encodeURI('/é b.txt'));
        const part = await fetch(encodeURI('/é b.txt'), { headers: { range: 'bytes=5-6' } });
        const tail = await fetch(encodeURI('/é b.txt'), { headers: { range: 'bytes=-1' } });
        const none = await fetch(encodeURI('/é b.txt'), { headers: { range: 'bytes=99-' } });
        return [
          [whole.status, whole.headers.get('content-type'), await whole.text()],
          [part.status, part.headers.get('content-range'), await part.text()],
          [tail.status, await tail.text()],
          none.status,
        ];
      }),
      [[200, 'text/plain', 'text of é b'], [206, 'bytes 5-6/12', 'of'], [206, 'b'], 416],
    );
  });

  await t.test('net.fetch of a file heeds method and signal, and says its address', async () => {
    const large = path.join(lab.app.home, 'large.bin');
    fs.writeFileSync(large, Buffer.alloc(1 << 23));
    const found = await lab.main(async ({ require }, file) => {
      const { net } = require('electron');
      const url = `file://${file}`;
      const head = await net.fetch(url, { method: 'HEAD' });
      const { length } = await head.text();
      const control = new AbortController();
      const cut = await net.fetch(url, { signal: control.signal });
      control.abort();
      const name = (error) => error.name;
      const aborted = [
        await cut.arrayBuffer().catch(name),
        await net.fetch(url, { signal: control.signal }).catch(name),
      ];
      const through = await net.fetch(`${url}/x`).catch((error) => error.message);
      return [head.url === url, head.headers.get('content-length'), length, aborted, through];
    }, large);
    const aborted = ['AbortError', 'AbortError'];
    assert.deepEqual(found, [true, String(1 << 23), 0, aborted, 'net::ERR_FILE_NOT_FOUND']);
  });

  await t.test('a file that is not there fails the request, and nothing else', async () => {
    assert.match(
      await win.page(() => fetch('/none.txt').catch((error) => `${error}`)),
      /^TypeError/,
    );
    await assert.rejects(
      win.main(({ contents }, id) => contents(id).loadURL('app://lab/none.html')),
      /ERR_FILE_NOT_FOUND \(-6\) loading 'app:\/\/lab\/none.html'/,
    );
    assert.equal(await win.page(async () => (await fetch('app://lab/page.html')).status), 200);
  });
  await lab.close();
});

test('what is wrong with a handler is said', async (t) => {
  const lab = await startLab(t, OWN_PROTOCOL);
  const win = await openOwn(lab);

  await t.test('a handler that throws or gives no Response fails the request', async () => {
    await lab.main(() => {
      global.answer = (request, url) => {
        if (url.pathname === '/throws') throw new Error('thrown by the handler');
        return url.pathname === '/none' ? 'no response' : undefined;
      };
    });
    const failed = (name) => win.page((path) => fetch(path).catch(({ name: kind }) => kind), name);
    assert.deepEqual([await failed('/throws'), await failed('/none')], ['TypeError', 'TypeError']);
    assert.match(lab.stderr, /handler of app:\/\/lab\/throws failed: Error: thrown by the handler/);
    assert.match(lab.stderr, /the handler must return a Response/);
  });

  await t.test('wrong arguments throw and say why', async () => {
    const errors = await lab.main(({ require }) => {
      const { protocol } = require('electron');
      const handler = () => new Response('');
      return [
        () => protocol.registerSchemesAsPrivileged([]),
        () => protocol.handle('app', handler),
        () => protocol.handle('https', handler),
        () => protocol.handle('No Scheme', handler),
        () => protocol.handle('more'),
        () => protocol.unhandle('never-handled'),
        () => protocol.interceptFileProtocol('file', handler),
      ].map((call) => {
        try {
          return call();
        } catch ({ message }) {
          return message;
        }
      });
    });
    const expected = [
      /should be called before app is ready/,
      /Failed to register protocol: app/,
      /'https' cannot be taken from WebKit/,
      /'No Scheme' is not a scheme/,
      /handler must be a function/,
      /Failed to unhandle protocol: never-handled/,
      /protocol.interceptFileProtocol\(\) is not supported yet; see docs\/api\/protocol.md/,
    ];
    expected.forEach((pattern, index) => assert.match(String(errors[index]), pattern));
  });

  await t.test('unhandle ends it, and it can be handled again', async () => {
    const states = await win.main(async ({ contents, require }, id) => {
      const { protocol } = require('electron');
      const get = () =>
        contents(id).executeJavaScript(`fetch('late://x/').then((r) => r.text(), () => 'failed')`);
      const answer = (text) => () =>
        new Response(text, { headers: { 'access-control-allow-origin': '*' } });
      protocol.handle('late', answer('one'));
      const seen = [protocol.isProtocolHandled('late'), await get()];
      protocol.unhandle('late');
      seen.push(protocol.isProtocolHandled('late'), await get());
      protocol.handle('late', answer('two'));
      return [...seen, await get()];
    });
    assert.deepEqual(states, [true, 'one', false, 'failed', 'two']);
  });

  lab.main(({ app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('the older methods of protocol', async (t) => {
  const lab = await startLab(t, { ...OWN_PROTOCOL, 'file.css': 'a {}' });
  const win = await openOwn(lab);

  await t.test('File, String, Buffer, Stream and Http answer by callback', async () => {
    const found = await win.main(async ({ contents, require }, id) => {
      const { protocol } = require('electron');
      const path = require('node:path');
      const { Readable } = require('node:stream');
      const headers = { 'access-control-allow-origin': '*' };
      const server = require('node:http').createServer(async (request, response) => {
        const body = (await request.toArray()).join('');
        response.writeHead(202, { ...headers, 'content-type': 'text/x-http' }).end(`got ${body}`);
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const uploadData = { contentType: 'text/plain', data: 'uploaded' };
      const answers = {
        File: { path: path.join(process.argv[1], 'file.css'), headers },
        String: { data: 'é text', mimeType: 'text/plain', headers },
        Buffer: { data: Buffer.from('bytes'), mimeType: 'a/b', statusCode: 201, headers },
        Stream: { data: Readable.from(['a', 'b']), headers },
        Http: { url: `http://127.0.0.1:${server.address().port}/`, uploadData },
      };
      const got = {};
      for (const [way, answer] of Object.entries(answers)) {
        const scheme = `old${way.toLowerCase()}`;
        const asked = new Promise((resolve) => {
          protocol[`register${way}Protocol`](scheme, (request, callback) => {
            resolve(request);
            callback(answer);
          });
        });
        const answered = contents(id).executeJavaScript(
          `fetch('${scheme}://x/', { method: 'POST', body: 'sent' }).then(async (r) =>
            [r.status, r.headers.get('content-type'), await r.text()], () => 'failed')`,
        );
        const request = await asked;
        const sent = `${request.uploadData[0].bytes}`;
        got[way] = [request.url, request.method, sent, await answered];
      }
      server.close();
      got.registered = [
        protocol.isProtocolRegistered('oldfile'),
        protocol.isProtocolRegistered('app'),
      ];
      got.gone = [protocol.unregisterProtocol('oldfile'), protocol.isProtocolRegistered('oldfile')];
      return got;
    });
    assert.deepEqual(found, {
      File: ['oldfile://x/', 'POST', 'sent', [200, 'text/css', 'a {}']],
      String: ['oldstring://x/', 'POST', 'sent', [200, 'text/plain;charset=utf-8', 'é text']],
      Buffer: ['oldbuffer://x/', 'POST', 'sent', [201, 'a/b', 'bytes']],
      Stream: ['oldstream://x/', 'POST', 'sent', [200, 'text/html', 'ab']],
      Http: ['oldhttp://x/', 'POST', 'sent', [202, 'text/x-http', 'got uploaded']],
      registered: [true, false],
      gone: [true, false],
    });
  });
  await lab.close();
});
