'use strict';

const { logConsole } = require('./console-log');
const downloads = require('./downloads');
const { emitDetails, emitEvent } = require('./event');
const { viewOf } = require('./live-view');
const startOptions = require('./start-options');
const { toldOpening, windowOpened } = require('./window-open');

const LEVELS = ['debug', 'info', 'warning', 'error'];

function consoleMessage({ contents }, level, message, lineNumber, sourceId) {
  if (startOptions.logging) logConsole(level, message, lineNumber, sourceId);
  const details = { message, lineNumber, sourceId, level: LEVELS[level] ?? 'info', frame: null };
  emitDetails(contents, 'console-message', details, level, message, lineNumber, sourceId);
}

/** What the native view tells, by name: src/main/view-events.c. @type {Record<string, Function>} */
const HANDLERS = {
  'load-started': ({ load }, url) => load.started(url),
  'load-redirected': ({ load }, url) => load.redirected(url),
  'load-committed'(parts, url, status) {
    parts.sources().arrived(viewOf(parts.contents));
    parts.committed(url);
    parts.load.committed(url, status);
  },
  'load-finished'({ contents, load, painted, sources }) {
    sources().arrived(viewOf(contents));
    if (!load.hasFailed) painted(); // a page whose DOM is never ready, such as a picture
    load.finished();
  },
  'page-loaded': ({ load }) => load.pageLoaded(),
  'load-failed': ({ load }, url, domain, code) => load.failed(url, domain, code),
  uri: ({ load }, url) => load.moved(url ?? ''),
  title: ({ titled }, title) => titled(title),
  'dom-ready'({ contents, painted, titled }, title) {
    contents.lines.settle();
    titled(title);
    emitEvent(contents, 'dom-ready');
    painted();
  },
  responsive: ({ contents }, isResponsive) =>
    emitEvent(contents, isResponsive ? 'responsive' : 'unresponsive'),
  terminated: ({ gone }, reason) => gone(reason),
  close: ({ contents }) => contents.emit('-close'),
  'window-close': ({ contents }) => viewOf(contents).tryClose(),
  'before-unload': ({ contents }) => emitEvent(contents, 'will-prevent-unload'),
  navigating({ load, refreshScripts }, type) {
    load.origin.navigating(type);
    refreshScripts();
  },
  'will-show'({ contents, load, sources }, url) {
    const mayShow = load.origin.mayShow(url);
    if (mayShow) sources().arriving(viewOf(contents));
    return mayShow;
  },
  save: ({ contents }, url) => downloads.saveOwn(contents, url),
  'window-open': ({ contents, committedURL }, url, name, type) =>
    windowOpened(contents, committedURL(), { url, name, type }),
  opened: ({ contents }, x, y, width, height) =>
    contents.emit('-opened', { x, y, width, height }),
  'window-opening': ({ contents }, begins, features, name) =>
    toldOpening(contents, begins, features, name),
  'context-menu': ({ contents }, linkURL, srcURL) =>
    emitEvent(contents, 'context-menu', { linkURL: linkURL ?? '', srcURL: srcURL ?? '' }),
  fullscreen: ({ contents }, entered) =>
    emitEvent(contents, entered ? 'enter-html-full-screen' : 'leave-html-full-screen'),
  inspector: ({ contents }, isOpen) =>
    emitEvent(contents, isOpen ? 'devtools-opened' : 'devtools-closed'),
  console: consoleMessage,
  'preload-error'({ contents }, path, name, message, stack) {
    const error = new Error(message);
    Object.assign(error, { name, stack: `${name}: ${message}\n${stack}` });
    emitEvent(contents, 'preload-error', path, error);
  },
};

module.exports = { HANDLERS };
