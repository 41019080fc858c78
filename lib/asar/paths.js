'use strict';

/** What is asked about a path: stat, access, exists, realpath, readlink. */

const path = require('node:path');
const binding = require('./binding');
const { ERRNO, systemError } = require('./errors');
const { hidden, replace } = require('./gate');
const { isRefused, KIND, lookUp, missing } = require('./locate');
const { areUsual, encoded, isMode } = require('./options');
const { callbackForm, judgedBy, promiseForm, routePath, syncForm } = require('./route');
const { statsOf } = require('./stats');

const { W_OK } = require('node:fs').constants;

/** As in Electron: null, not undefined, for what is not there and need not be. */
function statSyncForm(syscall, follow) {
  return (original) =>
    function (given, options) {
      const found = lookUp(given, follow);
      if (found === null) return original(given, options);
      if (typeof found !== 'number') {
        return found.isUnpacked ? original(found.unpackedPath, options) : statsOf(found, options);
      }
      if (options?.throwIfNoEntry === false) return null;
      throw missing(given, found, syscall);
    };
}

function routeStat(fs, name, follow) {
  const route = { syscall: name, follow, sync: statsOf };
  replace(fs, name, callbackForm(route));
  replace(fs.promises, name, promiseForm(route));
  replace(fs, `${name}Sync`, statSyncForm(name, follow));
}

function isAbsent(given, options) {
  try {
    return options?.throwIfNoEntry === false && typeof lookUp(given, true) === 'number';
  } catch {
    return false; // for who looks it up to say
  }
}

/** Node's stat() knows throwIfNoEntry in each of its forms, its lstat() in one. */
function routeAbsence(fs) {
  replace(fs.promises, 'stat', (routed) => async (given, options) => {
    return isAbsent(given, options) ? undefined : routed(given, options);
  });
  replace(fs, 'stat', (routed) => (given, ...rest) => {
    const callback = rest.at(-1);
    const isOurs = typeof callback === 'function' && rest.length > 1 && isAbsent(given, rest[0]);
    if (!isOurs) return routed(given, ...rest);
    process.nextTick(callback, null, undefined);
    return undefined;
  });
}

function access(place, mode) {
  if (mode & W_OK) throw systemError(ERRNO.EACCES, 'access', place.path);
}

/** @returns {boolean | null} null: it is not ours to say */
function isThere(given, existsSync) {
  try {
    const found = lookUp(given, true);
    if (found === null) return null;
    if (typeof found === 'number') return false;
    return found.isUnpacked ? existsSync(found.unpackedPath) : true;
  } catch {
    return false; // no archive, only called like one
  }
}

function routeExists(fs) {
  const { existsSync } = fs;
  replace(fs, 'existsSync', (original) => (given) => isThere(given, original) ?? original(given));
  replace(fs, 'exists', (original) => (given, callback) => {
    const answer = typeof callback === 'function' ? isThere(given, existsSync) : null;
    if (answer === null) original(given, callback);
    else process.nextTick(callback, answer);
  });
}

/**
 * The archive's own real path, and what the links within it lead to. An archive that is open stays where
 * it was found, so it is asked for once: each require() asks.
 */
function realpathWith(realpathSync) {
  /** @type {Map<string, string>} */
  const known = new Map();
  const realArchive = (archivePath) => {
    let real = known.get(archivePath);
    if (real === undefined) known.set(archivePath, (real = realpathSync(archivePath)));
    return real;
  };
  return (place, options) => {
    const real = path.join(realArchive(place.archivePath), place.inner);
    return encoded(real, options);
  };
}

function routeRealpath(fs) {
  const { accessSync, realpathSync } = fs;
  const route = {
    syscall: 'realpath',
    keepsUnpacked: true,
    isUsual: areUsual,
    sync: realpathWith(realpathSync),
  };
  routePath(fs, 'realpath', route);
  // Node's own asks for no permission, and would take the archive for a file in the way.
  replace(fs, 'realpathSync', (routed) => (given, options) => {
    if (isRefused(given)) accessSync(given);
    return routed(given, options);
  });
  const { native } = realpathSync;
  const ofNative = judgedBy({ ...route, sync: realpathWith(native) }, native);
  replace(hidden, 'realpathSync', syncForm(ofNative));
  replace(hidden, 'realpath', callbackForm(ofNative));
}

/** Relative to the link's folder, as links of file systems are; archives have it from their root. */
function readlink(place, options) {
  if (place.kind !== KIND.LINK) throw systemError(ERRNO.EINVAL, 'readlink', place.path);
  const target = binding.target(place.archive, place.entry);
  const text = path.relative(path.dirname(`/${place.inner}`), `/${target}`) || '.';
  return encoded(text, options);
}

/** @param {typeof import('node:fs')} fs */
function routePaths(fs) {
  routeStat(fs, 'stat', true);
  routeStat(fs, 'lstat', false);
  routeAbsence(fs);
  routePath(fs, 'access', { syscall: 'access', isUsual: isMode, sync: access });
  routeExists(fs);
  routeRealpath(fs);
  routePath(fs, 'readlink', {
    syscall: 'readlink',
    follow: false,
    keepsUnpacked: true,
    isUsual: areUsual,
    sync: readlink,
  });
}

module.exports = { routePaths };
