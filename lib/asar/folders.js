'use strict';

/** readdir and opendir of folders in archives. */

const fs = require('node:fs');
const path = require('node:path');
const { setImmediate } = require('node:timers/promises');
const binding = require('./binding');
const { ERRNO, systemError } = require('./errors');
const { plainly } = require('./gate');
const { KIND } = require('./locate');
const { areUsual, encoded } = require('./options');
const { callBack, routePath } = require('./route');
const { othersTurn } = require('./turns');

const { opendirSync } = fs; // this is loaded while fs is Node's
const { UV_DIRENT_DIR, UV_DIRENT_FILE, UV_DIRENT_LINK } = fs.constants;
const TYPES = {
  [KIND.FOLDER]: UV_DIRENT_DIR,
  [KIND.FILE]: UV_DIRENT_FILE,
  [KIND.LINK]: UV_DIRENT_LINK,
};

/** Less than a frame's time. */
const ENTRIES_AT_ONCE = 2000;

/**
 * What is in a folder, and below it if that is asked for: each folder's own before what is below, as
 * Node has it. Links are named, not followed.
 * @param {import('./locate').Place} folder
 * @returns {Generator<{ name: string, kind: number, below: string }>}
 */
function* entriesOf(folder, isRecursive) {
  const folders = [{ entry: folder.entry, below: '' }];
  for (const { entry, below } of folders) {
    const list = binding.list(folder.archive, entry);
    for (let i = 0; i < list.length; i += 3) {
      const name = list[i];
      const kind = list[i + 1];
      yield { name, kind, below };
      if (!isRecursive || kind !== KIND.FOLDER) continue;
      folders.push({ entry: list[i + 2], below: inFolder(below, name) });
    }
  }
}

/** Names of archives need no path.join(), which looks at each character. */
const inFolder = (folder, name) => (folder === '' ? name : `${folder}/${name}`);

function expectFolder(place, syscall) {
  if (place.kind !== KIND.FOLDER) throw systemError(ERRNO.ENOTDIR, syscall, place.path);
}

/** The folder's path, as it was given; Node has no other. */
const givenPath = ({ given, path: full }) => (typeof given === 'string' ? given : full);

/** @returns {(entry: { name: string, kind: number, below: string }) => fs.Dirent} */
function direntsOf(place, options) {
  const folder = givenPath(place);
  const normal = path.join(folder, '.').replace(/\/$/, '');
  return ({ name, kind, below }) => {
    const parent = below === '' ? folder : inFolder(normal, below);
    return new fs.Dirent(encoded(name, options), TYPES[kind], parent);
  };
}

/** What readdir() says of an entry. */
function listedAs(place, options) {
  return options?.withFileTypes
    ? direntsOf(place, options)
    : ({ name, below }) => encoded(inFolder(below, name), options);
}

function readdir(place, options) {
  expectFolder(place, 'scandir');
  const entries = entriesOf(place, options?.recursive === true);
  return Array.from(entries, listedAs(place, options));
}

/** Lets others have their turn in between: there may be very many below a folder. */
async function readdirLater(place, options) {
  if (options?.recursive !== true) return readdir(place, options);
  expectFolder(place, 'scandir');
  const listed = listedAs(place, options);
  const all = [];
  for (const entry of entriesOf(place, true)) {
    if (all.push(listed(entry)) % ENTRIES_AT_ONCE === 0) await setImmediate();
  }
  return all;
}

const CLOSED = Object.freeze({ code: 'ERR_DIR_CLOSED' });

/** A folder of an archive as fs.opendir() gives it. */
class ArchiveDir extends fs.Dir {
  #path;
  #entries;
  #isClosed = false;

  constructor(place, options) {
    super({}, place.path, {});
    this.#path = givenPath(place);
    this.#entries = entriesOf(place, options?.recursive === true).map(direntsOf(place, options));
  }

  get path() {
    return this.#path;
  }

  readSync() {
    this.#expectOpen();
    return this.#entries.next().value ?? null;
  }

  read(callback) {
    if (callback === undefined) return this.#readLater();
    const entry = this.readSync();
    process.nextTick(callback, null, entry);
    return undefined;
  }

  closeSync() {
    this.#expectOpen();
    this.#isClosed = true;
  }

  close(callback) {
    const close = async () => this.closeSync();
    if (callback === undefined) return close();
    if (typeof callback !== 'function') return super.close(callback); // Node refuses it
    callBack((error) => callback(error), close());
    return undefined;
  }

  async *entries() {
    try {
      for (let entry; (entry = await this.#readLater()) !== null;) yield entry;
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

  async #readLater() {
    const entry = this.readSync();
    const turn = othersTurn();
    if (turn !== null) await turn;
    return entry;
  }

  #expectOpen() {
    if (this.#isClosed) throw Object.assign(new Error('Directory handle was closed'), CLOSED);
  }
}

function opendir(place, options) {
  // Node judges it when it has opened a folder.
  if (options?.bufferSize !== undefined) plainly(() => opendirSync('/', options).closeSync());
  expectFolder(place, 'opendir');
  return new ArchiveDir(place, options);
}

/** @param {typeof import('node:fs')} fs_ */
function routeFolders(fs_) {
  routePath(fs_, 'readdir', {
    syscall: 'scandir',
    keepsUnpacked: true,
    isUsual: areUsual,
    sync: readdir,
    later: readdirLater,
  });
  routePath(fs_, 'opendir', {
    syscall: 'opendir',
    keepsUnpacked: true,
    isUsual: areUsual,
    sync: opendir,
  });
}

module.exports = { readdir, readdirLater, routeFolders };
