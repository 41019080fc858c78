'use strict';

/*
 * Windows whose workers load native modules: functions that run in workers of their pages, and copies of
 * modules in the app's folder.
 */

const fs = require('node:fs');
const path = require('node:path');
const { NODE_IN_WORKER } = require('./lab');

/** @returns {Promise<string>} */
function appFolder(lab) {
  return lab.main(({ app }) => app.getAppPath());
}

/**
 * Copies a file into the app's folder.
 * @param {string} place relative to the app
 * @returns {Promise<string>} its real path
 */
async function addToApp(lab, file, place) {
  const target = path.join(await appFolder(lab), place);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(file, target);
  return fs.realpathSync(target);
}

/**
 * A window with tool workers, which `inWorker` knows by their names.
 * @param {object} [nativeModules] webPreferences.nativeModules
 */
async function openWithWorkers(lab, names, nativeModules) {
  const win = await lab.open({ ...NODE_IN_WORKER, nativeModules });
  await win.page((all) => {
    window.workers = Object.fromEntries(all.map((name) => [name, startTool()]));
  }, names);
  return win;
}

/** Runs a function in one of them; arguments and result are JSON. */
function inWorker(win, name, fn, ...args) {
  const runThere = (worker, source, all) => run(window.workers[worker], source, ...all);
  return win.page(runThere, name, `${fn}`, args);
}

module.exports = { addToApp, appFolder, openWithWorkers, inWorker };
