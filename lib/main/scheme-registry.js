'use strict';

/**
 * The app's own URL schemes, and who answers requests for them. WebKit learns of a scheme once and for
 * ever; a scheme whose handler is gone answers as an unknown one does.
 */

const context = require('./context');
const native = require('./native');
const { addAppScheme } = require('./node-policy');
const { respond } = require('./scheme-response');

/** @typedef {(request: Request) => Response | Promise<Response>} Handler */

const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/** WebKit lets nobody else answer these. */
const OF_WEBKIT = new Set([
  ...[
    'about',
    'blob',
    'data',
    'file',
    'ftp',
    'http',
    'https',
    'javascript',
    'resource',
    'ws',
    'wss',
  ],
]);

/** @type {Map<string, Handler>} */
const handlers = new Map();
/** Schemes that WebKit knows. */
const known = new Set();

function checkScheme(scheme, method) {
  if (typeof scheme !== 'string' || !SCHEME.test(scheme)) {
    throw new TypeError(
      `protocol.${method}: '${scheme}' is not a scheme such as 'app', in lower case`
    );
  }
  if (OF_WEBKIT.has(scheme)) {
    throw new Error(
      `protocol.${method}: '${scheme}' cannot be taken from WebKit: use a scheme of your own (docs/api/protocol.md)`
    );
  }
}

/** WebKit has a request for us: src/main/protocol.h. */
function requested(scheme, handle, url, method, headers, body) {
  const handler = handlers.get(scheme);
  if (handler) respond(handle, handler, { url, method, headers, body });
  else native.schemeFail(handle, 301, `${scheme}: has no handler`);
}

/** @param {string} scheme @param {Handler} handler @returns {boolean} false where there is one already */
function setHandler(scheme, handler) {
  if (handlers.has(scheme)) return false;
  handlers.set(scheme, handler);
  addAppScheme(scheme);
  if (known.has(scheme)) return true;
  known.add(scheme);
  context.whenOpen(() =>
    native.registerScheme(scheme, (name, ...request) => requested(scheme, ...request))
  );
  return true;
}

/** @returns {boolean} false where there was none */
function removeHandler(scheme) {
  return handlers.delete(scheme);
}

/** @param {{secure: boolean, corsEnabled: boolean}} privileges */
function setPrivileges(scheme, privileges) {
  addAppScheme(scheme);
  context.whenOpen(() => native.setSchemePrivileges(scheme, privileges));
}

module.exports = {
  checkScheme,
  handlerOf: (scheme) => handlers.get(scheme),
  removeHandler,
  setHandler,
  setPrivileges,
};
