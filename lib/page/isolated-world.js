'use strict';

/** Runs in the isolated world, where preload scripts live while `contextIsolation` is on. */

const { createCodec } = require('../common/structured-clone');
const { createRequire } = require('./page-require');

require('./preload').run(createRequire(createCodec()));
