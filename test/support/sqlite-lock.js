'use strict';

/*
 * A database's file as several workers have it: one keeps all others out, another asks for it. The
 * functions run in a worker, or in this process: `inWorker` of test/support/native-app.js.
 */

/** Begins a transaction in which nobody else may even read; returns what has been loaded for it. */
function beginExclusive(modules, file) {
  const database = require(`${modules}/better-sqlite3`)(file, { timeout: 0 });
  database.exec('CREATE TABLE numbers (n INTEGER)');
  database.exec('BEGIN EXCLUSIVE; INSERT INTO numbers VALUES (1)');
  globalThis.database = database;
  const [{ mode, path }] = process.getWeftNativeModules();
  return { mode, path };
}

/** Opens the file, tries to read, closes it. */
function openAndClose(modules, file) {
  const database = require(`${modules}/better-sqlite3`)(file, { timeout: 0 });
  try {
    return database.prepare('SELECT n FROM numbers').all();
  } catch ({ code }) {
    return code;
  } finally {
    database.close();
  }
}

module.exports = { beginExclusive, openAndClose };
