'use strict';

const { createCodec } = require('../common/structured-clone');

/** The clone codec of everything that goes between this process and its pages. */
module.exports = createCodec();
