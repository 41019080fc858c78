'use strict';

/** Globals of Node's that a script may have besides the page's own. */

const { lazy } = require('../../common/lazy');

const MAKERS = {
  Buffer: () => require('./modules/buffer').Buffer,
  clearImmediate: () => require('./modules/timers').clearImmediate,
  process: () => require('./process').getProcess(),
  setImmediate: () => require('./modules/timers').setImmediate,
};

/** @param {object} target is given Buffer, process, setImmediate and clearImmediate, made when read */
exports.addNodeGlobals = function addNodeGlobals(target) {
  for (const name of Object.keys(MAKERS)) {
    lazy(target, name, MAKERS[name]);
    Object.defineProperty(target, name, { enumerable: false });
  }
};
