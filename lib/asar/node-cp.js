'use strict';

/** Node's own cp: it copies archives as the files that they are, also when they lie deep in a folder. */

const fs = require('node:fs');
const { withOriginals } = require('./gate');

/** Each with what there is not to copy. */
const CALLS = {
  cp: (...nothing) => fs.cp(...nothing, () => {}),
  cpSync: (...nothing) => fs.cpSync(...nothing),
  'promises.cp': (...nothing) => fs.promises.cp(...nothing).catch(() => {}),
};

const loaded = new Set();

void fs.promises; // has its gates from here on

/**
 * Node loads its cp when it is first needed, and that keeps the functions of fs that it finds then.
 * @param {keyof typeof CALLS} name
 */
function loadCp(name) {
  if (loaded.has(name)) return;
  loaded.add(name);
  withOriginals(() => {
    try {
      CALLS[name]('/dev/null/nothing', '/dev/null/nowhere');
    } catch {
      // There is nothing to copy.
    }
  });
}

module.exports = { loadCp };
