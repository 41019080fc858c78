'use strict';

/**
 * Files that the kernel must see, of archives: native modules and programs. One that lies beside its
 * archive is used there; another is written to a private folder, which goes with the thread.
 */

const path = require('node:path');
const { ERRNO, systemError } = require('./errors');
const { replace } = require('./gate');
const { KIND, locate } = require('./locate');
const { makeFolder, removeLeft, removeOwn } = require('./private-folders');
const { readRest } = require('./read');

/** What has been written. @type {Map<string, string>} */
const written = new Map();

let folder = '';

/** fs without archives: first needed here when there is something to write. */
const plainFs = () => require('./original-fs');

function privateFolder() {
  if (folder !== '') return folder;
  const { isMainThread } = require('node:worker_threads');
  removeLeft();
  folder = makeFolder();
  process.once('exit', () => {
    if (isMainThread) removeOwn();
    else plainFs().rmSync(folder, { recursive: true, force: true });
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
  replace(
    process,
    'dlopen',
    (original) =>
      function (module, filename, ...flags) {
        return original.call(this, module, realFileOf(filename), ...flags);
      },
  );
}

module.exports = { realFileOf, routeDlopen };
