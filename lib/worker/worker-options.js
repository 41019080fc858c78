'use strict';

/**
 * What a page may ask for when it starts a worker. The page is the untrusted end: every field is
 * checked here, unknown ones are dropped.
 *
 * @typedef {object} WorkerOptions
 * @property {string} url the script's address, absolute
 * @property {string} documentURL the address of the document that made the worker
 * @property {string} name
 * @property {'classic' | 'module'} type
 * @property {boolean} inlineScript the script's text is the first message of the channel, because
 *   only the page could read it (blob:)
 * @property {import('./environment').Environment} environment
 * @property {string} nested the token of a worker's worker (families.js), or ''
 * @property {boolean} isAgent it is no worker but has Node for the document itself (agent/init.js)
 */

const { parseEnvironment } = require('./environment');

const TYPES = ['classic', 'module'];

/**
 * @param {string} json
 * @returns {WorkerOptions}
 */
function parseWorkerOptions(json) {
  const given = JSON.parse(json);
  if (typeof given !== 'object' || given === null) throw new TypeError('the options are no object');
  if (given.agent === true) return agentOptions(given);
  for (const field of ['url', 'documentURL', 'name']) {
    if (typeof given[field] !== 'string') throw new TypeError(`'${field}' is no string`);
  }
  if (!TYPES.includes(given.type)) throw new TypeError(`'${given.type}' is no type of worker`);
  return {
    url: new URL(given.url).href,
    documentURL: new URL(given.documentURL).href,
    name: given.name,
    type: given.type,
    inlineScript: given.inlineScript === true,
    environment: parseEnvironment(given.environment),
    nested: typeof given.nested === 'string' ? given.nested : '',
    isAgent: false,
  };
}

function agentOptions({ documentURL }) {
  if (typeof documentURL !== 'string') throw new TypeError("'documentURL' is no string");
  return { url: documentURL, documentURL, name: '', nested: '', isAgent: true };
}

module.exports = { parseWorkerOptions };
