// @ts-check
'use strict';

/*
 * Downloads: what a page or the app saves, and what the app hears of it.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { once } = require('node:events');
const { pathToFileURL } = require('node:url');
const { scratch } = require('../support/app');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');
const { OWN_PROTOCOL, openOwn } = require('../support/own-protocol');
const { makePDF } = require('../support/pdf');

const BIG = Buffer.alloc(3_000_000, 'weft');

/** @typedef {import('node:http').ServerResponse} Response */

/** What the server answers, by path. @type {Record<string, (response: Response) => unknown>} */
const ANSWERS = {
  '/big': (response) =>
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': BIG.length,
        'content-disposition': 'attachment; filename="big file.bin"',
        etag: '"tag"',
        'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
      })
      .end(BIG),
  '/moved': (response) => response.writeHead(302, { location: '/big' }).end(),
  '/page.html': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>a page</title>'),
  '/kept.html': (response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-disposition': 'attachment' })
      .end('<p>kept'),
  '/nothing': (response) => response.writeHead(204).end(),
  '/cut': (response) => {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': 1_000_000 });
    response.write(Buffer.alloc(1000), () => response.destroy());
  },
  '/endless': (response) => {
    response.writeHead(200, { 'content-type': 'application/zip', 'content-length': 1_000_000 });
    response.write(Buffer.alloc(1000));
  },
};

/** @param {import('node:test').TestContext} t @returns {Promise<string>} its origin */
async function serve(t) {
  const server = http.createServer(({ url }, response) => {
    const answer = ANSWERS[url ?? ''] ?? ((it) => it.writeHead(404).end('nothing here'));
    answer(response);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}

/**
 * Begins a download in the main process and tells how it went.
 * @param {object} what
 * @param {string} [what.url] of webContents.downloadURL()
 * @param {string} [what.ofSession] of session.downloadURL()
 * @param {string} [what.script] that a page runs, as if the user had clicked
 * @param {string} [what.load] that the page is to go to
 * @param {string} [what.savePath] none is given when it is absent
 * @param {string} [what.end] 'cancel' at the first byte, or 'prevent'
 */
async function downloadHere(
  /** @type {any} */ { contents, require },
  /** @type {number} */ id,
  /** @type {any} */ { url, ofSession, script, load, savePath, end },
) {
  const { once } = require('node:events');
  const it = contents(id);
  const events = /** @type {string[]} */ ([]);
  const failed = (/** @type {any} */ _, /** @type {number} */ code) => events.push(`fail ${code}`);
  const prevent = (/** @type {any} */ event) => event.preventDefault();
  const { promise, resolve } = Promise.withResolvers();
  const begun = (/** @type {any} */ event, /** @type {any} */ item, /** @type {any} */ from) => {
    item.on('updated', (/** @type {any} */ _, /** @type {string} */ state) => {
      events.push(state);
      if (end === 'cancel') item.cancel();
    });
    once(item, 'done').then((/** @type {any[]} */ [, state]) => resolve({ item, from, state }));
  };
  it.session.once('will-download', begun);
  if (end === 'prevent') it.session.once('will-download', prevent);
  it.on('did-fail-load', failed);
  const coming = once(it.session, 'will-download').then((/** @type {any[]} */ [, item]) => {
    if (savePath) item.savePath = savePath; // as who awaits the event does
  });
  if (url) it.downloadURL(url);
  if (ofSession) it.session.downloadURL(ofSession);
  if (script) await it.executeJavaScript(script, true);
  const rejection =
    load &&
    (await it.loadURL(load).then(
      () => null,
      (/** @type {any} */ e) => e.message,
    ));
  await coming;
  const { item, from, state } = await promise;
  it.off('did-fail-load', failed);
  return {
    state,
    stateLater: item.getState(),
    isOurs: from === it,
    name: item.getFilename(),
    urls: item.getURLChain(),
    url: item.getURL(),
    type: item.getMimeType(),
    total: item.getTotalBytes(),
    received: item.getReceivedBytes(),
    percent: item.getPercentComplete(),
    disposition: item.getContentDisposition(),
    etag: item.getETag(),
    modified: item.getLastModifiedTime(),
    place: item.getSavePath(),
    times: item.getEndTime() >= item.getStartTime(),
    events,
    rejection,
  };
}

const text = (/** @type {string} */ file) => fs.readFileSync(file, 'utf8');

test('downloads', async (t) => {
  const origin = await serve(t);
  const lab = await startLab(t, {
    'links.html': `<a id="big" download="my name.bin" href="big.bin">save</a>
      <a id="zip" href="big.zip">go</a>`,
    'big.bin': BIG,
    'big.zip': BIG,
  });
  const window = await lab.open({}, 'links.html');
  const folder = scratch(t);
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const home = lab.app.home;
  const file = (/** @type {string} */ name) => pathToFileURL(path.join(home, name)).href;
  const download = (/** @type {any} */ what) => window.main(downloadHere, what);

  await t.test('of http tell all that the server has said', async () => {
    const result = await download({ url: `${origin}/big`, savePath: at('one') });
    const { events, ...rest } = result;
    assert.deepEqual(rest, {
      state: 'completed',
      stateLater: 'completed',
      isOurs: true,
      name: 'big file.bin',
      urls: [`${origin}/big`],
      url: `${origin}/big`,
      type: 'application/octet-stream',
      total: BIG.length,
      received: BIG.length,
      percent: 100,
      disposition: 'attachment; filename="big file.bin"',
      etag: '"tag"',
      modified: 'Wed, 21 Oct 2015 07:28:00 GMT',
      place: at('one'),
      times: true,
      rejection: undefined,
    });
    assert.equal(events[0], 'progressing');
    assert.ok(fs.readFileSync(at('one')).equals(BIG));
  });

  await t.test('of the session belong to no page', async () => {
    const { state, isOurs } = await download({ ofSession: `${origin}/big`, savePath: at('two') });
    assert.deepEqual([state, isOurs], ['completed', false]);
    assert.ok(fs.readFileSync(at('two')).equals(BIG));
  });

  await t.test('follow redirects', async () => {
    const result = await download({ url: `${origin}/moved`, savePath: at('three') });
    assert.deepEqual(result.urls, [`${origin}/moved`, `${origin}/big`]);
    assert.deepEqual([result.state, result.url], ['completed', `${origin}/big`]);
  });

  await t.test('make the folders of their path, and replace a file', async () => {
    fs.writeFileSync(at('there'), 'before');
    await download({ url: `${origin}/kept.html`, savePath: at('there') });
    assert.equal(text(at('there')), '<p>kept');
    await download({ url: `${origin}/kept.html`, savePath: at('a/b/c') });
    assert.equal(text(at('a/b/c')), '<p>kept');
  });

  await t.test('that have no path go to the folder for downloads, under a new name', async () => {
    const places = [];
    for (let i = 0; i < 2; i++) places.push((await download({ url: `${origin}/kept.html` })).place);
    assert.deepEqual(places, [path.join(home, 'kept.html'), path.join(home, 'kept (1).html')]);
    assert.equal(text(places[1]), '<p>kept');
    await lab.main(
      (/** @type {any} */ { require }, /** @type {string} */ to) =>
        require('electron').session.defaultSession.setDownloadPath(to),
      at('chosen'),
    );
    assert.equal((await download({ url: `${origin}/kept.html` })).place, at('chosen/kept.html'));
  });

  await t.test('of a link have its name', async () => {
    const script = `document.getElementById('big').click()`;
    const result = await download({ script, savePath: at('link') });
    assert.deepEqual([result.state, result.name], ['completed', 'my name.bin']);
    assert.ok(fs.readFileSync(at('link')).equals(BIG));
  });

  await t.test('of blobs and data: addresses', async () => {
    const link = (/** @type {string} */ href) =>
      `Object.assign(document.createElement('a'), { href: ${href}, download: 'made.txt' }).click()`;
    const blob = link(`URL.createObjectURL(new Blob(['from the page']))`);
    assert.equal((await download({ script: blob, savePath: at('blob') })).name, 'made.txt');
    assert.equal(text(at('blob')), 'from the page');
    await download({ script: link(`'data:text/plain,short'`), savePath: at('data') });
    assert.equal(text(at('data')), 'short');
  });

  await t.test('are what cannot be shown, and the page stays', async () => {
    const script = `document.getElementById('zip').click()`;
    const result = await download({ script, savePath: at('zip') });
    assert.deepEqual(
      [result.state, result.name, result.events.at(-1)],
      ['completed', 'big.zip', 'progressing'],
    );
    const loaded = await download({ load: `${origin}/kept.html`, savePath: at('kept') });
    assert.deepEqual(
      [loaded.rejection, loaded.state, loaded.events.includes('fail -2')],
      [`ERR_FAILED (-2) loading '${origin}/kept.html'`, 'completed', false],
    );
    const shown = await window.page(() => /** @type {any} */ (globalThis).location.pathname);
    assert.match(shown, /\/links\.html$/);
  });

  await t.test('that are prevented or cancelled leave nothing', async () => {
    const prevented = await download({
      url: `${origin}/endless`,
      end: 'prevent',
      savePath: at('p'),
    });
    assert.equal(prevented.state, 'cancelled');
    const cancelled = await download({
      url: `${origin}/endless`,
      end: 'cancel',
      savePath: at('c'),
    });
    assert.deepEqual([cancelled.state, cancelled.total], ['cancelled', 1_000_000]);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => /^[pc]\b/.test(name)),
      [],
    );
  });

  await t.test('that fail are interrupted', async () => {
    const states = [];
    const urls = [`${origin}/gone`, `${origin}/cut`, file('gone.txt'), 'http://127.0.0.1:1/x'];
    for (const url of urls) states.push((await download({ url, savePath: at('failed') })).state);
    assert.deepEqual(states, Array(urls.length).fill('interrupted'));
    assert.equal(fs.existsSync(at('failed')), false);
  });

  await t.test('of an address that is none are refused', async () => {
    const message = await window.main(
      (/** @type {any} */ { contents }, /** @type {number} */ id) => {
        try {
          return contents(id).downloadURL('no address');
        } catch (error) {
          return /** @type {Error} */ (error).message;
        }
      },
    );
    assert.equal(message, `downloadURL: 'no address' is not a valid URL`);
  });

  await t.test('have no hidden names, and such with a per cent sign', async () => {
    const link = (/** @type {string} */ name) =>
      `Object.assign(document.createElement('a'), { href: 'data:,x', download: '${name}' }).click()`;
    const names = [];
    for (const name of ['.profile', '100%.txt', 'a/b'])
      names.push((await download({ script: link(name), savePath: at('named') })).name);
    names.push((await download({ url: `${origin}/100%`, savePath: at('named') })).name);
    assert.deepEqual(names, ['profile', '100%.txt', 'b', '100%']);
  });

  await t.test('are not what has no content', async () => {
    await window.main(
      (/** @type {any} */ { contents }, /** @type {number} */ id, /** @type {string} */ url) =>
        contents(id).executeJavaScript(`location.href = '${url}'`),
      `${origin}/nothing`,
    );
    const { name } = await download({ url: `${origin}/kept.html`, savePath: at('next') });
    assert.equal(name, 'kept.html');
  });
  await lab.close();
});

test('downloads out of archives', async (t) => {
  const lab = await startLab(t);
  const archive = path.join(lab.app.home, 'files.asar');
  const pdf = makePDF(['packed']);
  packArchive(archive, {
    'ping.js': 'ping()',
    'cat.pdf': pdf,
    'unpacked.js': { bytes: 'beside()', unpacked: true },
    'page.html': '<a id="link" download href="ping.js">save</a>',
  });
  const file = (/** @type {string} */ name) => pathToFileURL(path.join(archive, name)).href;
  const folder = scratch(t);
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const window = await lab.open({}, null);
  const download = (/** @type {any} */ what) => window.main(downloadHere, what);

  await t.test('downloads a packed file through webContents.downloadURL()', async () => {
    const result = await download({ url: file('ping.js'), savePath: at('saved.js') });
    assert.deepEqual([result.state, result.name, result.total], ['completed', 'ping.js', 6]);
    assert.equal(text(at('saved.js')), 'ping()');
  });

  await t.test('downloads a file that lies beside', async () => {
    await download({ url: file('unpacked.js'), savePath: at('beside.js') });
    assert.equal(text(at('beside.js')), 'beside()');
  });

  await t.test('a packed page saves a packed file', async () => {
    await window.load(path.join(archive, 'page.html'));
    const script = `document.getElementById('link').click()`;
    assert.equal((await download({ script, savePath: at('linked.js') })).state, 'completed');
    assert.equal(text(at('linked.js')), 'ping()');
  });

  await t.test('saves a packed PDF from the PDF viewer', async () => {
    await window.load(path.join(archive, 'cat.pdf'));
    const result = await window.main(
      async (/** @type {any} */ scope, /** @type {number} */ id, /** @type {string} */ to) => {
        const { contents, require } = scope;
        const it = contents(id);
        const coming = require('node:events').once(it.session, 'will-download');
        const [, viewer] = it.mainFrame.framesInSubtree;
        await viewer.executeJavaScript(`new Promise((resolve) => {
        const tick = () => {
          const isOpen = window.PDFViewerApplication?.pdfDocument;
          if (!isOpen) return setTimeout(tick, 10);
          document.querySelector('#download, #downloadButton').click();
          resolve();
        };
        tick();
      })`);
        const [, item] = await coming;
        item.savePath = to;
        const [, state] = await require('node:events').once(item, 'done');
        return [state, item.getFilename()];
      },
      at('saved.pdf'),
    );
    assert.deepEqual(result, ['completed', 'cat.pdf']);
    assert.ok(fs.readFileSync(at('saved.pdf')).equals(pdf));
  });

  await t.test('nothing is saved into an archive', async () => {
    const result = await download({ url: file('ping.js'), savePath: path.join(archive, 'new/x') });
    assert.equal(result.state, 'interrupted');
  });
  await lab.main((/** @type {any} */ { app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
  assert.match(
    lab.stderr,
    /^weft: warning: cannot save the download '.*files\.asar\/new\/x': ENOTDIR/,
  );
});

test("downloads of the app's own protocol", async (t) => {
  const lab = await startLab(t, {
    ...OWN_PROTOCOL,
    'big.zip': BIG,
    'own.html': '<a id="link" download href="big.zip">save</a><a id="go" href="big.zip">go</a>',
  });
  const window = await openOwn(lab, {}, 'app://lab/own.html');
  const folder = scratch(t);
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const download = (/** @type {any} */ what) => window.main(downloadHere, what);
  const url = 'app://lab/big.zip';

  for (const [name, what] of Object.entries({
    'by webContents.downloadURL()': { url },
    'of a link': { script: `document.getElementById('link').click()` },
    'of what cannot be shown': { script: `document.getElementById('go').click()` },
  })) {
    await t.test(name, async () => {
      const result = await download({ ...what, savePath: at(name) });
      const { state, urls, type, received, isOurs } = result;
      assert.deepEqual(
        { state, urls, type, received, isOurs, name: result.name },
        {
          state: 'completed',
          urls: [url],
          type: 'application/zip',
          received: BIG.length,
          isOurs: true,
          name: 'big.zip',
        },
      );
      assert.ok(fs.readFileSync(at(name)).equals(BIG));
    });
  }

  await t.test('has the name that the handler gives, and can be cancelled', async () => {
    await lab.main(() => {
      /** @type {any} */ (globalThis).answer = () => {
        const pull = (/** @type {any} */ it) => it.enqueue(new Uint8Array(1000));
        const headers = { 'content-disposition': `attachment; filename*=UTF-8''caf%C3%A9.bin` };
        return new Response(new ReadableStream({ pull }), { headers });
      };
    });
    const result = await download({ url, savePath: at('endless'), end: 'cancel' });
    assert.deepEqual([result.state, result.name], ['cancelled', 'café.bin']);
    assert.deepEqual(
      fs.readdirSync(folder).filter((it) => it.startsWith('endless')),
      [],
    );
  });

  await t.test('that the handler refuses is interrupted', async () => {
    await lab.main(() => {
      /** @type {any} */ (globalThis).answer = () => new Response('no', { status: 500 });
    });
    assert.equal((await download({ url, savePath: at('refused') })).state, 'interrupted');
    assert.equal((await download({ url, end: 'prevent' })).state, 'cancelled');
    assert.equal(fs.existsSync(at('refused')), false);
  });

  await t.test('that is no Response is interrupted', async () => {
    await lab.main(() => {
      /** @type {any} */ (globalThis).answer = () => ({ ok: true });
    });
    assert.equal((await download({ url, savePath: at('none') })).state, 'interrupted');
    assert.equal(fs.existsSync(at('none')), false);
  });
  await lab.close();
});
