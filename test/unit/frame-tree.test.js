// @ts-check
'use strict';

/* What a page's process says of frames may be anything; lib/main/frame-tree.js believes what can be. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { FrameTree } = require('../../lib/main/frame-tree');

const MAIN = 7;

function makeTree() {
  const contents = Object.assign(new EventEmitter(), { getProcessId: () => 42, opener: null });
  const tree = new FrameTree(contents);
  Object.assign(contents, { frameTree: tree, mainFrame: tree.mainFrame });
  tree.committed('https://example.org/page');
  const tell = (/** @type {any} */ message, document = 1) =>
    tree.told(document, JSON.stringify(message));
  tell({ type: 'main', id: MAIN, origin: 'https://example.org', name: '' });
  return { contents, tree, tell };
}

const subframe = (/** @type {number} */ id, /** @type {number} */ parent, more = {}) => ({
  ...{ type: 'document', id, parent, url: 'https://a.example/', origin: 'https://a.example' },
  ...{ name: `f${id}`, order: [] },
  ...more,
});

test('nonsense is dropped', () => {
  const { tree, tell } = makeTree();
  for (const json of ['', '{', 'null', '1', '"x"', '[]', '{}', '{"type":"document"}']) {
    tree.told(1, json);
  }
  for (const id of [0, -1, 1.5, '8', null, {}, 2 ** 60, MAIN]) {
    tell(subframe(/** @type {any} */ (id), MAIN));
    tell({ type: 'gone', id, ids: [id, null, {}, MAIN] });
    tell({ type: 'loaded', id });
  }
  tell({ type: 'gone', id: MAIN, ids: 'all' });
  tell({ type: '__proto__', id: MAIN });
  assert.equal(tree.mainFrame.framesInSubtree.length, 1);
  assert.equal(tree.mainFrame.isDestroyed(), false);
});

test('a frame is below one that is there, and of the present document', () => {
  const { tree, tell } = makeTree();
  tell(subframe(8, 9));
  tell(subframe(8, 8));
  tell(subframe(8, MAIN), 2);
  assert.deepEqual(tree.mainFrame.frames, []);
  tell(subframe(8, MAIN));
  tell(subframe(9, 8));
  tell(subframe(8, 9)); // it stays where it is
  assert.deepEqual(
    tree.mainFrame.framesInSubtree.map((/** @type {any} */ frame) => frame.name),
    ['', 'f8', 'f9'],
  );
});

test('what is said of a frame has its limits', () => {
  const { tree, tell } = makeTree();
  tell(subframe(8, MAIN, { url: 'x'.repeat(1e6), origin: 1, name: {}, order: [{}, 8, 8, null] }));
  const [frame] = tree.mainFrame.frames;
  assert.equal(frame.url.length, 65536);
  assert.deepEqual([frame.origin, frame.name], ['null', '']);
  for (let id = 10; id < 3000; id++) tell(subframe(id, MAIN));
  assert.equal(tree.mainFrame.frames.length, 1000);
});

test('the main frame is where WebKit and its page say, or nobody’s', () => {
  const { tree, tell } = makeTree();
  const { mainFrame } = tree;
  tell({ type: 'moved', id: MAIN, url: 'file:///x', origin: 'file://' }, 2);
  tree.moved('file:///x');
  assert.deepEqual(
    [mainFrame.url, mainFrame.origin],
    ['https://example.org/page', 'https://example.org'],
  );
  tree.moved('https://example.org/#there');
  tell({ type: 'main', id: MAIN, url: 'https://example.org/#there', origin: 'null' }, 3);
  assert.deepEqual([mainFrame.url, mainFrame.origin], ['https://example.org/#there', 'null']);
  tell({ type: 'main', id: MAIN, url: 'file:///x', origin: 'file://' }, 4);
  assert.deepEqual([mainFrame.url, mainFrame.origin], ['', 'null']);
});

test('a place is of one document', () => {
  const { tree, tell } = makeTree();
  tell(subframe(8, MAIN));
  const place = tree.placeOf(8);
  assert.equal(place?.frame?.name, 'f8');
  tell(subframe(8, MAIN, { origin: 'https://b.example' }));
  assert.equal(place?.frame, null);
  assert.equal(tree.placeOf(8)?.frame, tree.mainFrame.frames[0]);
  tell({ type: 'gone', id: MAIN, ids: [8] });
  assert.equal(tree.placeOf(8), undefined);
});
