'use strict';

/**
 * `process.dlopen` of a worker: it loads native modules so that workers do not share what is not made
 * for threads (docs/native-modules.md). Like Node's it is a property that an app may replace, and what
 * `require` calls.
 *
 * A worker that loads none pays for two properties.
 */

const { workerData } = require('node:worker_threads');

function installNativeModules() {
  const original = process.dlopen;
  /** @type {import('./native-modules/loads').NativeLoads | null} */
  let loads = null;

  const { dlopen, getWeftNativeModules } = {
    dlopen(...args) {
      if (!loads) {
        const { NativeLoads } = require('./native-modules/loads');
        loads = new NativeLoads(original, workerData ?? {});
      }
      return loads.dlopen(args);
    },
    /** What this worker has loaded or could not load, in that order of time. */
    getWeftNativeModules() {
      return loads ? loads.list() : [];
    },
  };
  process.dlopen = dlopen;
  Object.defineProperty(process, 'getWeftNativeModules', {
    value: getWeftNativeModules,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

module.exports = { installNativeModules };
