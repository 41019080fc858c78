'use strict';

/** Tells which paths lead into archives, and to what there. src/asar decides; this is its voice. */

const path = require('node:path');
const { fileURLToPath } = require('node:url');
const binding = require('./binding');
const { invalidArchive, notFound, systemError, ERRNO } = require('./errors');
const { hasPermission, NAME, state } = require('./gate');

/** Entries of binding.facts, as src/asar/binding.c has them. */
const FACT = {
  ARCHIVE: 0,
  ENTRY: 1,
  KIND: 2,
  SIZE: 3,
  IS_EXECUTABLE: 4,
  IS_UNPACKED: 5,
  BLOCK: 6,
};

const KIND = { FOLDER: 0, FILE: 1, LINK: 2 };

/** Conditions of src/asar/cache.h. */
const PLAIN = 1;
const INVALID = 2;

const { facts } = binding;

/** @param {unknown} given @returns {string} '' for what is no path that may lead into an archive */
function textOf(given) {
  if (typeof given === 'string') return given;
  if (given instanceof Uint8Array)
    return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString();
  if (given?.protocol === 'file:' && typeof given.href === 'string') {
    return NAME.test(given.href) ? fileURLToPath(given) : '';
  }
  return '';
}

/** As with folders, who may read an archive may read what is in it. */
function mayRead(full) {
  if (hasPermission === null || hasPermission('fs.read', full)) return true;
  const parts = binding.split(full);
  return parts !== null && hasPermission('fs.read', parts[0]);
}

/** @returns {string} the path, if it has a name of an archive in it; else '' */
function candidate(given) {
  const text = textOf(given);
  if (!NAME.test(text) || state.plainCalls > 0 || state.isOff) return '';
  if (process.noAsar && state.startedCalls === 0) return '';
  return text.includes('\0') ? '' : path.resolve(text);
}

/** What a path leads to, in an archive. */
class Place {
  /** The path as fs was given it. @type {unknown} */
  given = null;

  /** @param {string} full */
  constructor(full) {
    this.path = full;
    this.archive = facts[FACT.ARCHIVE];
    this.entry = facts[FACT.ENTRY];
    this.kind = facts[FACT.KIND];
    this.size = facts[FACT.SIZE];
    this.isExecutable = facts[FACT.IS_EXECUTABLE] === 1;
    /** Its bytes lie beside the archive. */
    this.isUnpacked = facts[FACT.IS_UNPACKED] === 1 && this.kind === KIND.FILE;
  }

  /** The path of the archive. */
  get archivePath() {
    return binding.split(this.path)[0];
  }

  /** The path in the archive, without links. */
  get inner() {
    return binding.pathOf(this.archive, this.entry);
  }

  /** Where an unpacked file lies. */
  get unpackedPath() {
    return path.join(`${this.archivePath}.unpacked`, this.inner);
  }
}

/**
 * Asks nobody for permission: as in Node, where a module is may be known to all. What is read of it is
 * found by lookUp().
 * @param {unknown} given a path as fs takes it
 * @param {boolean} follow links at its end
 * @returns {Place | number | null} null: in no archive; a number: the errno of what is not there
 */
function lookUpModule(given, follow) {
  const full = candidate(given);
  return full === '' ? null : find(full, follow);
}

/** The same; what may not be read is null, for Node to refuse by its path. */
function lookUp(given, follow) {
  const full = candidate(given);
  return full === '' || !mayRead(full) ? null : find(full, follow);
}

/** Whether it is in an archive, and may not be read. */
function isRefused(given) {
  if (hasPermission === null) return false;
  return lookUpModule(given, true) !== null && !mayRead(candidate(given));
}

/** @param {string} full @param {boolean} follow */
function find(full, follow) {
  const status = binding.find(full, follow);
  if (status === 0) return new Place(full);
  if (status === PLAIN) return null;
  if (status === INVALID) throw invalidArchive(...binding.split(full));
  // As in Electron: links that lead nowhere, round and round, are not there.
  return status === ERRNO.ELOOP ? ERRNO.ENOENT : status;
}

/** The error of a path for which lookUp() gave a number. */
function missing(given, errno, syscall) {
  const full = candidate(given);
  if (errno === ERRNO.ENOENT) return notFound(full, syscall, ...binding.split(full));
  return systemError(errno, syscall, full);
}

/**
 * @param {unknown} given a path as fs takes it
 * @param {string} syscall for the error
 * @param {boolean} [follow]
 * @returns {Place | null} null: in no archive
 */
function locate(given, syscall, follow = true) {
  const found = lookUp(given, follow);
  if (typeof found === 'number') throw missing(given, found, syscall);
  if (found !== null) found.given = given;
  return found;
}

module.exports = {
  candidate,
  FACT,
  isRefused,
  KIND,
  locate,
  lookUp,
  lookUpModule,
  missing,
  textOf,
};
