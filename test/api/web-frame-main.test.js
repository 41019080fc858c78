// @ts-check
'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { startLab } = require('../support/lab');

/** A page with a frame in a frame, and one that has no address. */
const FILES = {
  'top.html': `<!doctype html><title>Top</title>
    <iframe name="outer" src="outer.html"></iframe><iframe name="empty"></iframe>`,
  'outer.html': '<!doctype html><title>Outer</title><iframe name="inner" src="inner.html"></iframe>',
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
          nodeIds: new Set(mainFrame.framesInSubtree.map((/** @type {any} */ f) => f.frameTreeNodeId))
            .size,
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
        const fail = (/** @type {Promise<any>} */ promise) => promise.catch((error) => String(error));
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

  await lab.close();
});
