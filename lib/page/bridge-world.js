'use strict';

/** Runs in a world that the app has numbered, when something is exposed there. */

require('./context-bridge').offerRealm(options.world);
