'use strict';

/* Worker: the folders that a path which is being typed may go on with. */

const fs = require('node:fs');
const path = require('node:path');

const MOST = 40;

const { compare } = new Intl.Collator(undefined, { numeric: true });

function foldersIn(parent) {
  try {
    return fs.readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return [];
  }
}

self.onmessage = ({ data: typed }) => {
  const parent = typed.slice(0, typed.lastIndexOf('/') + 1);
  const start = typed.slice(parent.length).toLowerCase();
  const folders = foldersIn(parent)
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().startsWith(start))
    .filter((name) => start.startsWith('.') || !name.startsWith('.'))
    .sort(compare)
    .slice(0, MOST)
    .map((name) => path.join(parent, name));
  self.postMessage({ typed, folders });
};
