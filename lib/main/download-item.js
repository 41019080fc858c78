'use strict';

const { EventEmitter } = require('node:events');
const path = require('node:path');
const { emitEvent } = require('./event');
const { warnOnce } = require('./unsupported');

/** `updated` comes no more often. */
const UPDATE_INTERVAL_MS = 100;

/**
 * @typedef {object} Facts what src/main/download.c says of a download when its response has come
 * @property {number} pageId of the page that began it; 0 for none
 * @property {string[]} urls the first, and the last if there were redirects
 * @property {string | null} filename WebKit's suggestion; null when there was no response
 * @property {string | null} mimeType
 * @property {number} totalBytes 0 when unknown
 * @property {string | null} contentDisposition
 * @property {string | null} etag
 * @property {string | null} lastModified
 */

/** For ./downloads.js alone. @type {(item: DownloadItem, received: number) => void} */
let progressed;
/** @type {(item: DownloadItem, state: string, received?: number) => void} */
let finished;

/** The last part of an address, as a file may be called. */
function lastPart(url) {
  const { pathname } = URL.canParse(url) ? new URL(url) : { pathname: '' };
  try {
    return path.posix.basename(decodeURI(pathname));
  } catch {
    return path.posix.basename(pathname); // what looks like an escape is none
  }
}

/** As in Chromium, nothing is saved under a hidden name. */
const nameOf = ({ filename, urls }) =>
  path.posix.basename(filename || lastPart(urls[0]) || 'download').replace(/^\./, '_');

const seconds = (ms) => ms / 1000;

/** Electron's DownloadItem. Apps get them from `will-download`. */
class DownloadItem extends EventEmitter {
  static {
    progressed = (item, received) => item.#progressed(received);
    finished = (item, state, received) => item.#finished(state, received);
  }

  #facts;
  #origin;
  #cancel;
  #state = 'progressing';
  #received = 0;
  #savePath = '';
  #dialogOptions = {};
  #started = Date.now();
  #ended = 0;
  #updated = 0;

  /** @param {Facts} facts @param {string} origin of the page that began it @param {() => void} cancel */
  constructor(facts, origin, cancel) {
    super();
    this.#facts = facts;
    this.#origin = origin;
    this.#cancel = cancel;
  }

  #progressed(received) {
    this.#received = received;
    const now = Date.now();
    if (this.#state !== 'progressing' || now - this.#updated < UPDATE_INTERVAL_MS) return;
    this.#updated = now;
    emitEvent(this, 'updated', 'progressing');
  }

  #finished(state, received = this.#received) {
    if (this.#state !== 'progressing') return;
    this.#state = state;
    this.#received = received;
    this.#ended = Date.now();
    emitEvent(this, 'done', state);
  }

  setSavePath(path) {
    if (typeof path !== 'string') throw new TypeError('setSavePath: path must be a string');
    this.#savePath = path;
  }

  getSavePath() {
    return this.#savePath;
  }

  get savePath() {
    return this.getSavePath();
  }

  set savePath(path) {
    this.setSavePath(path);
  }

  setSaveDialogOptions(options) {
    if (typeof options !== 'object' || options === null)
      throw new TypeError('setSaveDialogOptions: options must be an object');
    this.#dialogOptions = options;
  }

  getSaveDialogOptions() {
    return this.#dialogOptions;
  }

  /** WebKit's downloads go on until they end. */
  pause() {
    warnOnce('DownloadItem.pause()', 'session');
  }

  resume() {
    warnOnce('DownloadItem.resume()', 'session');
  }

  isPaused() {
    return false;
  }

  canResume() {
    return false;
  }

  cancel() {
    if (this.#state === 'progressing') this.#cancel();
  }

  getURL() {
    return this.#facts.urls.at(-1) ?? '';
  }

  getURLChain() {
    return [...this.#facts.urls];
  }

  getInitiatorOrigin() {
    return this.#origin;
  }

  getMimeType() {
    return this.#facts.mimeType ?? '';
  }

  hasUserGesture() {
    return false;
  }

  getFilename() {
    return nameOf(this.#facts);
  }

  getTotalBytes() {
    return this.#facts.totalBytes;
  }

  getReceivedBytes() {
    return this.#received;
  }

  getPercentComplete() {
    const { totalBytes } = this.#facts;
    if (this.#state === 'completed') return 100;
    return totalBytes > 0 ? Math.min(Math.floor((this.#received * 100) / totalBytes), 100) : -1;
  }

  getCurrentBytesPerSecond() {
    const ms = (this.#ended || Date.now()) - this.#started;
    return Math.round((this.#received * 1000) / Math.max(ms, 1));
  }

  getContentDisposition() {
    return this.#facts.contentDisposition ?? '';
  }

  getLastModifiedTime() {
    return this.#facts.lastModified ?? '';
  }

  getETag() {
    return this.#facts.etag ?? '';
  }

  getStartTime() {
    return seconds(this.#started);
  }

  getEndTime() {
    return seconds(this.#ended);
  }

  getState() {
    return this.#state;
  }
}

module.exports = { DownloadItem, finished, lastPart, progressed };
