// @ts-nocheck
'use strict';

/*
 * The two ends of a link, joined in one thread: what a message has beside its bytes, kinds, order.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { createCodec } = require('../../lib/common/structured-clone');
const { Link } = require('../../lib/common/link');
const { KINDS } = require('../../lib/common/link/kinds');
const { PORT_TYPE, registerPlatformType } = require('../../lib/common/structured-clone/platform');

class Token {
  owner = 'sender';
}

registerPlatformType({
  id: PORT_TYPE,
  name: 'MessagePort',
  prototypes: [Token.prototype],
  accepts: (object) => object instanceof Token,
  ports: 1,
  refuse: (token, index) => (token.owner === 'sender' ? null : `Port at index ${index} is already neutered.`),
  transfer(token) {
    token.owner = 'message';
    return [token];
  },
  receive: ([token]) => token,
});

/** The blobs of a message come as bytes; this type is one. */
registerPlatformType({
  id: 2,
  name: 'Blob',
  prototypes: [Blob.prototype],
  accepts: (object) => object instanceof Blob,
  write: (encoder, blob) => encoder.writeBlob(blob),
  read: (decoder) => new Blob([decoder.readBlob()]),
});

/** A link whose messages arrive at itself: `received` has what its handlers were given. */
function makeLoop() {
  const received = [];
  const carried = [];
  let buffers = [];
  const adapter = {
    attach: (buffer) => buffers.push(structuredClone(buffer)),
    detachAll: () => (buffers = []),
    send(scratch, size) {
      const message = new Uint8Array(scratch.slice(0, size));
      const beside = buffers.length > 0 ? buffers : undefined;
      buffers = [];
      link.receive(message, 0, size, beside);
    },
    carryPort: (port) => carried.push(port) - 1,
    takePort: (id) => carried[id],
    carryShared: (buffer) => carried.push(buffer) - 1,
    takeShared: (id) => carried[id],
  };
  const link = new Link(
    createCodec({ outOfBandMin: 16 }),
    adapter,
    (value, ports) => received.push({ value, ports }),
    () => received.push('messageerror'),
  );
  return { link, received };
}

test('a port: in the value, in the event, and taken from its sender', () => {
  const { link, received } = makeLoop();
  const [one, two] = [new Token(), new Token()];
  link.post({ port: two }, [one, two], 'W');
  const [{ value, ports }] = received;
  assert.deepEqual([value.port === two, ports[0] === one, ports.length], [true, true, 2]);
  assert.deepEqual([one.owner, two.owner, Object.isFrozen(ports)], ['message', 'message', true]);
});

test('a port that is refused leaves everything where it was', () => {
  const { link, received } = makeLoop();
  const token = new Token();
  const buffer = new ArrayBuffer(8);
  const refused = { name: 'DataCloneError' };
  const cases = [
    [[token, token], 'W: Message port at index 1 is a duplicate of an earlier port.'],
    [[buffer, token, {}], 'W: Value at index 2 does not have a transferable type.'],
  ];
  for (const [list, message] of cases) assert.throws(() => link.post(1, list, 'W'), { ...refused, message });
  const notTransferred = { ...refused, message: 'W: A MessagePort could not be cloned because it was not transferred.' };
  assert.throws(() => link.post([token], [], 'W'), notTransferred);
  const taking = { get late() { token.owner = 'nobody'; return 1; } };
  const neutered = { ...refused, message: 'W: Port at index 0 is already neutered.' };
  assert.throws(() => link.post(taking, [token], 'W'), neutered);
  assert.deepEqual([received.length, buffer.detached], [0, false]);
});

test('shared memory is the same memory, large buffers are beside it', () => {
  const { link, received } = makeLoop();
  const shared = new SharedArrayBuffer(8);
  const large = new Uint8Array(100).fill(7);
  link.post({ shared, large, bytes: new Uint8Array(shared, 4) }, [large.buffer], 'W');
  const [{ value }] = received;
  assert.equal(value.shared, shared);
  assert.equal(value.bytes.buffer, shared);
  assert.deepEqual([value.large.length, value.large[99], large.length], [100, 7, 0]);
});

test('while a message waits for its blobs, later ones wait behind it', async () => {
  const { link, received } = makeLoop();
  const moved = new ArrayBuffer(64);
  link.post(['first', new Blob(['some text']), new Blob([])], undefined, 'W');
  link.post({ moved }, [moved], 'W');
  link.send(KINDS.REQUEST, 5, 'third', undefined, 'W');
  assert.deepEqual([received.length, moved.detached], [0, true]);
  link.handle(KINDS.REQUEST, (target, value) => received.push({ target, value }));
  await link.whenSent();
  const [first, second, third] = received;
  assert.equal(await first.value[1].text(), 'some text');
  assert.equal(first.value[2].size, 0);
  assert.equal(second.value.moved.byteLength, 64);
  assert.deepEqual(third, { target: 5, value: 'third' });
});

test('a kind: a value, or a packet that goes on as it is', () => {
  const { link, received } = makeLoop();
  const token = new Token();
  link.handlePackets(KINDS.PORT_MESSAGE, (target, packet) => {
    received.push(target);
    link.forward(KINDS.MESSAGE, 0, packet);
  });
  link.send(KINDS.PORT_MESSAGE, 77, { list: [1, 2], buffer: new ArrayBuffer(20) }, [token], 'W');
  link.send(KINDS.BROADCAST, 1, 'nobody takes this kind');
  assert.equal(received[0], 77);
  assert.deepEqual(received[1].value.list, [1, 2]);
  assert.equal(received[1].value.buffer.byteLength, 20);
  assert.equal(received[1].ports[0], token);
  assert.equal(received.length, 2);
});

test('a trailer that claims too much is a messageerror', () => {
  const { link, received } = makeLoop();
  const words = (...list) => new Uint8Array(new Uint32Array(list).buffer);
  const message = (trailer) => Uint8Array.of(0xfe, 15, 0x5f, ...trailer);
  const receive = (bytes) => link.receive(bytes, 0, bytes.length, undefined);
  receive(message(words(0, 0, 0, 0, 0, 0)));
  assert.deepEqual(received.pop(), { value: undefined, ports: [] });
  for (const trailer of [[], words(0, 0, 1, 0, 0, 0), words(0, 0, 0xffffffff, 0, 0xffffffff, 2), words(0, 0, 0, 0, 0)]) {
    receive(message(trailer));
    assert.equal(received.pop(), 'messageerror');
  }
});
