'use strict';

const { app } = require('./app');
const context = require('./context');
const { emitEvent } = require('./event');
const { Preferences } = require('./preferences');
const { WebContents } = require('./web-contents');
const { cssColor } = require('./window-options');

/** A preload script that cannot be read does not stop the page, in Electron as here. */
function reportPreload(contents, file, error) {
  setImmediate(() => {
    process.stderr.write(`Unable to load preload script: ${file}\n${error}\n`);
    emitEvent(contents, 'preload-error', file, error);
  });
}

/** @returns {WebContents} the contents of a window with these options */
function makeContents({ webPreferences, backgroundColor }) {
  const failures = [];
  const report = (file, error) => failures.push([file, error]);
  const preferences = new Preferences(webPreferences, app, report);
  context.open(app);
  const contents = new WebContents(preferences, {
    backgroundColor: cssColor(backgroundColor),
    devTools: preferences.get('devTools'),
    hardwareAcceleration: app.isHardwareAccelerationEnabled(),
    images: preferences.get('images'),
    javascript: preferences.get('javascript'),
    userAgent: app.userAgentFallback,
    webSecurity: preferences.get('webSecurity'),
    webgl: preferences.get('webgl'),
  });
  if (preferences.get('zoomFactor') !== 1) contents.setZoomFactor(preferences.get('zoomFactor'));
  for (const [file, error] of failures) reportPreload(contents, file, error);
  return contents;
}

module.exports = { makeContents };
