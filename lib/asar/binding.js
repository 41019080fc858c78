'use strict';

/**
 * What decides about archives: src/asar. One for all threads of the process, since it keeps what is
 * open: so it is loaded by Node's own process.dlopen, whatever that is by now.
 */

const path = require('node:path');
const { dlopen } = require('./gate');

const module_ = { exports: {} };
dlopen.call(process, module_, path.join(__dirname, '../../build/src/asar/weft-asar.node'));

module.exports = module_.exports;
