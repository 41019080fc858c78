'use strict';

/** The native half of the worker host: src/worker. */
module.exports = require('../../build/src/worker/weft-worker.node');
