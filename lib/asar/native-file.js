'use strict';

/**
 * Files that the kernel must see, of archives: native modules and programs. One that lies beside its
 * archive is used there. Another is written to the process's private folder, where it has the place
 * that it has in the archive: so it is one file for all threads, and libraries find each other.
 */

const path = require('node:path');
const { threadId } = require('node:worker_threads');
const { librariesOf } = require('./elf');
const { ERRNO, systemError } = require('./errors');
const { plainly, replace } = require('./gate');
const { KIND, locate, lookUp } = require('./locate');
const { privateFolder } = require('./private-folders');
const { readRest } = require('./read');

/** What this thread has seen written. @type {Set<string>} */
const written = new Set();

const plainFs = () => require('./original-fs');

/** In one step: another thread may write the same, and this process has one such file. */
function writeOnce(file, bytes, mode) {
  const fs = plainFs();
  if (fs.existsSync(file)) return;
  const unfinished = `${file}.${threadId}`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    fs.writeFileSync(unfinished, bytes, { mode: 0o600 });
    fs.chmodSync(unfinished, mode);
    fs.linkSync(unfinished, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error; // another thread was faster
  } finally {
    fs.rmSync(unfinished, { force: true });
  }
}

/** @param {string} root the folder of an archive's files @param {string} inner @returns {string} */
function write(place, root, inner) {
  const file = path.join(root, inner);
  if (written.has(file)) return file;
  written.add(file); // libraries may need each other
  const bytes = place.isUnpacked ? plainFs().readFileSync(place.unpackedPath) : readRest(place);
  // What it needs is there before it is.
  for (const library of librariesBeside(place.archivePath, inner, bytes)) {
    write(library.place, root, library.inner);
  }
  const isProgram = place.isExecutable || inner.endsWith('.node');
  writeOnce(file, bytes, isProgram ? 0o555 : 0o444);
  return file;
}

/** Libraries of the archive that a file asks for by its own place. */
function librariesBeside(archive, inner, bytes) {
  const { needed, folders } = librariesOf(bytes);
  const found = [];
  for (const folder of folders) {
    const [, below] = /^\$(?:ORIGIN|\{ORIGIN\})(\/.*|)$/.exec(folder) ?? [];
    if (below === undefined) continue;
    for (const name of needed) {
      const place = path.join(path.dirname(inner), below, name);
      const library = place.startsWith('../') ? null : lookUp(path.join(archive, place), true);
      if (library?.kind === KIND.FILE) found.push({ place: library, inner: place });
    }
  }
  return found;
}

/** An archive that has two paths is one. @param {import('./locate').Place} place */
function byRealPath(place) {
  const archive = plainly(() => plainFs().realpathSync(place.archivePath));
  return archive === place.archivePath ? place : locate(path.join(archive, place.inner), 'open');
}

/**
 * @param {string} given a path as fs takes it
 * @returns {string} a file for the kernel: the given one, if it is in no archive
 */
function realFileOf(given) {
  const found = locate(given, 'open');
  if (found === null) return given;
  if (found.isUnpacked) return found.unpackedPath;
  if (found.kind !== KIND.FILE) throw systemError(ERRNO.EISDIR, 'open', found.path);
  const place = byRealPath(found);
  const root = path.join(privateFolder(), String(place.archive));
  try {
    return write(place, root, place.inner);
  } catch (error) {
    written.clear(); // the next one tries again
    throw error;
  }
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
