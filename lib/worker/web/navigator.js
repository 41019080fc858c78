'use strict';

/**
 * WorkerNavigator (HTML, 10.3.2): what the page's navigator says, but for what the machine knows better.
 */

const os = require('node:os');
const { defineInterface } = require('./interface');

/** Locks are those of the worker host: all workers of the window share them. */
const { locks } = globalThis.navigator;

class WorkerNavigator {
  #userAgent = '';
  #languages = Object.freeze(['en-US']);
  #onLine = true;

  /** @param {WorkerNavigator} navigator @param {import('../worker-options').Environment} environment */
  static update(navigator, { languages, onLine, userAgent }) {
    navigator.#userAgent = userAgent;
    navigator.#languages = Object.freeze([...languages]);
    navigator.#onLine = onLine;
  }

  get hardwareConcurrency() {
    return os.availableParallelism();
  }

  get appCodeName() {
    return 'Mozilla';
  }

  get appName() {
    return 'Netscape';
  }

  get appVersion() {
    return this.#userAgent.replace(/^Mozilla\//, '');
  }

  get platform() {
    return `Linux ${os.machine()}`;
  }

  get product() {
    return 'Gecko';
  }

  get userAgent() {
    return this.#userAgent;
  }

  get language() {
    return this.#languages[0] ?? '';
  }

  get languages() {
    return this.#languages;
  }

  get onLine() {
    return this.#onLine;
  }

  get locks() {
    return locks;
  }
}

defineInterface(WorkerNavigator);

module.exports = { LockManager: locks.constructor, WorkerNavigator };
