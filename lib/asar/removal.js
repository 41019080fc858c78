'use strict';

/** rm() removes archives as the files that they are, also when they lie deep in a folder. */

const fs = require('node:fs');
const { plainly, replace, withOriginals } = require('./gate');

let isLoaded = false;

/**
 * Node loads its recursive rm when it is first needed, and that keeps the functions of fs that it
 * finds then. It is needed once rm() has seen that there is something, which we say at once.
 */
function loadRecursive() {
  if (isLoaded) return;
  isLoaded = true;
  withOriginals(() => {
    const { lstat, rm } = fs;
    fs.lstat = (_path, callback) => {
      fs.lstat = lstat;
      callback(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }));
    };
    rm('/dev/null/nothing', { force: true }, () => {});
  });
}

replace(
  fs,
  'rmSync',
  (original) =>
    (...args) =>
      plainly(() => original(...args)),
);
for (const object of [fs, fs.promises]) {
  replace(object, 'rm', (original) => (...args) => {
    loadRecursive();
    return plainly(() => original(...args));
  });
}

module.exports = { loadRecursive };
