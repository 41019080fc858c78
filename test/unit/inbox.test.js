'use strict';

/* The order of received messages while a script waits for one of them: lib/node/inbox.js. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { makeTrailer, withTrailer } = require('../../lib/common/link/trailer');
const { Inbox } = require('../../lib/node/inbox');

const KIND = 10;

/** Bytes of a message about @target, and as a plain one where that is null. */
function message(text, target = null) {
  const bytes = Uint8Array.from([0xff, 0x0f, ...Buffer.from(text)]);
  return target === null ? bytes : withTrailer(bytes, makeTrailer({ kind: KIND, target }));
}

class Peer {
  memory = new ArrayBuffer(4096);
  seen = [];
  onReceive = () => {};
  inbox = new Inbox((bytes, offset, size) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + offset + 2, 1).toString();
    this.seen.push(text);
    this.onReceive(text);
  });

  constructor() {
    this.inbox.open(this.memory);
  }

  /** A run of messages in memory that the next run overwrites. */
  run(...messages) {
    let at = 0;
    for (const bytes of messages) {
      new Uint32Array(this.memory)[at / 4] = bytes.length;
      new Uint8Array(this.memory).set(bytes, at + 8);
      at += 8 + ((bytes.length + 7) & ~7);
    }
    this.inbox.deliver(0, at);
  }
}

test('a wait in a handler keeps what is left of the run, and what comes, in order', async () => {
  const peer = new Peer();
  peer.onReceive = (text) => {
    if (text !== 'b') return;
    const rounds = [
      () => peer.run(message('e'), message('A', 2)),
      () => peer.run(message('f'), message('A', 1), message('g')),
    ];
    peer.inbox.waitFor(KIND, 1, () => rounds.shift()());
    peer.seen.push('waited');
  };
  peer.run(message('a'), message('b'), message('c'), message('d'));
  assert.deepEqual(peer.seen, ['a', 'b', 'A', 'waited']);
  await new Promise((resolve) => setImmediate(resolve));
  const rest = ['c', 'd', 'e', 'A', 'f', 'g'];
  assert.deepEqual(peer.seen, ['a', 'b', 'A', 'waited', ...rest]);
});

test('what was kept comes before what comes next, large or small', () => {
  const peer = new Peer();
  peer.inbox.waitFor(KIND, 1, () => peer.run(message('a'), message('A', 1)));
  const large = message('b');
  peer.inbox.deliverLarge([], large.buffer, 0, large.length);
  peer.run(message('c'));
  assert.deepEqual(peer.seen, ['A', 'a', 'b', 'c']);
});

test('after stop() only what a script waits for is delivered', () => {
  const peer = new Peer();
  peer.onReceive = (text) => text === 'a' && peer.inbox.stop();
  peer.run(message('a'), message('b'));
  peer.inbox.waitFor(KIND, 1, () => peer.run(message('c'), message('A', 1)));
  peer.run(message('A', 1));
  assert.deepEqual(peer.seen.slice(0, 2), ['a', 'A']);
});

test('a wait within a wait keeps what the outer one is for', async () => {
  const peer = new Peer();
  const inner = [() => peer.run(message('A', 1), message('c'), message('B', 2))];
  const outer = [() => peer.run(message('a'), message('X', 9))];
  peer.onReceive = (text) => {
    if (text === 'X') peer.inbox.waitFor(KIND, 2, () => inner.shift()());
  };
  let isDone = false;
  const isWanted = (kind, target) => {
    if (target === 1) isDone = true;
    return target === 1 || target === 9;
  };
  assert.equal(
    peer.inbox.waitUntil(
      isWanted,
      () => isDone,
      () => outer.shift()(),
    ),
    true,
  );
  assert.deepEqual(peer.seen, ['X', 'B', 'A']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(peer.seen, ['X', 'B', 'A', 'a', 'c']);
});

test('a wait ends when nothing will come any more', () => {
  const peer = new Peer();
  assert.equal(
    peer.inbox.waitFor(KIND, 1, () => false),
    false,
  );
});
