'use strict';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** WebKit's patterns for what `mayHaveNode` allows; a host's port is not part of a pattern. */
const ALWAYS = [
  'file:///*',
  ...[...LOOPBACK].flatMap((host) => [`http://${host}/*`, `https://${host}/*`]),
];

/** `https://a.example:81` -> `https://a.example/*` */
function pattern(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

/** @returns {string[]} origins, each checked; throws for one that is not an origin */
function readOrigins(origins = []) {
  if (!Array.isArray(origins)) throw new TypeError('webPreferences.nodeOrigins must be an array');
  return origins.map((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : null;
    if (url?.host) return `${url.protocol}//${url.host}`;
    throw new TypeError(
      `webPreferences.nodeOrigins: '${origin}' is not an origin such as 'https://app.example'`
    );
  });
}

/** Whether a page at @address may have Node, in a window that allows it. */
function mayHaveNode(address, origins) {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol === 'file:') return true;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (isWeb && LOOPBACK.has(url.hostname)) return true;
  return origins.includes(`${url.protocol}//${url.host}`);
}

const patterns = (origins) => [...ALWAYS, ...origins.map(pattern)];

/** The same question as an expression for the page: a pattern cannot tell ports apart. */
function allowedInPage(origins) {
  const hosts = JSON.stringify([...LOOPBACK]);
  const list = JSON.stringify(origins);
  return (
    `location.protocol === 'file:' || ` +
    `/^https?:$/.test(location.protocol) && ${hosts}.includes(location.hostname) || ` +
    `${list}.includes(location.protocol + '//' + location.host)`
  );
}

module.exports = { readOrigins, mayHaveNode, patterns, allowedInPage };
