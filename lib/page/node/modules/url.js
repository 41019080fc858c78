'use strict';

/** `url`: the package of that name has the old half; the new one is the page's own URL. */

const { loadPackage } = require('../packages');
const { invalidArgType, nodeError } = require('../errors');
const { lazy } = require('../../../common/lazy');

const { URL, URLSearchParams } = globalThis;
const library = loadPackage('url');

function fileURLToPath(address) {
  if (typeof address !== 'string' && typeof address?.href !== 'string') {
    throw invalidArgType('path', 'string', address);
  }
  const { protocol, hostname, pathname } = new URL(address);
  if (protocol !== 'file:') {
    throw nodeError(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  }
  if (hostname !== '') {
    const message = 'File URL host must be "localhost" or empty on linux';
    throw nodeError(TypeError, 'ERR_INVALID_FILE_URL_HOST', message);
  }
  if (/%2f/i.test(pathname)) {
    const message = 'File URL path must not include encoded / characters';
    throw nodeError(TypeError, 'ERR_INVALID_FILE_URL_PATH', message);
  }
  return decodeURIComponent(pathname);
}

/** What a path may have and an address gives a meaning. */
const SPECIAL = /[%\\\n\r\t?#]/g;

function pathToFileURL(path) {
  const { resolve } = require('./path');
  const isFolder = path.length > 1 && path.endsWith('/');
  const full = `${resolve(path)}${isFolder ? '/' : ''}`.replace('//', '/');
  const escaped = full.replace(SPECIAL, (found) => encodeURIComponent(found));
  return new URL(`file://${escaped}`);
}

function hostOf(domain) {
  try {
    return new URL(`ws://${domain}`).hostname;
  } catch {
    return '';
  }
}

function urlToHttpOptions(url) {
  const { hostname, port, username, password, pathname, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) {
    options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  }
  return options;
}

/** Of an URL; the package knows its own objects and strings. */
function format(value, { auth = true, fragment = true, search = true, unicode = false } = {}) {
  if (!(value instanceof URL)) return library.format(value);
  const copy = new URL(value.href);
  if (!auth) copy.username = copy.password = '';
  if (!fragment) copy.hash = '';
  if (!search) copy.search = '';
  if (!unicode || !copy.hostname) return copy.href;
  return copy.href.replace(copy.hostname, require('./punycode').toUnicode(copy.hostname));
}

const url = {
  Url: library.Url,
  parse: library.parse,
  resolve: library.resolve,
  resolveObject: library.resolveObject,
  format,
  URL,
  URLSearchParams,
  domainToASCII: hostOf,
  domainToUnicode: (domain) => require('./punycode').toUnicode(hostOf(domain)),
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer: (address) =>
    require('./querystring').unescapeBuffer(new URL(address).pathname),
  urlToHttpOptions,
};
lazy(
  url,
  'URLPattern',
  () => globalThis.URLPattern ?? require('../system').systemModule('url').URLPattern,
);

module.exports = url;
