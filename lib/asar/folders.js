'use strict';

/** readdir and opendir of folders in archives. */

const fs = require('node:fs');
const path = require('node:path');
const binding = require('./binding');
const { ERRNO, systemError } = require('./errors');
const { KIND, locate } = require('./locate');
const { encoded } = require('./paths');
const { routePath } = require('./route');

const { UV_DIRENT_DIR, UV_DIRENT_FILE, UV_DIRENT_LINK } = fs.constants;
const TYPES = {
  [KIND.FOLDER]: UV_DIRENT_DIR,
  [KIND.FILE]: UV_DIRENT_FILE,
  [KIND.LINK]: UV_DIRENT_LINK,
};

const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);

/**
 * What is in a folder, and below it if that is asked for. Links are named, not followed.
 * @param {import('./locate').Place} folder
 * @returns {Generator<{ name: string, kind: number, parent: string, below: string }>}
 */
function* entriesOf(folder, isRecursive, below = '') {
  const list = binding.list(folder.archive, folder.entry);
  const folders = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const kind = list[i + 1];
    yield { name, kind, parent: path.join(folder.path, below), below };
    if (isRecursive && kind === KIND.FOLDER) folders.push(path.join(below, name));
  }
  for (const inner of folders) {
    const place = locate(path.join(folder.path, inner), 'scandir');
    for (const entry of entriesOf(place, true)) {
      yield { ...entry, below: path.join(inner, entry.below) };
    }
  }
}

function expectFolder(place, syscall) {
  if (place.kind !== KIND.FOLDER) throw systemError(ERRNO.ENOTDIR, syscall, place.path);
}

function nameIn(encoding) {
  return encoding && encoding !== 'utf8' && encoding !== 'utf-8'
    ? (text) => encoded(text, encoding)
    : (text) => text;
}

/** @param {string} given the path as it was given @returns {fs.Dirent} */
function direntOf({ name, kind, below }, folder, toName) {
  return new fs.Dirent(toName(name), TYPES[kind], path.join(folder, below));
}

function readdir(place, options) {
  expectFolder(place, 'scandir');
  const toName = nameIn(encodingOf(options));
  const all = [...entriesOf(place, options?.recursive === true)];
  return options?.withFileTypes
    ? all.map((entry) => direntOf(entry, place.path, toName))
    : all.map(({ name, below }) => toName(path.join(below, name)));
}

const CLOSED = Object.freeze({ code: 'ERR_DIR_CLOSED' });

/** A folder of an archive as fs.opendir() gives it. */
class ArchiveDir extends fs.Dir {
  #path;
  #entries;
  #isClosed = false;

  constructor(place, options) {
    super({}, place.path, {});
    this.#path = place.path;
    const toName = nameIn(encodingOf(options));
    const all = entriesOf(place, options?.recursive === true);
    this.#entries = all.map((entry) => direntOf(entry, place.path, toName));
  }

  get path() {
    return this.#path;
  }

  readSync() {
    this.#expectOpen();
    return this.#entries.next().value ?? null;
  }

  read(callback) {
    if (callback === undefined) return (async () => this.readSync())();
    const entry = this.readSync();
    process.nextTick(callback, null, entry);
    return undefined;
  }

  closeSync() {
    this.#expectOpen();
    this.#isClosed = true;
  }

  close(callback) {
    if (callback === undefined) return (async () => this.closeSync())();
    this.closeSync();
    process.nextTick(callback, null);
    return undefined;
  }

  async *entries() {
    try {
      for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
    } finally {
      this.closeSync();
    }
  }

  [Symbol.asyncIterator]() {
    return this.entries();
  }

  [Symbol.dispose]() {
    if (!this.#isClosed) this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    this[Symbol.dispose]();
  }

  #expectOpen() {
    if (this.#isClosed) throw Object.assign(new Error('Directory handle was closed'), CLOSED);
  }
}

function opendir(place, options) {
  expectFolder(place, 'opendir');
  return new ArchiveDir(place, options);
}

/** @param {typeof import('node:fs')} fs_ */
function routeFolders(fs_) {
  routePath(fs_, 'readdir', {
    syscall: 'scandir',
    keepsUnpacked: true,
    sync: readdir,
  });
  routePath(fs_, 'opendir', {
    syscall: 'opendir',
    keepsUnpacked: true,
    sync: opendir,
  });
}

module.exports = { routeFolders };
