'use strict';

const Database = require('better-sqlite3');

/** One thumbnail for each path; one whose picture has changed since is made anew. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS thumbnails (
    path TEXT PRIMARY KEY,
    mtime REAL NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    image BLOB NOT NULL
  )`;

/**
 * Makes the database, if there is none. In WAL mode, which stays with the file, readers and a writer
 * do not wait for each other, and what a crash interrupts was never there.
 */
function createDatabase(file) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.exec(SCHEMA);
  database.close();
}

/** One worker's own connection. */
class Store {
  #find;
  #read;
  #write;

  constructor(file) {
    const database = new Database(file);
    // At worst a power cut loses the last thumbnails, which are made again.
    database.pragma('synchronous = NORMAL');
    this.#find = database.prepare('SELECT width, height FROM thumbnails WHERE path = ? AND mtime = ?');
    this.#read = database.prepare('SELECT image FROM thumbnails WHERE path = ? AND mtime = ?').pluck();
    this.#write = database.prepare('INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?, ?)');
  }

  /** The size of the picture, if its thumbnail is there. */
  find({ path, mtime }) {
    return this.#find.get(path, mtime);
  }

  /** @returns {Buffer | undefined} the thumbnail */
  read({ path, mtime }) {
    return this.#read.get(path, mtime);
  }

  write({ path, mtime }, { width, height, image }) {
    this.#write.run(path, mtime, width, height, image);
  }
}

module.exports = { createDatabase, Store };
