'use strict';

/*
 * Differential fuzzing of the clone codec against Node's v8.Serializer, v8.Deserializer and structuredClone.
 * (Against JavaScriptCore's: test/api/codec-page.test.js.)
 *
 *   node test/fuzz/structured-clone.fuzz.js [seconds] [seed] [rounds]    10 s, a new seed, no limit by default
 *
 * Each round makes a random value and asks: do both read both's bytes as that value? It makes another, odder
 * one and asks: is the codec's clone the same as structuredClone's? Then it damages the
 * bytes and asks: does the codec read a value or throw a DataCloneError, soon, whatever stands around the
 * message, and where V8 reads a value too, the same one? A failure names the seed of its round.
 */

const v8 = require('node:v8');
const { createCodec } = require('../../lib/common/structured-clone');
const { Generator, makeRandom } = require('./clone-generator');
const { findDifference } = require('../support/clone-compare');

const DEFAULT_SECONDS = 10;
const MAX_FAILURES = 10;
const DAMAGED_COPIES = 12;
/** A damaged message of some KiB that takes longer than this is a failure. */
const SLOW_MS = 1000;

/** Bytes that mean something to a decoder, so that damage gets past its first look. */
const MEANINGFUL = [...Buffer.from('_0TFIUNZ"cS^o{A$-a@DyxnzsR;:\',B~tVr.mECXbWdDhfqQ?\\p/', 'latin1'), 0, 1, 2, 0x7f, 0x80, 0xff];

function nativeSerialize(value) {
  const serializer = new v8.Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function nativeDeserialize(bytes) {
  const deserializer = new v8.Deserializer(Buffer.from(bytes));
  deserializer.readHeader();
  return deserializer.readValue();
}

/** @returns {{ value?: unknown, error?: Error }} */
function attempt(fn) {
  try {
    return { value: fn() };
  } catch (error) {
    return { error };
  }
}

function damage(bytes, generator) {
  const copy = Buffer.from(bytes);
  for (let i = generator.below(4); i >= 0; i--) {
    const at = 2 + generator.below(copy.length - 2);
    switch (generator.below(4)) {
      case 0: copy[at] = generator.below(256); break;
      case 1: copy[at] = generator.pick(MEANINGFUL); break;
      case 2: copy[at] ^= 1 << generator.below(8); break;
      default: copy.copyWithin(at, generator.below(copy.length), generator.below(copy.length));
    }
  }
  return generator.below(4) === 0 ? copy.subarray(0, 2 + generator.below(copy.length - 1)) : copy;
}

/** Decodes bytes between others. */
function decodeWithin(codec, bytes, fill) {
  const room = Buffer.alloc(bytes.length + 64, fill);
  bytes.copy(room, 32);
  return codec.decode(room, 32, bytes.length);
}

function checkValue(codec, value) {
  const ours = codec.serialize(value);
  return findDifference(codec.deserialize(ours), value) && `the codec reads its own bytes otherwise: ${findDifference(codec.deserialize(ours), value)}` ||
    findDifference(nativeDeserialize(ours), value) && `V8 reads the codec's bytes otherwise: ${findDifference(nativeDeserialize(ours), value)}` ||
    findDifference(codec.deserialize(nativeSerialize(value)), value) && `the codec reads V8's bytes otherwise: ${findDifference(codec.deserialize(nativeSerialize(value)), value)}`;
}

/** A value that need not be cloned as what it is. */
function checkWide(codec, value) {
  const difference = findDifference(codec.deserialize(codec.serialize(value)), structuredClone(value));
  return difference && `structuredClone makes another value: ${difference}`;
}

function checkDamaged(codec, bytes) {
  const start = performance.now();
  const first = attempt(() => decodeWithin(codec, bytes, 0));
  const second = attempt(() => decodeWithin(codec, bytes, 0x49));
  if (performance.now() - start > SLOW_MS) return 'damaged bytes take long';
  if (first.error && first.error.name !== 'DataCloneError') return `damaged bytes end in ${first.error.stack}`;
  if (first.error?.message !== second.error?.message) return 'bytes around the message matter';
  if (first.error) return '';
  if (findDifference(first.value, second.value)) return `bytes around the message matter: ${findDifference(first.value, second.value)}`;
  const native = attempt(() => nativeDeserialize(bytes));
  if (native.error) return '';
  const difference = findDifference(first.value, native.value);
  return difference && `V8 reads another value from damaged bytes: ${difference}`;
}

function runRound(codec, seed) {
  const generator = new Generator(makeRandom(seed));
  const value = generator.value();
  const failure = checkValue(codec, value) ||
    checkWide(codec, new Generator(makeRandom(seed), { isWide: true }).value());
  if (failure) return failure;
  const bytes = Buffer.from(codec.serialize(value));
  for (let i = 0; i < DAMAGED_COPIES && bytes.length > 2; i++) {
    const damaged = damage(bytes, generator);
    const difference = checkDamaged(codec, damaged);
    if (difference) return `${difference}\n  ${damaged.toString('hex')}`;
  }
  return '';
}

/**
 * @param {{ seconds: number, seed: number, rounds?: number }} options
 * @returns {{ rounds: number, failures: string[] }}
 */
function run({ seconds, seed, rounds: most = Infinity }) {
  const codec = createCodec();
  const failures = [];
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  for (; rounds < most && performance.now() < end && failures.length < MAX_FAILURES; rounds++) {
    const roundSeed = seed + rounds;
    const result = attempt(() => runRound(codec, roundSeed));
    const failure = result.error ? result.error.stack : result.value;
    if (failure) failures.push(`seed ${roundSeed}: ${failure}`);
  }
  return { rounds, failures };
}

function main() {
  const [seconds = DEFAULT_SECONDS, seed = Date.now() % 2 ** 31, most] = process.argv.slice(2).map(Number);
  console.log(`structured-clone: ${seconds} s from seed ${seed}`);
  const { rounds, failures } = run({ seconds, seed, rounds: most });
  for (const failure of failures) console.error(failure);
  console.log(`structured-clone: ${rounds} rounds, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (require.main === module) main();

module.exports = { run };
