'use strict';

/** Electron's events of a load of the main frame, with the arguments that apps get. */

const { STATUS_CODES } = require('node:http');
const { emitDetails, emitEvent, emitMainFrame } = require('./event');

/** What did-navigate says of a page that did not come by HTTP. */
const NO_STATUS = -1;

/** @param {string} name did-start-navigation or did-redirect-navigation */
function tellNavigation(contents, name, url, isSameDocument) {
  const details = { url, isSameDocument, isMainFrame: true };
  emitDetails(contents, name, details, url, isSameDocument, true);
}

/** @param {number} status 0 when there is none */
function tellCommitted(contents, url, status) {
  const what = [url, status || NO_STATUS, STATUS_CODES[status] ?? ''];
  emitMainFrame(contents, 'did-frame-navigate', ...what);
  emitEvent(contents, 'did-navigate', ...what);
}

function tellFinished(contents) {
  emitMainFrame(contents, 'did-frame-finish-load');
  emitEvent(contents, 'did-finish-load');
}

/** The document is at another address. */
function tellMoved(contents, url) {
  contents.frameTree.moved(url);
  tellNavigation(contents, 'did-start-navigation', url, true);
  emitMainFrame(contents, 'did-navigate-in-page', url);
}

module.exports = { tellCommitted, tellFinished, tellMoved, tellNavigation };
