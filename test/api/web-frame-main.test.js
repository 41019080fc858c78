// @ts-check
'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const http = require('node:http');
const { startLab } = require('../support/lab');

/**
 * A server whose pages have a frame of the address that their query names; `localhost` is another
 * origin than `127.0.0.1`.
 * @param {import('node:test').TestContext} t
 */
async function serve(t) {
  const server = http.createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    const frame = searchParams.get('frame');
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>Served</title>${frame ? `<iframe src="${frame}"></iframe>` : ''}`,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
}

/** A page with a frame in a frame, and one that has no address. */
const FILES = {
  'top.html': `<!doctype html><title>Top</title>
    <iframe name="outer" src="outer.html"></iframe><iframe name="empty"></iframe>`,
  'outer.html':
    '<!doctype html><title>Outer</title><iframe name="inner" src="inner.html"></iframe>',
  'inner.html': '<!doctype html><title>Inner</title><script>window.secret = 42;</script>',
};

test('webFrameMain', async (suite) => {
  const lab = await startLab(suite, FILES);

  const names = (/** @type {any} */ { contents }, /** @type {number} */ id) =>
    contents(id).mainFrame.framesInSubtree.map((/** @type {any} */ frame) => [
      frame.name,
      frame.url.split('/').pop(),
      frame.origin,
    ]);

  await suite.test('knows all frames, each before its own', async () => {
    const window = await lab.open({}, 'top.html');
    assert.deepEqual(await window.main(names), [
      ['', 'top.html', 'file://'],
      ['outer', 'outer.html', 'file://'],
      ['inner', 'inner.html', 'file://'],
      ['empty', 'about:blank', 'file://'],
    ]);
    const relations = await window.main(
      (/** @type {any} */ { contents, require }, /** @type {number} */ id) => {
        const { webFrameMain } = require('electron');
        const { mainFrame } = contents(id);
        const [outer, empty] = mainFrame.frames;
        const [inner] = outer.frames;
        return {
          top: [mainFrame.top === mainFrame, inner.top === mainFrame],
          parent: [mainFrame.parent, outer.parent === mainFrame, inner.parent === outer],
          same: contents(id).mainFrame === mainFrame && mainFrame.frames[0] === outer,
          none: empty.frames,
          found: [mainFrame, outer, inner, empty].every(
            (frame) =>
              webFrameMain.fromId(frame.processId, frame.routingId) === frame &&
              webFrameMain.fromFrameToken(frame.processId, frame.frameToken) === frame,
          ),
          pid: mainFrame.osProcessId === contents(id).getOSProcessId(),
          nodeIds: new Set(
            mainFrame.framesInSubtree.map((/** @type {any} */ f) => f.frameTreeNodeId),
          ).size,
          unknown: [webFrameMain.fromId(0, 0), webFrameMain.fromFrameToken(0, '')],
        };
      },
    );
    assert.deepEqual(relations, {
      top: [true, true],
      parent: [null, true, true],
      same: true,
      none: [],
      found: true,
      pid: true,
      nodeIds: 4,
      unknown: [undefined, null],
    });
  });

  await suite.test('runs code in each frame, and gives errors', async () => {
    const window = await lab.open({}, 'top.html');
    const values = await window.main(
      async (/** @type {any} */ { contents }, /** @type {number} */ id) => {
        const [outer] = contents(id).mainFrame.frames;
        const [inner] = outer.frames;
        const fail = (/** @type {Promise<any>} */ promise) =>
          promise.catch((error) => String(error));
        return [
          await contents(id).mainFrame.executeJavaScript('document.title'),
          await outer.executeJavaScript('Promise.resolve([document.title])'),
          await inner.executeJavaScript('secret'),
          await fail(inner.executeJavaScript('Promise.reject(new RangeError("no"))')),
          await fail(inner.executeJavaScript('missing.thing')),
          await fail(inner.executeJavaScript('Promise.reject("text")')),
        ];
      },
    );
    assert.deepEqual(values.slice(0, 4), ['Top', ['Outer'], 42, 'RangeError: no']);
    assert.match(values[4], /^ReferenceError: /);
    assert.equal(values[5], 'text');
  });

  await suite.test('frames that go are destroyed, with what they were asked', async () => {
    const window = await lab.open({}, 'top.html');
    const end = await window.main(
      async (/** @type {any} */ { contents }, /** @type {number} */ id) => {
        const { mainFrame } = contents(id);
        const [outer] = mainFrame.frames;
        const [inner] = outer.frames;
        const never = inner.executeJavaScript('new Promise(() => {})').catch(String);
        mainFrame.executeJavaScript('document.querySelector("[name=outer]").remove()');
        const failed = await never;
        const thrown = () => {
          try {
            return inner.url;
          } catch (error) {
            return String(error);
          }
        };
        return [
          failed,
          inner.isDestroyed(),
          inner.detached,
          outer.isDestroyed(),
          mainFrame.isDestroyed(),
          thrown(),
          mainFrame.frames.map((/** @type {any} */ frame) => frame.name),
          inner.reload(),
        ];
      },
    );
    assert.deepEqual(end, [
      'Error: executeJavaScript: the frame has gone',
      true,
      true,
      true,
      false,
      'Error: Render frame was disposed before WebFrameMain could be accessed',
      ['empty'],
      false,
    ]);
  });

  await suite.test('frames of other origins are told apart, and keep their values', async (t) => {
    const [one, other] = await serve(t);
    const window = await lab.open({}, null);
    const found = await window.main(
      async (
        /** @type {any} */ { contents },
        /** @type {number} */ id,
        /** @type {string[]} */ [top, below],
      ) => {
        const { mainFrame } = contents(id);
        const fresh = [mainFrame.url, mainFrame.origin];
        await contents(id).loadURL(`${top}/?frame=${below}/x`);
        const [frame] = mainFrame.frames;
        // A promise of the frame's own must not get functions of the page around it.
        const thenable = `({ then(resolve) {
          try { resolve(resolve.constructor('return typeof parent.document')()); }
          catch (error) { resolve(error.name); }
        } })`;
        return {
          fresh,
          urls: [mainFrame.url, frame.url],
          origins: [mainFrame.origin, frame.origin],
          title: await frame.executeJavaScript('document.title'),
          reached: await frame.executeJavaScript(thenable),
        };
      },
      [one, other],
    );
    assert.deepEqual(found, {
      fresh: ['', 'null'],
      urls: [`${one}/?frame=${other}/x`, `${other}/x`],
      origins: [one, other],
      title: 'Served',
      reached: 'SecurityError',
    });
  });

  await suite.test('a window keeps its main frame, also in another process', async (t) => {
    const [one, other] = await serve(t);
    const window = await lab.open({}, 'top.html');
    const found = await window.main(
      async (
        /** @type {any} */ { contents, require },
        /** @type {number} */ id,
        /** @type {string[]} */ urls,
      ) => {
        const { webFrameMain } = require('electron');
        const { mainFrame } = contents(id);
        const old = mainFrame.framesInSubtree.slice(1);
        const seen = [];
        for (const url of urls) {
          await contents(id).loadURL(url);
          seen.push([mainFrame.url, mainFrame.origin, mainFrame.frames.length]);
        }
        await contents(id).executeJavaScript('history.pushState(0, "", "/there")');
        await contents(id).executeJavaScript('0');
        return {
          seen,
          isSame: contents(id).mainFrame === mainFrame,
          isFound: webFrameMain.fromId(mainFrame.processId, mainFrame.routingId) === mainFrame,
          old: old.map((/** @type {any} */ frame) => frame.isDestroyed()),
          pushed: mainFrame.url,
        };
      },
      [`${one}/`, `${other}/`],
    );
    assert.deepEqual(found, {
      seen: [
        [`${one}/`, one, 0],
        [`${other}/`, other, 0],
      ],
      isSame: true,
      isFound: true,
      old: [true, true, true],
      pushed: `${other}/there`,
    });
  });

  await suite.test('events tell of subframes', async () => {
    const window = await lab.open({}, null);
    const log = await window.main(
      async (/** @type {any} */ { contents, require }, /** @type {number} */ id) => {
        const wc = contents(id);
        const { promise, resolve } = Promise.withResolvers();
        /** @type {any} */
        const found = { created: [], navigated: [], finished: [], ready: [] };
        const isFrame = (/** @type {number} */ pid, /** @type {number} */ frameId) =>
          require('electron').webFrameMain.fromId(pid, frameId)?.name;
        wc.on('frame-created', (/** @type {any} */ event, /** @type {any} */ { frame }) => {
          found.created.push(frame.name);
          frame.on('dom-ready', () => found.ready.push(frame.name));
        });
        wc.on('did-frame-navigate', (/** @type {any[]} */ ...args) => {
          const [, url, code, text, isMain, pid, frameId] = args;
          found.navigated.push([url.split('/').pop(), code, text, isMain, isFrame(pid, frameId)]);
        });
        wc.on('did-frame-finish-load', (/** @type {any[]} */ ...args) => {
          const [, isMain, pid, frameId] = args;
          found.finished.push([isMain, isFrame(pid, frameId)]);
          if (isMain) resolve(null);
        });
        wc.loadFile('top.html');
        await promise;
        return found;
      },
    );
    log.created.sort();
    assert.deepEqual(log.created, ['', 'empty', 'inner', 'outer']);
    assert.deepEqual(log.navigated.slice(1), [
      ['outer.html', -1, '', false, 'outer'],
      ['inner.html', -1, '', false, 'inner'],
    ]);
    assert.deepEqual(log.navigated[0].slice(0, 4), ['top.html', -1, '', true]);
    assert.deepEqual(log.finished.slice(0, -1).sort(), [
      [false, 'empty'],
      [false, 'inner'],
      [false, 'outer'],
    ]);
    assert.deepEqual(log.finished.at(-1), [true, '']);
    assert.deepEqual(log.ready.sort(), ['', 'empty', 'inner', 'outer']);
  });

  await suite.test('a frame is loaded again, and stays the same one', async () => {
    const window = await lab.open({}, 'top.html');
    const found = await window.main(
      async (/** @type {any} */ { contents, require }, /** @type {number} */ id) => {
        const { once } = require('node:events');
        const [outer] = contents(id).mainFrame.frames;
        await outer.executeJavaScript('window.mark = 1');
        const reloaded = outer.reload();
        await once(outer, 'dom-ready');
        const mark = await outer.executeJavaScript('typeof mark');
        return [reloaded, mark, contents(id).mainFrame.frames[0] === outer];
      },
    );
    assert.deepEqual(found, [true, 'undefined', true]);
  });

  await suite.test('code runs in isolated worlds', async () => {
    const window = await lab.open({}, 'inner.html');
    const found = await window.main(
      async (/** @type {any} */ { contents }, /** @type {number} */ id) => {
        const run = (/** @type {number} */ world, /** @type {string[]} */ ...codes) =>
          contents(id).executeJavaScriptInIsolatedWorld(
            world,
            codes.map((code) => ({ code })),
          );
        const refused = await Promise.all(
          [run(-1, '0'), run(1), run(/** @type {any} */ ('x'), '0')].map((promise) =>
            promise.catch((/** @type {Error} */ error) => error.name),
          ),
        );
        await run(7, 'window.mine = 1');
        return [
          await run(0, 'secret'),
          await run(999, '[typeof secret, typeof mine, document.title]'),
          await run(7, '[typeof secret, typeof mine, document.title]', 'mine = 2'),
          await run(7, 'mine'),
          await run(7, 'throw new TypeError("no")').catch(String),
          refused,
        ];
      },
    );
    assert.deepEqual(found, [
      42,
      ['undefined', 'undefined', 'Inner'],
      ['undefined', 'number', 'Inner'],
      2,
      'TypeError: no',
      ['TypeError', 'TypeError', 'TypeError'],
    ]);
  });

  await lab.close();
});
