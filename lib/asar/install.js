'use strict';

/** Makes a Node thread read archives. */

const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

let isInstalled = false;

/**
 * @param {object} [how]
 * @param {boolean} [how.heedsEnvironment] ELECTRON_NO_ASAR turns it off: not in the main process
 * @param {boolean} [how.checks] what archives have hashes of is compared with them
 */
function install({ heedsEnvironment = true, checks = true } = {}) {
  if (isInstalled) return;
  isInstalled = true;
  if (!checks) require('./binding').setCheck(false);
  const { state } = require('./locate');
  state.isOff = heedsEnvironment && Boolean(process.env.ELECTRON_NO_ASAR);
  if (!('noAsar' in process)) process.noAsar = false;
  require('./paths').routePaths(fs);
  require('./files').routeFiles(fs);
  require('./folders').routeFolders(fs);
  const openFiles = require('./open-files');
  const open = require('./open');
  open.routeOpen(fs);
  open.routeClose(fs);
  require('./file-handle').routeFileHandles(fs);
  openFiles.routeRead(fs);
  openFiles.routeStatAndReadFile(fs);
  require('./refused').routeRefused(fs);
  require('./removal').routeRemoval(fs);
  require('./copy').routeCopyFile(fs);
  require('./cp').routeCp(fs);
  require('./native-file').routeDlopen();
  require('./children').installOnDemand();
  require('./require').installRequire();
  require('./import').installImport();
  syncBuiltinESMExports();
}

module.exports = { install };
