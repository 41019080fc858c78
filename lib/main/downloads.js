'use strict';

/** Downloads, from their first byte to their end: asks the app, then the user, where they go. */

const fs = require('node:fs');
const path = require('node:path');
const { app } = require('./app');
const context = require('./context');
const { DownloadItem, finished, lastPart, progressed } = require('./download-item');
const { emitEvent } = require('./event');
const { originOf } = require('./frame-state');
const { hasView, viewOf } = require('./live-view');
const { hasWindow, partsOf } = require('./live-window');
const native = require('./native');
const registry = require('./registry');
const { isOwnScheme, SchemeDownload } = require('./scheme-download');
const startOptions = require('./start-options');

/** How many names are tried for one that no file has. */
const NAMES_MAX = 10_000;

/**
 * @typedef {object} Transfer what brings the bytes: WebKit, or ./scheme-download.js
 * @property {(file: string) => void} save
 * @property {() => void} cancel
 */

/** Of WebKit's downloads, by their numbers. @type {Map<number, DownloadItem>} */
const items = new Map();

/** @type {string | null} */
let chosenFolder = null;

const folder = () => chosenFolder ?? app.getPath('downloads');

const contentsOf = (pageId) =>
  registry.allContents().find((it) => hasView(it) && viewOf(it).getPageId() === pageId);

/** WebKit's viewer gives its document without its name. */
const PDF_VIEWER = /^blob:webkit-pdfjs-viewer:/;
const PDF_NAME = /\.pdf$/i;

/** @param {import('./download-item').Facts} facts */
function withName(facts, contents) {
  if (!contents || !PDF_VIEWER.test(facts.urls[0])) return facts;
  const filename = lastPart(contents.getURL());
  return PDF_NAME.test(filename) ? { ...facts, filename } : facts;
}

/** The native window of a contents, for a dialog over it; null for one that has gone. */
function windowOf(contents) {
  if (!contents || !hasView(contents)) return null;
  const parts = registry.windows().filter(hasWindow).map(partsOf);
  return parts.find(({ view }) => view === viewOf(contents))?.native ?? null;
}

/** A path in a folder that no file has yet: "name (1).txt". */
function freePath(folder, filename) {
  const { name, ext } = path.parse(filename);
  for (let i = 0; i < NAMES_MAX; i++) {
    const file = path.join(folder, i === 0 ? filename : `${name} (${i})${ext}`);
    if (!fs.existsSync(file)) return file;
  }
  return path.join(folder, filename);
}

/** Folder and name that a dialog begins with. `defaultPath` may be a folder, a file or a name. */
function proposalOf(item) {
  const { defaultPath } = item.getSaveDialogOptions();
  const name = item.getFilename();
  const place = path.resolve(folder(), typeof defaultPath === 'string' ? defaultPath : '');
  const isFolder = fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder) return { folder: place, name };
  return { folder: path.dirname(place), name: path.basename(place) };
}

/** What src/main/download.c tells. */
function told(kind, number, ...rest) {
  if (kind === 'download') beginNative(number, ...rest);
  const item = items.get(number);
  if (kind === 'download-progress' && item) progressed(item, ...rest);
  if (kind === 'download-finished' && item) end(item, ...rest);
  if (kind === 'download-finished') items.delete(number);
}

/** @param {number} number @param {import('./download-item').Facts} facts */
function beginNative(number, facts) {
  const [url] = facts.urls;
  if (facts.filename === null && isOwnScheme(url)) {
    startOwn(url, facts.pageId);
    return;
  }
  const transfer = {
    save: (file) => native.saveDownload(number, file),
    cancel: () => native.cancelDownload(number),
  };
  begin(transfer, facts, (item) => items.set(number, item));
}

function startOwn(url, pageId) {
  let item;
  const download = new SchemeDownload({
    begun: (transfer, facts) => begin(transfer, facts, (made) => (item = made)),
    progressed: (received) => progressed(item, received),
    finished: (received, problem) => end(item, received, problem),
  });
  download.run(url, pageId);
}

/**
 * @param {Transfer} transfer
 * @param {import('./download-item').Facts} facts
 * @param {(item: DownloadItem) => void} made before the app hears of it
 */
function begin(transfer, facts, made) {
  const { defaultSession } = require('./session');
  const contents = contentsOf(facts.pageId) ?? null;
  const origin = contents ? originOf(contents.getURL()) : '';
  const item = new DownloadItem(withName(facts, contents), origin, () => transfer.cancel());
  made(item);
  if (emitEvent(defaultSession, 'will-download', item, contents)) item.cancel();
  // The path may be set a little later, by who awaits the event.
  else setImmediate(() => decide(transfer, item, contents));
}

function end(item, received, problem) {
  const failed = problem === 'cancelled' ? 'cancelled' : 'interrupted';
  finished(item, problem === null ? 'completed' : failed, received);
}

const isOver = (item) => item.getState() !== 'progressing';

function decide(transfer, item, contents) {
  if (isOver(item)) return;
  if (item.getSavePath() !== '') save(transfer, item, item.getSavePath());
  else if (startOptions.headless) save(transfer, item, freePath(folder(), item.getFilename()));
  else ask(transfer, item, contents);
}

function ask(transfer, item, contents) {
  const { title, buttonLabel: acceptLabel } = item.getSaveDialogOptions();
  const options = { title, acceptLabel, ...proposalOf(item) };
  native.askWhereToSave(windowOf(contents), options, (_, chosen) => {
    if (isOver(item)) return;
    if (chosen === null) item.cancel();
    else save(transfer, item, chosen);
  });
}

function save(transfer, item, given) {
  const file = path.resolve(given);
  item.setSavePath(file);
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    process.stderr.write(`weft: warning: cannot save the download '${file}': ${error.message}\n`);
    end(item, 0, error.message);
    transfer.cancel();
    return;
  }
  transfer.save(file);
}

/** @param {object | null} contents whose page is its origin */
function start(contents, url) {
  if (typeof url !== 'string') throw new TypeError('Must pass url as a string');
  if (!URL.canParse(url)) throw new TypeError(`downloadURL: '${url}' is not a valid URL`);
  context.open(app);
  const view = contents && viewOf(contents);
  if (isOwnScheme(url)) startOwn(url, view?.getPageId() ?? 0);
  else native.startDownload(view, url);
}

/** Saves what a page was to show, if the app's own protocol has it. @returns {boolean} whether it has */
function saveOwn(contents, url) {
  if (!isOwnScheme(url)) return false;
  startOwn(url, viewOf(contents).getPageId());
  return true;
}

/** @param {string} path where files go if nobody says another place */
function setFolder(path) {
  if (typeof path !== 'string') throw new TypeError('setDownloadPath: path must be a string');
  chosenFolder = path;
}

module.exports = { saveOwn, setFolder, start, told };
