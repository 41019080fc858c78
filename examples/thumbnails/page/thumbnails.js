'use strict';

/** Thumbnails that were shown lately, to show again without a worker. */
const MOST_KEPT = 400;

/** New readers that end before they have read anything: no use in trying again. */
const MOST_FAILURES = 3;

/** The thumbnails that are shown, read from the database by a worker when they are needed. */
class Thumbnails {
  #database;
  #worker = null;
  #failures = 0;
  /** By path, in the order of asking: what to tell whom. */
  #asked = new Map();
  /** By path, the latest last. */
  #kept = new Map();

  /** @param {string} database */
  constructor(database) {
    this.#database = database;
  }

  /** @returns {Promise<Blob | null>} null if it is not there, or not needed any more */
  load(picture) {
    const kept = this.#kept.get(picture.path);
    if (kept?.mtime === picture.mtime) {
      this.#keep(picture, kept.blob);
      return Promise.resolve(kept.blob);
    }
    return new Promise((resolve) => {
      this.#asked.get(picture.path)?.resolve(null);
      this.#asked.set(picture.path, { picture, resolve });
      this.#ask([picture]);
    });
  }

  #ask(pictures) {
    this.#worker ??= this.#start();
    const wanted = pictures.map(({ path, mtime }) => ({ path, mtime }));
    this.#worker.postMessage({ database: this.#database, pictures: wanted });
  }

  #start() {
    const worker = new Worker('worker/read-worker.js');
    worker.onmessage = ({ data: { path, image } }) => this.#take(path, image);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#restart();
    };
    return worker;
  }

  #take(path, image) {
    this.#failures = 0;
    const { picture, resolve } = this.#asked.get(path) ?? {};
    if (!picture) return;
    this.#asked.delete(path);
    const blob = image && new Blob([image], { type: 'image/webp' });
    if (blob) this.#keep(picture, blob);
    resolve(blob);
  }

  /** The process has crashed: what it has not answered is asked again. */
  #restart() {
    this.#worker.terminate();
    this.#worker = null;
    const asked = [...this.#asked.values()];
    if (++this.#failures <= MOST_FAILURES) {
      if (asked.length > 0) this.#ask(asked.map(({ picture }) => picture));
      return;
    }
    this.#asked.clear();
    for (const { resolve } of asked) resolve(null);
  }

  #keep(picture, blob) {
    this.#kept.delete(picture.path);
    this.#kept.set(picture.path, { mtime: picture.mtime, blob });
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value);
  }
}
