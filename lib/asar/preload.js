'use strict';

/** Node runs this first in forked processes and threads of an app (children.js). */
require('./install').install();
