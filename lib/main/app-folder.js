'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { StartError } = require('./start-error');

/** Electron's default for a package.json without `main`. */
const DEFAULT_MAIN = 'index.js';

/** What cannot be read is the user's to put right, and the error says what it is. */
function reading(call) {
  try {
    return call();
  } catch (error) {
    throw new StartError(error.message);
  }
}

function readPackage(file) {
  const text = reading(() => fs.readFileSync(file, 'utf8'));
  let description;
  try {
    description = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new StartError(`${file} is not valid JSON: ${error.message}`);
  }
  if (description === null || typeof description !== 'object' || Array.isArray(description)) {
    throw new StartError(`${file} must hold a JSON object`);
  }
  return description;
}

function findMain(folder, description) {
  const file = path.join(folder, 'package.json');
  const { main = DEFAULT_MAIN } = description;
  if (typeof main !== 'string' || main === '') {
    throw new StartError(`"main" in ${file} must be the path of the app's main script`);
  }
  try {
    return require.resolve(path.resolve(folder, main));
  } catch {
    throw new StartError(
      'main' in description
        ? `${path.resolve(folder, main)}, which is "main" in ${file}, does not exist`
        : `${file} has no "main", and there is no ${DEFAULT_MAIN} beside it; ` +
          `add "main": "path of the app's main script"`
    );
  }
}

/** The two pickles of an archive and its header: docs/api/asar.md. */
function startsAsArchive(file) {
  const start = Buffer.alloc(17);
  const fd = reading(() => fs.openSync(file, 'r'));
  try {
    fs.readSync(fd, start, 0, start.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const size = start.readUInt32LE(4);
  return start.readUInt32LE(0) === 4 && start.readUInt32LE(8) === size - 4 && start[16] === 0x7b;
}

function refuseDisguised(file) {
  if (!startsAsArchive(file)) return;
  const name = `${path.parse(file).name}.asar`;
  throw new StartError(`${file} is an archive, but is not called like one; rename it to ${name}`);
}

const statOf = (target) => reading(() => fs.statSync(target, { throwIfNoEntry: false }));

/**
 * Finds the app that the command line names.
 * @param {string | undefined} given an app folder, an archive of one, or a main script
 * @returns {{appPath: string, main: string, description: Record<string, any>}}
 */
function openApp(given) {
  if (!given) throw new StartError('no app given; say `weft <app folder | app.asar | main.js>`');
  let target = path.resolve(given);
  let stat = statOf(target);
  if (stat?.isFile()) {
    target = reading(() => fs.realpathSync(target)); // as Electron: a link may lead to an archive, too
    stat = statOf(target);
  }
  if (!stat) throw new StartError(`${given} does not exist; give an app folder, an app.asar or a main script`);

  const appPath = stat.isDirectory() ? target : path.dirname(target);
  const packageFile = path.join(appPath, 'package.json');
  const hasPackage = fs.existsSync(packageFile);
  if (!stat.isDirectory()) {
    if (stat.isFile()) refuseDisguised(target);
    return { appPath, main: target, description: hasPackage ? readPackage(packageFile) : {} };
  }
  if (!hasPackage) {
    throw new StartError(`${given} has no package.json; an app folder needs one with "main"`);
  }
  const description = readPackage(packageFile);
  return { appPath, main: findMain(appPath, description), description };
}

module.exports = { openApp };
