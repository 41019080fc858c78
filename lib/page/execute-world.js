'use strict';

/** Runs in a world of a frame where executeJavaScript() is used and nothing else of Weft's is. */

const { createCodec } = require('../common/structured-clone');

require('./execute').install(createCodec());
