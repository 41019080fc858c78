'use strict';

/*
 * Records of the platform's types as a worker reads them: good ones, and those of a hostile page.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { createCodec } = require('../../lib/common/structured-clone');
const { openPacket, toPacket } = require('../../lib/common/link/packet');
const { installPlatform } = require('../../lib/worker/platform');
const { makeRandom } = require('../fuzz/clone-generator');
const { platformValues, describe } = require('../support/clone-values');

installPlatform();

const codec = createCodec();

/** Damaged copies of each message; a longer run found nothing more. */
const DAMAGED_COPIES = 300;
/** Longest time for one of some hundred bytes; and what all of them may take of memory that is not there at the end. */
const SLOW_MS = 1000;

const values = platformValues.filter(([, , where]) => where !== 'page');

/** Reads a message: what is beside it stays good, as a page can make any of that too. */
function read(packet, bytes) {
  const ports = [];
  return openPacket(codec, { ...packet, bytes, ports });
}

function assertRefused(error) {
  assert.ok(error instanceof DOMException && error.name === 'DataCloneError', String(error?.stack));
}

function damage(bytes, random) {
  const copy = bytes.slice();
  for (let i = Math.floor(random() * 3); i >= 0; i--) {
    const at = 2 + Math.floor(random() * (copy.length - 2));
    copy[at] = random() < 0.5 ? Math.floor(random() * 256) : copy[at] ^ (1 << Math.floor(random() * 8));
  }
  return copy;
}

for (const [name, make] of values) {
  test(`${name}: there and back, and no damage does harm`, async () => {
    const value = await make();
    const packet = toPacket(codec, value, undefined, 'W');
    const blobs = Array.prototype.slice.call(packet.blobs);
    packet.blobs = await Promise.all(blobs.map((blob) => (blob instanceof Blob ? blob.arrayBuffer() : blob)));
    assert.equal(await describe(openPacket(codec, packet)), await describe(value));

    for (let length = 0; length < packet.bytes.length; length += length < 500 ? 1 : 997) {
      assert.throws(() => read(packet, packet.bytes.slice(0, length)), { name: 'DataCloneError' });
    }
    const random = makeRandom(name.length);
    for (let i = 0; i < DAMAGED_COPIES; i++) {
      const damaged = damage(packet.bytes, random);
      const start = performance.now();
      try {
        read(packet, damaged);
      } catch (error) {
        assertRefused(error);
      }
      assert.ok(performance.now() - start < SLOW_MS, `slow: ${Buffer.from(damaged).toString('hex').slice(0, 400)}`);
    }
  });
}

/** A message: numbers, and texts of which each character is a byte. */
function message(...parts) {
  const bytes = parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part));
  return Uint8Array.from([0xff, 15, ...bytes]);
}

const text = (/** @type {string} */ string) => ['"', string.length, string];
/** 2^28 - 1, and 2^49 - 1. */
const HUGE = [0xff, 0xff, 0xff, 0x7f];
const LARGER = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
const EMPTY_PIXELS = ['B', 0, 'V', 'C', 0, 0, 0];

const HOSTILE = {
  'a type that is not there': ['\\', 19],
  'a type of no small number': ['\\', ...LARGER],
  'a FileList of 2^28 files': ['\\', 5, ...HUGE],
  'a FileList of numbers': ['\\', 5, 1, 'I', 2],
  'an ImageData of 2^28 by 2^28': ['\\', 6, ...HUGE, ...HUGE, ...text('srgb'), ...text('rgba-unorm8'), ...EMPTY_PIXELS],
  'an ImageData without pixels': ['\\', 6, 1, 1, ...text('srgb'), ...text('rgba-unorm8'), '0'],
  'an ImageData of an unknown space': ['\\', 6, 1, 1, ...text('x'), ...text('rgba-unorm8'), 'B', 4, 0, 0, 0, 0, 'V', 'C', 0, 4, 0],
  'an ImageBitmap of 2^49 by 2^49': ['\\', 7, ...LARGER, ...LARGER, ...EMPTY_PIXELS],
  'an ImageBitmap of nothing': ['\\', 7, 0, 0, ...EMPTY_PIXELS],
  'a Blob that did not come': ['\\', 3, ...text(''), 0],
  'a CryptoKey without bytes': ['\\', 15, ...text('secret'), 'o', ...text('name'), ...text('AES-GCM'), '{', 1, 'A', 0, '$', 0, 0, 0],
  'a CryptoKey of no type': ['\\', 15, ...text('constructor'), 'o', '{', 0, 'A', 0, '$', 0, 0, 0],
  'a CryptoKey whose algorithm is a list': ['\\', 15, ...text('secret'), 'A', 0, '$', 0, 0, 'A', 0, '$', 0, 0, 0],
  'a matrix that ends': ['\\', 14, 0, 1, 2, 3],
};

for (const [name, parts] of Object.entries(HOSTILE)) {
  test(`${name} is refused`, () => {
    const bytes = message(...parts);
    assert.throws(() => codec.decode(bytes, 0, bytes.length, { buffers: [], ports: [], shared: [], blobs: [] }), { name: 'DataCloneError' });
  });
}

test('bytes that are no key are refused', () => {
  const blobs = [new Uint8Array(50).fill(7).buffer];
  for (const type of ['private', 'public', 'secret']) {
    const algorithm = ['o', ...text('name'), ...text('ECDSA'), ...text('namedCurve'), ...text('P-256'), '{', 2];
    const bytes = message('\\', 15, ...text(type), ...algorithm, 'A', 0, '$', 0, 0, 0);
    assert.throws(() => codec.decode(bytes, 0, bytes.length, { blobs }), { name: 'DataCloneError' });
  }
});

test('what is for anybody holds none of these', () => {
  for (const value of [new DOMException('m'), new DOMRect(), new ImageData(1, 1), new Blob([])])
    assert.throws(() => codec.serialize([value]), { name: 'DataCloneError' });
});
