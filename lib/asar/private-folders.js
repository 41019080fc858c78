'use strict';

/** Folders for what is written out of archives: each process has its own, and they go with it. */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const PREFIX = 'weft-asar-';

const processOf = (name) => Number(/^weft-asar-(\d+)-/.exec(name)?.[1] ?? 0);

/** @param {(pid: number) => boolean} isIts */
function removeFolders(isIts) {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX) || !isIts(processOf(name))) continue;
    try {
      fs.rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** Of processes that were killed. */
function removeLeft() {
  removeFolders((pid) => pid > 0 && !fs.existsSync(`/proc/${pid}`));
}

/** Of this process, which ends. */
function removeOwn() {
  removeFolders((pid) => pid === process.pid);
}

/** @returns {string} a new one, which only this user may enter */
function makeFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
}

module.exports = { makeFolder, removeLeft, removeOwn };
