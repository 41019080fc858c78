'use strict';

/**
 * Which pages may have Node, by where they come from: files, this machine, the app's own protocols,
 * and the origins that the app names.
 */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The schemes of the app's own protocols, with a colon. @type {Set<string>} */
const appSchemes = new Set();

/** A page of this scheme is as much the app's as a file is. @param {string} scheme */
function addAppScheme(scheme) {
  const isWeb = scheme === 'http' || scheme === 'https';
  if (!isWeb) appSchemes.add(`${scheme}:`.toLowerCase());
}

function isOrigin(text) {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  const { host, pathname, search, hash, username, password } = new URL(text);
  const rest = search + hash + username + password;
  return host !== '' && rest === '' && (pathname === '' || pathname === '/');
}

/** @returns {string[]} origins, each checked; throws for one that is not an origin */
function readOrigins(origins = []) {
  if (!Array.isArray(origins)) throw new TypeError('webPreferences.nodeOrigins must be an array');
  return origins.map((origin) => {
    if (!isOrigin(origin)) {
      throw new TypeError(
        `webPreferences.nodeOrigins: '${origin}' is not an origin such as 'https://app.example'`
      );
    }
    const { protocol, host } = new URL(origin);
    return `${protocol}//${host}`;
  });
}

/** Whether a page at @address may have Node, in a window that allows it. */
function mayHaveNode(address, origins) {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol === 'file:' || appSchemes.has(url.protocol)) return true;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (isWeb && LOOPBACK.has(url.hostname)) return true;
  return origins.includes(`${url.protocol}//${url.host}`);
}

/** The same question as a function for the page, of an object with `protocol`, `hostname` and `host`. */
function allowedInPage(origins) {
  const hosts = JSON.stringify([...LOOPBACK]);
  const schemes = JSON.stringify(['file:', ...appSchemes]);
  const list = JSON.stringify(origins);
  return (
    `(url) => ${schemes}.includes(url.protocol) || ` +
    `/^https?:$/.test(url.protocol) && ${hosts}.includes(url.hostname) || ` +
    `${list}.includes(url.protocol + '//' + url.host)`
  );
}

module.exports = { addAppScheme, readOrigins, mayHaveNode, allowedInPage };
