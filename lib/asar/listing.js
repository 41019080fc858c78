'use strict';

/**
 * readdir of a plain folder with all that is below it: archives are folders there, as in Electron, and
 * what is in them comes last. What reads archives is loaded when there is one.
 */

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { concerns, replace, state } = require('./gate');

const IS_ARCHIVE = /\.asar$/i;

const textOf = (folder) =>
  typeof folder?.href === 'string' ? fileURLToPath(folder.href) : `${folder}`;

/** Whether all that is below a folder of no archive is asked for. */
const isOfTree = (folder, options) =>
  options?.recursive === true && !concerns(textOf(folder)) && !process.noAsar && !state.isOff;

/** @returns {import('./locate').Place | null} null: it has such a name, and is none */
function archiveAt(file) {
  require('./routes');
  const { KIND, locate } = require('./locate');
  try {
    const place = locate(file, 'scandir');
    return place?.kind === KIND.FOLDER ? Object.assign(place, { given: file }) : null;
  } catch {
    return null;
  }
}

/**
 * The archives among what is listed, by their names there; a Dirent of one becomes a folder's.
 * @param {(string | Buffer | fs.Dirent)[]} listed
 * @returns {Map<string, import('./locate').Place>} of a Dirent it is the whole path
 */
function archivesIn(folder, listed) {
  const archives = new Map();
  for (const [i, entry] of listed.entries()) {
    const { name = entry, parentPath } = entry;
    if (typeof name !== 'string' || !IS_ARCHIVE.test(name)) continue;
    const file = path.join(parentPath ?? textOf(folder), name);
    const place = archiveAt(file);
    if (place === null) continue;
    archives.set(parentPath === undefined ? name : file, place);
    if (parentPath !== undefined)
      listed[i] = new fs.Dirent(name, fs.constants.UV_DIRENT_DIR, parentPath);
  }
  return archives;
}

/** @param {(string | fs.Dirent)[]} inner what is in an archive of that name */
function append(listed, name, inner) {
  for (const entry of inner)
    listed.push(typeof entry === 'string' ? path.join(name, entry) : entry);
}

async function withArchives(folder, options, listed) {
  for (const [name, place] of archivesIn(folder, listed)) {
    append(listed, name, await require('./folders').readdirLater(place, options));
  }
  return listed;
}

/** What is in an archive itself is read by who is loaded then: folders.js. */
function isForRoutes(folder) {
  if (state.isLoaded || !concerns(folder)) return false;
  require('./routes');
  return true;
}

replace(fs, 'readdirSync', (original) => (folder, options) => {
  if (isForRoutes(folder)) return fs.readdirSync(folder, options);
  if (!isOfTree(folder, options)) return original(folder, options);
  const listed = original(folder, options);
  for (const [name, place] of archivesIn(folder, listed)) {
    append(listed, name, require('./folders').readdir(place, options));
  }
  return listed;
});
replace(fs, 'readdir', (original) => (folder, ...rest) => {
  if (isForRoutes(folder)) return fs.readdir(folder, ...rest);
  const [options, callback] = rest;
  if (typeof callback !== 'function' || !isOfTree(folder, options))
    return original(folder, ...rest);
  return original(folder, options, (error, listed) => {
    if (error) return callback(error);
    withArchives(folder, options, listed).then(
      (all) => process.nextTick(callback, null, all),
      (failure) => process.nextTick(callback, failure),
    );
    return undefined;
  });
});
replace(fs.promises, 'readdir', (original) => async (folder, options) => {
  if (isForRoutes(folder)) return fs.promises.readdir(folder, options);
  if (!isOfTree(folder, options)) return original(folder, options);
  return withArchives(folder, options, await original(folder, options));
});
