'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { warnOnce } = require('./unsupported');

/** Warns about the options of loadURL() that are missing. */
function checkLoadOptions(options = {}) {
  for (const name of Object.keys(options)) warnOnce(`loadURL's option ${name}`, 'web-contents');
}

/** Loads a file; a relative path is relative to the app's folder. */
function loadFile(contents, filePath, { query, search, hash } = {}) {
  if (typeof filePath !== 'string') throw new TypeError('Must pass filePath as a string');
  const { app } = require('./app');
  const url = pathToFileURL(path.resolve(app.getAppPath(), filePath));
  if (search !== undefined) url.search = search;
  else if (query !== undefined) url.search = new URLSearchParams(query).toString();
  if (hash !== undefined) url.hash = hash;
  return contents.loadURL(url.href);
}

module.exports = { loadFile, checkLoadOptions };
