'use strict';

/** A worker has a second picture at hand, so that it does not wait for the page. */
const MOST_AT_HAND = 2;

/** One worker that makes thumbnails, as the page sees it. */
class Maker {
  /** Pictures that it was given and has not answered for. */
  pictures = [];
  #worker = new Worker('worker/thumbnail-worker.js');

  /**
   * @param {string} database
   * @param {{ loaded: (module: object) => void, answered: (picture: object, answer: object) => void,
   *   failed: (message: string) => void, died: (message: string) => void }} told
   */
  constructor(database, told) {
    this.#worker.onmessage = ({ data }) => {
      if (data.type === 'module') told.loaded(data);
      else if (data.type === 'failed') told.failed(data.message);
      else told.answered(this.#take(data.path), data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault(); // the page says it in its own way
      told.died(event.message);
    };
    this.#worker.postMessage({ type: 'open', database });
  }

  get isIdle() {
    return this.pictures.length === 0;
  }

  get hasRoom() {
    return this.pictures.length < MOST_AT_HAND;
  }

  give(picture) {
    this.pictures.push(picture);
    const { path, mtime } = picture;
    this.#worker.postMessage({ type: 'make', picture: { path, mtime } });
  }

  crash() {
    this.#worker.postMessage({ type: 'crash' });
  }

  /** The worker has several under way: the first is not always done first. */
  #take(path) {
    const index = this.pictures.findIndex((picture) => picture.path === path);
    return this.pictures.splice(index, 1)[0];
  }

  /** @returns {object[]} the pictures that it leaves */
  end() {
    this.#worker.terminate();
    return this.pictures.splice(0);
  }
}
