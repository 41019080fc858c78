'use strict';

/** The walk of fs.cp out of archives, by its documentation: it asks for each operation, and is given its result. */

const { constants } = require('node:os');
const path = require('node:path');

/** As Node's cp has them: the system's error is in `info`, and `errno` is positive. */
function cpError(code, systemCode, text, why, target) {
  const errno = constants.errno[systemCode];
  const info = { message: why, path: target, syscall: 'cp', errno, code: systemCode };
  const error = new Error(`${text}: cp returned ${systemCode} (${why}) ${target}`);
  return Object.assign(error, { ...info, name: 'SystemError', message: error.message, code, info });
}

const failures = {
  isFolder: (from) =>
    cpError(
      'ERR_FS_EISDIR',
      'EISDIR',
      'Path is a directory',
      `${from} is a directory (not copied)`,
      from,
    ),
  exists: (to) =>
    cpError('ERR_FS_CP_EEXIST', 'EEXIST', 'Target already exists', `${to} already exists`, to),
  folderToFile: (from, to) =>
    cpError(
      'ERR_FS_CP_DIR_TO_NON_DIR',
      'EISDIR',
      'Cannot overwrite non-directory with directory',
      `cannot overwrite non-directory ${to} with directory ${from}`,
      to,
    ),
  fileToFolder: (from, to) =>
    cpError(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      'ENOTDIR',
      'Cannot overwrite directory with non-directory',
      `cannot overwrite directory ${to} with non-directory ${from}`,
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
  if (there !== null && !there.isDirectory()) throw failures.folderToFile(from, to);
  if (there !== null && !options.force && options.errorOnExist) throw failures.exists(to);
  if (there === null) yield ['mkdir', to, { recursive: true }];
  for (const name of yield ['readdir', from]) {
    yield* copy(path.join(from, name), path.join(to, name), options);
  }
}

/** Whether to write; what is in the way is gone by then. */
function* makeRoom(from, to, options, there) {
  if (there === null) {
    yield ['mkdir', path.dirname(to), { recursive: true }];
    return true;
  }
  if (there.isDirectory()) throw failures.fileToFolder(from, to);
  if (options.force) {
    yield ['unlink', to];
    return true;
  }
  if (options.errorOnExist) throw failures.exists(to);
  return false;
}

/** A link leads to the same place within the copy: archives have no others. */
function* copyLink(from, to, options, there) {
  if (!(yield* makeRoom(from, to, options, there))) return;
  yield ['symlink', yield ['readlink', from], to];
}

function* copyFile(from, to, options, there) {
  yield ['compare', from]; // what is damaged replaces nothing
  if (!(yield* makeRoom(from, to, options, there))) return;
  yield ['copyFile', from, to, options.mode];
  if (!options.preserveTimestamps) return;
  const { atime, mtime } = yield ['stat', from];
  yield ['utimes', to, atime, mtime];
}

module.exports = { walk: copy };
