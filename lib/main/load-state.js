'use strict';

const { emitDetails, emitEvent } = require('./event');
const { LoadEvent } = require('./load-event');
const { LoadOrigin } = require('./load-origin');
const { LoadQueue } = require('./load-queue');
const { tellCommitted, tellFinished, tellMoved, tellNavigation } = require('./load-tellers');
const { CODES, isDownload, loadError, netError } = require('./net-errors');
const { isSameDocument } = require('./same-document');

/**
 * From WebKit's load events to Electron's, in Electron's order, and to the promise of loadURL().
 *
 * WebKit says STARTED, COMMITTED, FINISHED; a load that fails says FAILED before FINISHED. A load
 * that replaces another first ends that one with CANCELLED. A load has finished, as in Electron,
 * when the page's own load event has been dispatched too.
 */
class LoadState {
  #contents;
  #load;
  #queue;
  /** The loadURL() whose promise is open; `started` once WebKit's events are about it. */
  #pending = null;
  #isStarted = false; // did-start-loading is told, and did-stop-loading is not
  #isExpected = false; // a reload was asked for, and WebKit has not begun it
  #waiting = [];
  #origin;
  #loadEvent;

  /** The load that WebKit told of last has failed. */
  hasFailed = false;
  /** The document that is shown now. */
  committedURL = '';

  /**
   * @param {import('node:events').EventEmitter} contents
   * @param {(url: string) => void} load starts a load in WebKit
   * @param {{hasScript: boolean}} page a page without script cannot tell of its load event
   */
  constructor(contents, load, { hasScript }) {
    this.#loadEvent = new LoadEvent(hasScript, () => this.#finish());
    this.#contents = contents;
    this.#origin = new LoadOrigin(contents);
    this.#load = load;
    this.#queue = new LoadQueue(load);
  }

  get origin() {
    return this.#origin;
  }

  get isLoading() {
    return this.#isStarted || this.#isExpected || this.#pending !== null;
  }

  /**
   * After a first load that failed, that is the empty document of a new page.
   * @param {string} url of the page that is shown
   * @returns {Promise<void> | null} null: it is there
   */
  untilThere(url) {
    const isThere = url !== '' || this.hasFailed;
    return isThere && !this.isLoading ? null : this.nextStop();
  }

  /** @returns {Promise<void>} when no load is under way after one that is, or is to come */
  nextStop() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @returns {Promise<void>} */
  loadURL(url) {
    this.#settle(loadError('ERR_ABORTED', this.#pending?.url));
    const { promise, resolve, reject } = Promise.withResolvers();
    promise.catch(() => {}); // as in Electron: a load that nobody awaits is no unhandled rejection
    const address = URL.canParse(url) ? new URL(url).href : null;
    this.#pending = { url: address ?? url, resolve, reject, started: false };
    if (address === null) this.#refuse(url);
    else this.#start(address);
    return promise;
  }

  /** The app wants the page again. */
  expectReload() {
    this.#isExpected = this.committedURL !== '';
  }

  /** @param {string} address WebKit's, which may still be that of a load that was replaced */
  started(address) {
    const url = this.#pending?.url ?? address;
    this.#origin.started(this.#pending !== null, this.#isExpected);
    this.#isExpected = false;
    this.#loadEvent.stop();
    this.hasFailed = false;
    this.#begin();
    if (this.#queue.begun()) return; // with the load that replaces this one
    if (this.#pending) this.#pending.started = true;
    tellNavigation(this.#contents, 'did-start-navigation', url, false);
  }

  redirected(url) {
    tellNavigation(this.#contents, 'did-redirect-navigation', url, false);
  }

  committed(url, status) {
    this.committedURL = url;
    this.#loadEvent.expect();
    tellCommitted(this.#contents, url, status);
  }

  failed(url, domain, number) {
    const { code, errno } = netError(domain, number);
    this.hasFailed = true;
    const isTold = !this.#origin.isRefused && !isDownload(domain, number);
    if (isTold) emitEvent(this.#contents, 'did-fail-load', errno, code, url, true);
    if (this.#pending?.started) this.#pending.error = loadError(code, url);
  }

  finished() {
    if (this.hasFailed) this.#finish();
    else this.#loadEvent.wait();
  }

  pageLoaded() {
    this.#loadEvent.dispatched();
  }

  #finish() {
    this.#queue.begun(); // or never will
    if (!this.hasFailed) tellFinished(this.#contents);
    if (this.#pending?.started) this.#settle(this.#pending.error ?? null);
    this.#stopped();
  }

  /** The address has changed outside of a load: pushState, or another place in the page. */
  moved(url) {
    if (this.isLoading || this.#pending || url === this.committedURL) return;
    this.#movedInPage(url);
  }

  /** The page's process, or the page, has gone. */
  abandon() {
    this.#isExpected = false;
    this.#queue.clear();
    this.#loadEvent.stop();
    this.#settle(loadError('ERR_FAILED', this.#pending?.url));
    this.#stopped();
  }

  #start(url) {
    if (!isSameDocument(this.committedURL, url)) {
      this.#queue.ask(url);
      return;
    }
    this.#load(url); // WebKit says nothing about a load that stays in the document
    setImmediate(() => {
      this.#begin();
      this.#movedInPage(url);
      this.#settle(null);
      this.#stopped();
    });
  }

  #refuse(url) {
    setImmediate(() => {
      emitEvent(this.#contents, 'did-fail-load', CODES.ERR_INVALID_URL, 'ERR_INVALID_URL', url, true);
      this.#settle(loadError('ERR_INVALID_URL', url));
      this.#stopped();
    });
  }

  #movedInPage(url) {
    this.committedURL = url;
    tellMoved(this.#contents, url);
  }

  #begin() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    emitEvent(this.#contents, 'did-start-loading');
  }

  #stopped() {
    if (this.#isStarted) {
      this.#isStarted = false;
      emitEvent(this.#contents, 'did-stop-loading');
    }
    if (!this.isLoading) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #settle(error) {
    const pending = this.#pending;
    this.#pending = null;
    if (error) pending?.reject(error);
    else pending?.resolve();
  }
}

module.exports = { LoadState };
