'use strict';

/** Answers for `app` in a worker: lib/worker/app.js. */

const { APP_METHODS, APP_PROPERTIES } = require('../common/worker-app');

/**
 * @param {unknown[]} request the name, and the arguments of a method
 * @returns {{value: unknown} | {error: string}}
 */
function answerApp([name, ...args]) {
  const { app } = require('./app');
  try {
    if (APP_METHODS.includes(name)) return { value: app[name](...args) };
    if (APP_PROPERTIES.includes(name)) return { value: app[name] };
    throw new Error(`A worker can't read app.${name}`);
  } catch (error) {
    return { error: error.message };
  }
}

module.exports = { answerApp };
