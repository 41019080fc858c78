'use strict';

/*
 * Worker: makes the database, and looks for pictures in a folder and all folders in it, in the order
 * of their names. Hidden ones and symbolic links are left out.
 */

const fs = require('node:fs');
const path = require('node:path');
const { describeError } = require('./describe-error');

/** What sharp reads; whether a file holds what its name says is seen when it is read. */
const PICTURE = /\.(avif|gif|jpe?g|png|svg|tiff?|webp)$/i;

const MOST_AT_ONCE = 64;

const { compare } = new Intl.Collator(undefined, { numeric: true });

let found = [];

function post() {
  if (found.length > 0) self.postMessage({ type: 'pictures', pictures: found });
  found = [];
}

function unreadable(file, error) {
  self.postMessage({ type: 'unreadable', path: file, message: describeError(error, file) });
}

function add(file) {
  try {
    const { size, mtimeMs } = fs.lstatSync(file);
    found.push({ path: file, size, mtime: mtimeMs });
    if (found.length >= MOST_AT_ONCE) post();
  } catch (error) {
    unreadable(file, error);
  }
}

/** Files come before the folders beside them. */
function walk(folder) {
  const entries = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => compare(a.name, b.name));
  for (const entry of entries) {
    if (entry.isFile() && PICTURE.test(entry.name)) add(path.join(folder, entry.name));
  }
  for (const entry of entries) {
    if (entry.isDirectory()) walkInner(path.join(folder, entry.name));
  }
}

function walkInner(folder) {
  try {
    walk(folder);
  } catch (error) {
    unreadable(folder, error);
  }
}

/** @returns {string | null} why not */
function prepare(database) {
  try {
    require.resolve('sharp'); // the others load it when there is something to make
    require('./database').createDatabase(database);
    return null;
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND'
      ? `${error.message.split('\n')[0]}: run npm install in the folder of this app`
      : `Cannot open ${database}: ${error.message}`;
  }
}

self.onmessage = ({ data: { folder, database } }) => {
  const message = prepare(database);
  if (message) return self.postMessage({ type: 'failed', message });
  self.postMessage({ type: 'prepared' });
  try {
    walk(folder);
    post();
    self.postMessage({ type: 'found' });
  } catch (error) {
    self.postMessage({ type: 'failed', message: `Cannot read ${folder}: ${describeError(error)}` });
  }
};
