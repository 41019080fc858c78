'use strict';

const { emitDetails } = require('./event');
const { mustLeave } = require('./shared-process');

/** WebKitNavigationTypes of what is no new place: in the history, and a reload. */
const AGAIN = new Set([2, 3]);

/** Whose idea a load is, and whether what has come is shown. */
class LoadOrigin {
  #contents;
  /** WebKit's type of the navigation that it has asked about last. */
  #type = 0;
  /** The load is the page's own, or its user's, and not the app's. */
  #isByPage = false;
  /** The app has asked for it by its address: WebKit finds the right process then. */
  #isByAddress = false;
  /** What has come is not shown: nothing has failed. */
  isRefused = false;

  constructor(contents) {
    this.#contents = contents;
  }

  /** @param {number} type of a navigation of any frame that is about to begin */
  navigating(type) {
    this.#type = type;
  }

  /** @param {boolean} isByAddress @param {boolean} isReload by the app */
  started(isByAddress, isReload) {
    this.isRefused = false;
    this.#isByAddress = isByAddress;
    this.#isByPage = !isByAddress && !isReload && !AGAIN.has(this.#type);
  }

  /** What has come for the main frame could be shown. @returns {boolean} whether it may */
  mayShow(url) {
    this.isRefused =
      (this.#isByPage && this.#isPrevented(url)) ||
      this.#contents.isDestroyed() || // by the listener
      this.#isMoved(url);
    return !this.isRefused;
  }

  #isPrevented(url) {
    const details = { url, isSameDocument: false, isMainFrame: true };
    return emitDetails(this.#contents, 'will-navigate', details, url, false, true);
  }

  /** What must not be shown in the page's process is asked for again, as the app would. */
  #isMoved(url) {
    const contents = this.#contents;
    if (this.#isByAddress || !mustLeave(contents, url)) return false;
    setImmediate(() => {
      if (!contents.isDestroyed()) contents.loadURL(url).catch(() => {}); // did-fail-load tells of it
    });
    return true;
  }
}

module.exports = { LoadOrigin };
