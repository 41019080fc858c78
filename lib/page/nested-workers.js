'use strict';

/**
 * Workers of workers (lib/worker/nested-worker.js): the page starts them, and has their console. Their
 * messages and errors go to the worker that made them.
 */

const { KINDS } = require('../common/link/kinds');
const { readEnvironment } = require('./environment');

const stringify = JSON.stringify;

const EVENTS = { message() {}, messageError() {}, error: () => false };

/**
 * @param {import('../common/link').Link} link
 * @param {(json: string, events: object) => void} start throws when it cannot be started
 */
function serveNestedWorkers(link, start) {
  link.handle(KINDS.NESTED_SPAWN, (target, settings) => {
    try {
      start(stringify({ ...settings, environment: readEnvironment() }), EVENTS);
    } catch (error) {
      const answer = { __proto__: null, token: settings.nested, why: error.message };
      link.send(KINDS.NESTED_REFUSED, 0, answer, undefined, '');
    }
  });
}

module.exports = { serveNestedWorkers };
