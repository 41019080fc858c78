'use strict';

/** rm() removes archives as the files that they are, also when they lie deep in a folder. */

const { plainly } = require('./locate');
const { replace, withOriginals } = require('./route');

let isLoaded = false;

/**
 * Node loads its recursive rm when it is first needed, and that keeps the functions of fs that it
 * finds then. It is needed once rm() has seen that there is something, which we say at once.
 */
function loadRecursive(fs) {
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

/** @param {typeof import('node:fs')} fs */
function routeRemoval(fs) {
  replace(
    fs,
    'rmSync',
    (original) =>
      (...args) =>
        plainly(() => original(...args)),
  );
  for (const object of [fs, fs.promises]) {
    replace(object, 'rm', (original) => (...args) => {
      loadRecursive(fs);
      return plainly(() => original(...args));
    });
  }
}

module.exports = { loadRecursive, routeRemoval };
