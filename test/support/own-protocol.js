// @ts-check
'use strict';

/*
 * A lab whose app has a protocol of its own, `app:`: app://lab/x is x of the app's folder, with what
 * test/support/lab.js puts there; `other:` is one that another site would have.
 */

const fs = require('node:fs');
const path = require('node:path');

/** What the app's main script does before it becomes the lab's. */
const MAIN = `
  const { app, net, protocol } = require('electron');
  const path = require('node:path');
  const { pathToFileURL } = require('node:url');
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true } },
  ]);
  global.requests = [];
  app.whenReady().then(() => {
    protocol.handle('app', async (request) => {
      const url = new URL(request.url);
      const { method } = request;
      requests.push({ method, url: request.url, headers: [...request.headers] });
      if (global.answer) {
        const response = await global.answer(request, url);
        if (response) return response;
      }
      const file = path.join(__dirname, decodeURIComponent(url.pathname));
      return net.fetch(pathToFileURL(file).href, { headers: request.headers });
    });
  });
  require('./lab-main.js');
`;

const LAB_MAIN = fs.readFileSync(path.join(__dirname, 'lab', 'main.js'), 'utf8');

/** Files for startLab(): the app with the protocol. */
const OWN_PROTOCOL = { 'main.js': MAIN, 'lab-main.js': LAB_MAIN };

/**
 * Opens a window at app://lab/page.html.
 * @param {InstanceType<typeof import('./lab').Lab>} lab @param {object} [webPreferences]
 * @returns {Promise<InstanceType<typeof import('./lab').LabWindow>>}
 */
async function openOwn(lab, webPreferences, address = 'app://lab/page.html') {
  const window = await lab.open(webPreferences, null);
  await window.main(
    (/** @type {any} */ { contents }, /** @type {number} */ id, /** @type {string} */ url) =>
      contents(id).loadURL(url),
    address,
  );
  await window.event('did-finish-load');
  return window;
}

module.exports = { OWN_PROTOCOL, openOwn };
