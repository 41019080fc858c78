'use strict';

const { workerData } = require('node:worker_threads');

/**
 * Gives up what Weft itself needed to start this thread, and the window's webPreferences.nodePermissions do
 * not give to the app: native modules, and threads of Node's own. Node refuses them from here on.
 */
function giveUpPermissions() {
  const { drops = [] } = workerData;
  if (drops.length === 0) return;
  require('../asar/binding'); // a native module, which is loaded with the first archive otherwise
  for (const name of drops) process.permission.drop(name);
}

module.exports = { giveUpPermissions };
