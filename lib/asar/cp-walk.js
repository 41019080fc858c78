'use strict';

/** The walk of fs.cp out of archives, by its documentation: it asks for each operation, and is given its result. */

const path = require('node:path');
const { ERRNO, systemError } = require('./errors');

function cpError(code, errno, text, target) {
  const error = systemError(errno, 'cp', target);
  return Object.assign(error, { code, message: `${text}: cp '${target}'` });
}

const failures = {
  isFolder: (from) =>
    cpError(
      'ERR_FS_EISDIR',
      ERRNO.EISDIR,
      'Recursive option not enabled, cannot copy a directory',
      from,
    ),
  exists: (to) => cpError('ERR_FS_CP_EEXIST', ERRNO.EEXIST, 'Target already exists', to),
  folderToFile: (to) =>
    cpError(
      'ERR_FS_CP_DIR_TO_NON_DIR',
      ERRNO.EISDIR,
      'Cannot overwrite non-directory with directory',
      to,
    ),
  fileToFolder: (to) =>
    cpError(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      ERRNO.ENOTDIR,
      'Cannot overwrite directory with non-directory',
      to,
    ),
};

/** What is there, or null. */
function* peek(operation, file) {
  try {
    return yield [operation, file];
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** @returns {Generator<any[], void, any>} */
function* copy(from, to, options) {
  if (!(yield ['filter', from, to])) return;
  const stat = yield [options.dereference ? 'stat' : 'lstat', from];
  const there = yield* peek('lstat', to);
  if (stat.isDirectory()) yield* copyFolder(from, to, options, there);
  else if (stat.isSymbolicLink()) yield* copyLink(from, to, options, there);
  else yield* copyFile(from, to, options, there);
}

function* copyFolder(from, to, options, there) {
  if (!options.recursive) throw failures.isFolder(from);
  if (there !== null && !there.isDirectory()) throw failures.folderToFile(to);
  if (there === null) yield ['mkdir', to, { recursive: true }];
  for (const name of yield ['readdir', from]) {
    yield* copy(path.join(from, name), path.join(to, name), options);
  }
}

/** Whether to write; what is in the way is gone by then. */
function* makeRoom(to, options, there) {
  if (there === null) {
    yield ['mkdir', path.dirname(to), { recursive: true }];
    return true;
  }
  if (there.isDirectory()) throw failures.fileToFolder(to);
  if (options.force) {
    yield ['unlink', to];
    return true;
  }
  if (options.errorOnExist) throw failures.exists(to);
  return false;
}

/** A link leads to the same place within the copy: archives have no others. */
function* copyLink(from, to, options, there) {
  if (!(yield* makeRoom(to, options, there))) return;
  yield ['symlink', yield ['readlink', from], to];
}

function* copyFile(from, to, options, there) {
  yield ['compare', from]; // what is damaged replaces nothing
  if (!(yield* makeRoom(to, options, there))) return;
  yield ['copyFile', from, to, options.mode];
  if (!options.preserveTimestamps) return;
  const { atime, mtime } = yield ['stat', from];
  yield ['utimes', to, atime, mtime];
}

module.exports = { walk: copy };
