'use strict';

const path = require('node:path');
const paths = require('./paths');

/**
 * webPreferences.nodePermissions: what Node may do in the window's workers, page and preload script. It
 * becomes Node's permission flags for the window's hosts; what a host itself needs, each thread gives up
 * before it runs any of the app's code (lib/worker/permissions.js).
 *
 * @typedef {{ flags: string[], drops: string[] }} Permissions of the process, and given up by its threads
 */

const OPTION = 'webPreferences.nodePermissions';
const KEYS = ['fs', 'net', 'childProcess', 'addons', 'worker'];
const FS_KEYS = ['read', 'write'];

/** Linux limits an argument to 128 KiB, and all of them to some megabytes. */
const PATHS_MAX = 1024;
const PATH_LENGTH_MAX = 4096;

/** Node warns of these on each start. */
const QUIET = [
  ...['PERM0001', 'PERM0002', 'PERM0006', 'ExperimentalWarning'].map(
    (name) => `--disable-warning=${name}`,
  ),
];

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function show(value) {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return 'an array';
  return isPlain(value) ? 'an object' : String(value);
}

const refuse = (name, value, what) =>
  new TypeError(`${name} is ${show(value)}, but must be ${what}`);

function checkKeys(name, value, keys) {
  if (!isPlain(value)) throw refuse(name, value, 'an object');
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    throw new TypeError(`${name}.${key} is not known; it may have ${keys.join(', ')}`);
  }
}

function readBoolean(given, key) {
  const value = given[key] ?? false;
  if (typeof value !== 'boolean') throw refuse(`${OPTION}.${key}`, value, 'true or false');
  return value;
}

/** @returns {string[]} paths; `*` is all */
function readPaths(name, value) {
  if (value === undefined || value === false) return [];
  if (value === true) return ['*'];
  if (!Array.isArray(value)) throw refuse(name, value, 'true, false or an array of paths');
  if (value.length > PATHS_MAX) throw new TypeError(`${name} has more than ${PATHS_MAX} paths`);
  value.forEach((one, index) => {
    const isUsable =
      typeof one === 'string' && path.isAbsolute(one) && one.length <= PATH_LENGTH_MAX;
    if (isUsable && !/[,\0]/.test(one)) return;
    const what = `an absolute path without a comma, at most ${PATH_LENGTH_MAX} characters long`;
    throw refuse(`${name}[${index}]`, one, what);
  });
  return value;
}

/**
 * Weft's own files, and the app's, are code of this window. What stands for an open file of an archive
 * (lib/asar/descriptors.js) is /dev/null.
 */
const always = (appPath) => [
  ...[path.join(paths.root, '*'), '/dev/null'],
  ...[appPath, path.join(appPath, '*'), path.join(`${appPath}.unpacked`, '*')],
];

/**
 * @param {any} given
 * @param {string} appPath
 * @returns {Permissions | undefined} undefined when the app says nothing: everything is allowed
 */
function readNodePermissions(given, appPath) {
  if (given === undefined) return undefined;
  checkKeys(OPTION, given, KEYS);
  const fs = given.fs ?? {};
  checkKeys(`${OPTION}.fs`, fs, FS_KEYS);
  const read = [...always(appPath), ...readPaths(`${OPTION}.fs.read`, fs.read)];
  const write = readPaths(`${OPTION}.fs.write`, fs.write);
  const may = Object.fromEntries(KEYS.slice(1).map((key) => [key, readBoolean(given, key)]));
  return {
    flags: [
      ...QUIET,
      ...['--permission', '--allow-worker', '--allow-addons'],
      ...(may.net ? ['--allow-net'] : []),
      ...(may.childProcess ? ['--allow-child-process'] : []),
      ...read.map((one) => `--allow-fs-read=${one}`),
      ...write.map((one) => `--allow-fs-write=${one}`),
    ],
    drops: [...(may.addons ? [] : ['addon']), ...(may.worker ? [] : ['worker'])],
  };
}

module.exports = { readNodePermissions };
