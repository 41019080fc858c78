'use strict';

/** What decides about archives: src/asar. */
module.exports = require('../../build/src/asar/weft-asar.node');
