'use strict';

/**
 * What `nodeIntegration` puts on `window`, before any page script, as Electron's renderer does. A page
 * of a file is a module of its own; others have no place on disk, and look for packages in the app.
 */

require('./agent'); // not when it is first used: it captures what page script may change
const { addNodeGlobals } = require('./globals');
const { lazy } = require('../../common/lazy');

/** @returns {{filename: string, folder: string, isFile: boolean}} */
function placeOfPage() {
  const { protocol, pathname } = globalThis.location;
  if (protocol === 'file:') {
    const { dirname, normalize } = require('./modules/path');
    const filename = normalize(decodeURIComponent(pathname));
    return { filename, folder: dirname(filename), isFile: true };
  }
  // Fake, as Electron's own.
  const folder = `${options.process.resourcesPath}/electron.asar/renderer`;
  return { filename: `${folder}/init.js`, folder, isFile: false };
}

function createModule({ filename, folder, isFile }) {
  const { createPageModule, nodeModulePaths } = require('./require');
  const paths = nodeModulePaths(isFile ? folder : options.appPath);
  return createPageModule({ filename: isFile ? filename : null, paths });
}

/** @param {object} target `window` */
exports.installPageGlobals = function installPageGlobals(target) {
  const place = placeOfPage();
  let made = null;
  const main = () => (made ??= createModule(place));
  const globals = {
    global: () => target,
    __filename: () => place.filename,
    __dirname: () => place.folder,
    module: () => main().module,
    require: () => main().require,
  };
  for (const name of Object.keys(globals)) lazy(target, name, globals[name]);
  addNodeGlobals(target);
  require('./stack-trace').install();
  target.addEventListener('error', tellProcess);
};

/** As Electron does: who listens for them gets the page's uncaught errors. */
function tellProcess(event) {
  const { getProcess } = require('./process');
  if (!event.isTrusted || getProcess().listenerCount('uncaughtException') === 0) return;
  event.preventDefault();
  getProcess().emit('uncaughtException', event.error);
}
