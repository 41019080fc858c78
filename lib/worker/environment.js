'use strict';

/**
 * What a worker's scope says of the page that made it. The page is not trusted: each field is checked,
 * and has a value whatever the page sends.
 *
 * @typedef {object} Environment
 * @property {string} userAgent
 * @property {string[]} languages
 * @property {boolean} onLine
 * @property {boolean} isSecureContext
 * @property {boolean} crossOriginIsolated
 */

const TEXT_MAX = 1024;
const LANGUAGES_MAX = 32;

const text = (value, fallback) => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : fallback);

/** @param {any} given @returns {Environment} */
function parseEnvironment(given) {
  const list = Array.isArray(given?.languages) ? given.languages.slice(0, LANGUAGES_MAX) : [];
  const languages = list.filter((language) => typeof language === 'string');
  return {
    userAgent: text(given?.userAgent, ''),
    languages: (languages.length > 0 ? languages : ['en-US']).map((language) => text(language)),
    onLine: given?.onLine !== false,
    isSecureContext: given?.isSecureContext === true,
    crossOriginIsolated: given?.crossOriginIsolated === true,
  };
}

module.exports = { parseEnvironment };
