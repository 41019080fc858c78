'use strict';

/**
 * fs.cp out of archives, by its documentation. The walk is written once, as a generator that asks for
 * each operation; it is done at once or later, by who runs it.
 */

const path = require('node:path');
const { ERRNO, systemError } = require('./errors');
const { locateQuietly } = require('./copy');
const { textOf } = require('./locate');
const { replace, withOriginals } = require('./route');

const DEFAULTS = { force: true, filter: () => true };

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
  if (!(yield* makeRoom(to, options, there))) return;
  yield ['copyFile', from, to, options.mode];
  if (!options.preserveTimestamps) return;
  const { atime, mtime } = yield ['stat', from];
  yield ['utimes', to, atime, mtime];
}

/** @param {Generator<any[], void, any>} walk @param {(operation: any[]) => any} perform */
function runSync(walk, perform) {
  for (let step = walk.next(); !step.done;) {
    let result;
    try {
      result = perform(step.value);
    } catch (error) {
      step = walk.throw(error);
      continue;
    }
    step = walk.next(result);
  }
}

/** @param {(operation: any[]) => Promise<any>} perform */
async function runLater(walk, perform) {
  for (let step = walk.next(); !step.done;) {
    let result;
    try {
      result = await perform(step.value);
    } catch (error) {
      step = walk.throw(error);
      continue;
    }
    step = walk.next(result);
  }
}

const loaded = new Set();

/** Node loads its cp when it is first needed; it is to copy archives as the files that they are. */
function load(name, original) {
  if (loaded.has(name)) return;
  loaded.add(name);
  withOriginals(() => {
    const nothing = ['/dev/null/nothing', '/dev/null/nowhere'];
    try {
      original(...nothing, name === 'cp' ? () => {} : undefined)?.catch?.(() => {});
    } catch {
      // There is nothing to copy.
    }
  });
}

const pathOf = (given) => path.resolve(textOf(given));

/** @param {typeof import('node:fs')} fs */
function routeCp(fs) {
  const later = (given, target, options) => {
    const all = { ...DEFAULTS, ...options };
    return runLater(copy(pathOf(given), pathOf(target), all), async ([name, ...args]) =>
      name === 'filter' ? all.filter(...args) : fs.promises[name](...args),
    );
  };
  replace(fs, 'cpSync', (original) => (given, target, options) => {
    load('cpSync', original);
    if (locateQuietly(given) === null) return original(given, target, options);
    const all = { ...DEFAULTS, ...options };
    return runSync(copy(pathOf(given), pathOf(target), all), ([name, ...args]) =>
      name === 'filter' ? all.filter(...args) : fs[`${name}Sync`](...args),
    );
  });
  replace(fs.promises, 'cp', (original) => async (given, target, options) => {
    load('promises.cp', original);
    return (locateQuietly(given) === null ? original : later)(given, target, options);
  });
  replace(fs, 'cp', (original) => (given, target, ...rest) => {
    load('cp', original);
    const callback = rest.at(-1);
    if (typeof callback !== 'function' || locateQuietly(given) === null) {
      return original(given, target, ...rest);
    }
    later(given, target, rest.length > 1 ? rest[0] : undefined).then(
      () => process.nextTick(callback, null),
      (error) => process.nextTick(callback, error),
    );
    return undefined;
  });
}

module.exports = { routeCp };
