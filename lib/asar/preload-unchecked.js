'use strict';

/** As preload.js, in an app that runs with --no-asar-integrity. */
require('./install').install({ checks: false });
