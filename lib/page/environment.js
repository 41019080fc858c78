'use strict';

/** What a worker's `navigator` and scope say of its page (lib/worker/environment.js). */

const { KINDS } = require('../common/link/kinds');

const { Set } = globalThis;
const uncurry = (method) => Function.prototype.call.bind(method);
const addTo = uncurry(Set.prototype.add);
const deleteFrom = uncurry(Set.prototype.delete);
const forEach = uncurry(Set.prototype.forEach);

/** Links of workers that are told of changes. @type {Set<import('../common/link').Link>} */
const followers = new Set();

function readEnvironment() {
  const { languages, onLine, userAgent } = navigator;
  return {
    __proto__: null,
    languages,
    onLine,
    userAgent,
    isSecureContext: window.isSecureContext,
    crossOriginIsolated: window.crossOriginIsolated === true,
  };
}

function followEnvironment(link) {
  addTo(followers, link);
}

function forgetEnvironment(link) {
  deleteFrom(followers, link);
}

for (const type of ['online', 'offline', 'languagechange']) {
  window.addEventListener(type, () => {
    const { languages, ...rest } = readEnvironment();
    const environment = { ...rest, languages: [...languages] };
    forEach(followers, (link) => link.send(KINDS.ENVIRONMENT, 0, environment, undefined, 'weft'));
  });
}

module.exports = { followEnvironment, forgetEnvironment, readEnvironment };
