// @ts-check
'use strict';

/*
 * The files of a lab's app over http. 127.0.0.1 is what loopback means to Weft; a page of another address of
 * the machine, such as 127.0.0.3, is as remote as any.
 */

/**
 * Runs in main: a server of the app's folder, at an address of its own.
 * @param {any} scope @param {string} host @returns {Promise<string>} its address
 */
async function serveApp({ app, require }, host) {
  const { createServer } = require('node:http');
  const fs = require('node:fs');
  const path = require('node:path');
  const server = createServer((/** @type {any} */ { url }, /** @type {any} */ response) => {
    response.setHeader('content-type', url.endsWith('.js') ? 'text/javascript' : 'text/html');
    const file = path.join(app.getAppPath(), path.basename(url));
    if (fs.existsSync(file)) return void response.end(fs.readFileSync(file));
    response.statusCode = 404;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, host, () => resolve(0)));
  return `http://${host}:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
}

module.exports = { serveApp };
