'use strict';

const { warnOnce } = require('./unsupported');

/** The app's answers to window.open(), by contents. */
const handlers = new WeakMap();

/** webContents.setWindowOpenHandler() */
function setWindowOpenHandler(contents, handler) {
  if (typeof handler !== 'function') {
    throw new TypeError('setWindowOpenHandler: handler must be a function');
  }
  handlers.set(contents, handler);
}

/** The page wants a window, and gets none; an app that says so itself needs no warning. */
function windowOpened(contents, url) {
  const handler = handlers.get(contents);
  const referrer = { url: contents.getURL(), policy: 'strict-origin-when-cross-origin' };
  const details = { url, frameName: '', features: '', disposition: 'foreground-tab', referrer };
  if (handler?.(details)?.action !== 'deny') warnOnce(`window.open('${url}')`, 'web-contents');
}

module.exports = { setWindowOpenHandler, windowOpened };
