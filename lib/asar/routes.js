'use strict';

/** All that is done for archives, behind the gates. Loaded when a path may lead into one. */

const fs = require('node:fs');
const binding = require('./binding');
const { state, withOriginals } = require('./gate');

if (!state.checks) binding.setCheck(false);
state.isLoaded = true;
void fs.promises; // has its gates from here on

withOriginals(() => {
  const open = require('./open');
  const openFiles = require('./open-files');
  require('./paths').routePaths(fs);
  require('./files').routeFiles(fs);
  require('./listing'); // it is Node's readdir with archives below; folders are before it
  require('./folders').routeFolders(fs);
  open.routeOpen(fs);
  open.routeClose(fs);
  open.routeSync(fs);
  require('./file-handle').routeFileHandles(fs);
  openFiles.routeRead(fs);
  openFiles.routeStatAndReadFile(fs);
  require('./refused').routeRefused(fs);
  require('./copy').routeCopyFile(fs);
  require('./cp').routeCp(fs);
  if (state.loadsNativeModules) require('./native-file').routeDlopen();
  require('./require').routeRequire();
});
