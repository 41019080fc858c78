'use strict';

const { app } = require('./app');
const context = require('./context');
const { emitEvent } = require('./event');
const { viewOf } = require('./live-view');
const { setPreferences } = require('./live-preferences');
const { Preferences } = require('./preferences');
const { WebContents } = require('./web-contents');
const { BACKGROUND, cssColor } = require('./window-options');

/** A preload script that cannot be read does not stop the page, in Electron as here. */
function reportPreload(contents, file, error) {
  setImmediate(() => {
    process.stderr.write(`Unable to load preload script: ${file}\n${error}\n`);
    emitEvent(contents, 'preload-error', file, error);
  });
}

/** @returns {Preferences} they report to the contents that `make` gives them to */
function readPreferences(webPreferences) {
  context.open(app);
  return new Preferences(webPreferences, app);
}

/** @returns {WebContents} */
function make(preferences, { backgroundColor }, opener = undefined) {
  const contents = new WebContents(preferences, {
    backgroundColor: cssColor(backgroundColor ?? BACKGROUND),
    devTools: preferences.get('devTools'),
    hardwareAcceleration: app.isHardwareAccelerationEnabled(),
    images: preferences.get('images'),
    javascript: preferences.get('javascript'),
    opener,
    userAgent: app.userAgentFallback,
    webSecurity: preferences.get('webSecurity'),
    webgl: preferences.get('webgl'),
  });
  setPreferences(contents, preferences);
  preferences.onPreloadError = (file, error) => reportPreload(contents, file, error);
  if (preferences.get('zoomFactor') !== 1) contents.setZoomFactor(preferences.get('zoomFactor'));
  return contents;
}

/** @returns {WebContents} the contents of a window with these options */
function makeContents(options) {
  return make(readPreferences(options.webPreferences), options);
}

/**
 * The contents of a window that a page opens.
 * @param {object} options
 * @param {WebContents} opener
 * @param {(preferences: Preferences) => boolean} shares whether its page is in the opener's process
 */
function makeChildContents(options, opener, shares) {
  const preferences = readPreferences(options.webPreferences);
  const sharesProcess = shares(preferences);
  const contents = make(preferences, options, sharesProcess ? viewOf(opener) : undefined);
  return { contents, sharesProcess };
}

module.exports = { makeChildContents, makeContents };
