'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { StartError } = require('./start-error');

/** Electron's default for a package.json without `main`. */
const DEFAULT_MAIN = 'index.js';

function readPackage(file) {
  const text = fs.readFileSync(file, 'utf8');
  let description;
  try {
    description = JSON.parse(text);
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

/**
 * Finds the app that the command line names.
 * @param {string | undefined} given an app folder, an archive of one, or a main script
 * @returns {{appPath: string, main: string, description: Record<string, any>}}
 */
function openApp(given) {
  if (!given) throw new StartError('no app given; say `weft <app folder | app.asar | main.js>`');
  const target = path.resolve(given);
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  if (!stat) throw new StartError(`${given} does not exist; give an app folder, an app.asar or a main script`);

  const appPath = stat.isDirectory() ? target : path.dirname(target);
  const packageFile = path.join(appPath, 'package.json');
  const hasPackage = fs.existsSync(packageFile);
  if (!stat.isDirectory()) {
    return { appPath, main: target, description: hasPackage ? readPackage(packageFile) : {} };
  }
  if (!hasPackage) {
    throw new StartError(`${given} has no package.json; an app folder needs one with "main"`);
  }
  const description = readPackage(packageFile);
  return { appPath, main: findMain(appPath, description), description };
}

module.exports = { openApp };
