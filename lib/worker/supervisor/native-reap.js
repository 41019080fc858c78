'use strict';

/**
 * Unloads the native modules of threads that have ended (src/addon/instance.h). Some can only be unloaded
 * a little later: when a thread of theirs has ended, or another thread does not just run.
 */

const { nativeModules } = require('../binding');

/** When it is looked again; after that, when the next thread ends. */
const LOOK_AGAIN_MS = [20, 100, 500, 2500];

/** @type {NodeJS.Timeout | undefined} */
let timer;

function look(round) {
  const { mayChange } = nativeModules.reap();
  if (mayChange && round < LOOK_AGAIN_MS.length) {
    timer = setTimeout(look, LOOK_AGAIN_MS[round], round + 1).unref();
  }
}

/** A thread has ended. */
function reapNativeModules() {
  clearTimeout(timer);
  look(0);
}

module.exports = { reapNativeModules };
