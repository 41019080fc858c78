'use strict';

/**
 * What a window that a page opens may have. Nothing of the opener's is passed on but what holds its
 * page back: a page cannot give a child more than it has itself. Only the app can, in its handler.
 */

/** The values with which a page is held back, by Electron's option. */
const HOLDING_BACK = {
  contextIsolation: true,
  javascript: false,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  sandbox: true,
};

/** Weft's own, which narrow what Node may do. */
const NARROWING = ['nativeModules', 'nodePermissions'];

/**
 * @param {import('./preferences').Preferences} opener
 * @param {object} asked by the page
 * @param {object} [overrides] of the app
 */
function childPreferences(opener, asked, overrides = {}) {
  const inherited = {};
  for (const [name, value] of Object.entries(HOLDING_BACK)) {
    if (opener.resolved(name) === value) inherited[name] = value;
  }
  for (const name of NARROWING) {
    if (opener.get(name) !== undefined) inherited[name] = opener.get(name);
  }
  return { ...asked, ...inherited, ...overrides };
}

module.exports = { childPreferences };
