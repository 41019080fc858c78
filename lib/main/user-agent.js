'use strict';

const { version } = require('../../package.json');
const native = require('./native');

/** @returns {string} WebKit's user agent, with the app's name and Weft's */
function defaultUserAgent(app) {
  const name = app.getName().replace(/\s/g, '');
  return `${native.defaultUserAgent()} ${name}/${app.getVersion() || '0.0.0'} Weft/${version}`;
}

module.exports = { defaultUserAgent };
