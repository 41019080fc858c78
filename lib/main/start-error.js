'use strict';

/** Something that the user can put right: one line on stderr, without a stack, and exit code 1. */
class StartError extends Error {
  name = 'StartError';
}

module.exports = { StartError };
