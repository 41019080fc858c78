'use strict';

/** Stats of what is in archives: sizes and kinds are real, the rest is made up, as in Electron. */

const fs = require('node:fs');
const { KIND } = require('./locate');

const { S_IFDIR, S_IFLNK, S_IFREG } = fs.constants;

const MODES = {
  [KIND.FOLDER]: S_IFDIR | 0o755,
  [KIND.FILE]: S_IFREG | 0o644,
  [KIND.LINK]: S_IFLNK | 0o777,
};
const EXECUTABLE = 0o111;
const BLOCK_SIZE = 4096;
const SECTOR_SIZE = 512;

/** Entries of different archives have different numbers. */
const ENTRIES_MAX = 2 ** 32;

const loadTimeMs = Date.now();

function numbersOf(place) {
  const isFile = place.kind === KIND.FILE;
  return {
    dev: 1,
    mode: MODES[place.kind] | (isFile && place.isExecutable ? EXECUTABLE : 0),
    nlink: 1,
    uid: process.getuid(),
    gid: process.getgid(),
    rdev: 0,
    blksize: BLOCK_SIZE,
    ino: place.archive * ENTRIES_MAX + place.entry + 1,
    size: place.size,
    blocks: Math.ceil(place.size / SECTOR_SIZE),
    atimeMs: loadTimeMs,
    mtimeMs: loadTimeMs,
    ctimeMs: loadTimeMs,
    birthtimeMs: loadTimeMs,
  };
}

/** Node does not give out the class of Stats with bigints; /dev/null may be read by all (permissions). */
let bigIntPrototype = null;

function bigIntStats(numbers) {
  bigIntPrototype ??= Object.getPrototypeOf(fs.statSync('/dev/null', { bigint: true }));
  const stats = Object.create(bigIntPrototype);
  for (const [name, value] of Object.entries(numbers)) stats[name] = BigInt(value);
  const loadTimeNs = BigInt(loadTimeMs) * 1_000_000n;
  for (const name of ['atimeNs', 'mtimeNs', 'ctimeNs', 'birthtimeNs']) stats[name] = loadTimeNs;
  return stats;
}

/** @param {import('./locate').Place} place @param {{bigint?: boolean} | null} [options] */
function statsOf(place, options) {
  const numbers = numbersOf(place);
  if (options?.bigint) return bigIntStats(numbers);
  // Not by its constructor: that warns, since apps are not to call it.
  return Object.assign(Object.create(fs.Stats.prototype), numbers);
}

module.exports = { statsOf };
