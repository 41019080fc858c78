'use strict';

/**
 * Files that the kernel must see, of archives: native modules and programs. One that lies beside its
 * archive is used there; another is written to a private folder, which goes with the thread.
 */

const path = require('node:path');
const os = require('node:os');
const { ERRNO, systemError } = require('./errors');
const { KIND, locate } = require('./locate');
const { readRest } = require('./read');

const PREFIX = 'weft-asar-';

/** What has been written. @type {Map<string, string>} */
const written = new Map();

let folder = '';

/** fs without archives: first needed here when there is something to write. */
const plainFs = () => require('./original-fs');

const processOf = (name) => Number(/^weft-asar-(\d+)-/.exec(name)?.[1] ?? 0);

/** Removes folders of a process. */
function remove(isIts) {
  const fs = plainFs();
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX) || !isIts(processOf(name))) continue;
    try {
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** Those that were killed left theirs. */
const hasEnded = (pid) => pid > 0 && !plainFs().existsSync(`/proc/${pid}`);

function privateFolder() {
  if (folder !== '') return folder;
  const fs = plainFs();
  const { isMainThread } = require('node:worker_threads');
  remove(hasEnded);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`)); // 0700
  process.once('exit', () => {
    if (isMainThread) remove((pid) => pid === process.pid);
    else fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** @param {import('./locate').Place} place */
function write(place) {
  const fs = plainFs();
  const own = path.join(privateFolder(), String(written.size));
  const file = path.join(own, path.basename(place.path));
  fs.mkdirSync(own);
  fs.writeFileSync(file, readRest(place), { mode: 0o600 });
  fs.chmodSync(file, 0o555);
  return file;
}

/**
 * @param {string} given a path as fs takes it
 * @returns {string} a file for the kernel: the given one, if it is in no archive
 */
function realFileOf(given) {
  const place = locate(given, 'open');
  if (place === null) return given;
  if (place.isUnpacked) return place.unpackedPath;
  if (place.kind !== KIND.FILE) throw systemError(ERRNO.EISDIR, 'open', place.path);
  const key = `${place.archive}:${place.entry}`;
  let file = written.get(key);
  if (file === undefined) written.set(key, (file = write(place)));
  return file;
}

/** Native modules of archives. */
function routeDlopen() {
  const original = process.dlopen;
  const dlopen = function (module, filename, ...flags) {
    return original.call(this, module, realFileOf(filename), ...flags);
  };
  process.dlopen = Object.defineProperty(dlopen, 'name', { value: 'dlopen' });
}

module.exports = { realFileOf, routeDlopen };
