'use strict';

/**
 * Descriptors of packed files. The number is that of a placeholder, which can do nothing: so it is
 * taken in the process, closed as any other, and useless to whom it means nothing. What it stands for
 * is kept here, for this thread.
 */

const fs = require('node:fs');
const binding = require('./binding');
const { ERRNO, systemError } = require('./errors');
const { candidate, KIND, locate } = require('./locate');

const {
  O_ACCMODE = 3,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} = fs.constants;

/** Not among Node's constants: opens a name, not a file. */
const O_PATH = 0o10000000;

const WORDS = {
  r: O_RDONLY,
  rs: O_RDONLY,
  sr: O_RDONLY,
  'r+': O_RDWR,
  'rs+': O_RDWR,
  'sr+': O_RDWR,
};

/** readv() takes whatever is no number to begin with for none, as Node's does. */
const isPosition = (position) =>
  typeof position === 'bigint' ? position >= 0n : Number.isSafeInteger(position) && position >= 0;

/** A file that is open: its place, and where the next read without a position begins. */
class OpenFile {
  position = 0;

  /** @param {import('./locate').Place} place */
  constructor(place) {
    this.place = place;
  }

  /** Where a read begins, and what moves the file's own position on. */
  begin(position) {
    return isPosition(position) ? Number(position) : this.position;
  }

  advance(position, count) {
    if (!isPosition(position)) this.position += count;
  }
}

/** @type {Map<number, OpenFile>} */
const files = new Map();

/** What a flag's word says; of one that writes only that it does. */
function flagsOf(flags) {
  if (flags == null) return O_RDONLY;
  if (typeof flags === 'number') return flags;
  return WORDS[flags] ?? O_WRONLY;
}

/** @param {number} flags */
const isWrite = (flags) => (flags & O_ACCMODE) !== O_RDONLY || (flags & (O_APPEND | O_TRUNC)) !== 0;

/**
 * To write, an archive is the file that it is: a broken one can be replaced. What is in it cannot be.
 * @returns {import('./locate').Place | null} null: a plain file
 */
function locateToOpen(given, flags) {
  const full = isWrite(flagsOf(flags)) ? candidate(given) : '';
  const isArchive = full !== '' && binding.split(full)?.[1] === '';
  return isArchive ? null : locate(given, 'open');
}

/** Throws what open() of a read-only file system would. */
function refuseToOpen(place, given) {
  const flags = flagsOf(given);
  const refuse = (errno) => {
    throw systemError(errno, 'open', place.path);
  };
  if (isWrite(flags)) refuse(ERRNO.EACCES);
  if (flags & O_CREAT && flags & O_EXCL) refuse(ERRNO.EEXIST);
  if (place.kind === KIND.FOLDER) refuse(ERRNO.EISDIR);
}

/** @param {number} fd of a placeholder @param {import('./locate').Place} place */
function add(fd, place) {
  const file = new OpenFile(place);
  files.set(fd, file);
  return file;
}

/**
 * The packed file of a number; its number may have gone to another file without our knowing.
 * @param {unknown} fd @returns {OpenFile | undefined}
 */
function packed(fd) {
  if (files.size === 0 || typeof fd !== 'number') return undefined;
  const file = files.get(fd);
  if (file === undefined || binding.isPlaceholder(fd)) return file;
  files.delete(fd);
  return undefined;
}

/** The same, before it has been seen whether the number still means that file. */
function perhapsPacked(fd) {
  return files.size > 0 && typeof fd === 'number' ? files.get(fd) : undefined;
}

/** @param {number} fd */
function forget(fd) {
  files.delete(fd);
}

const PLACEHOLDER = '/dev/null';

module.exports = {
  add,
  forget,
  locateToOpen,
  O_PATH,
  packed,
  perhapsPacked,
  PLACEHOLDER,
  refuseToOpen,
};
