'use strict';

/** Node's codes for errors of the package `buffer`. */

const { nodeError } = require('../errors');

const { apply } = Reflect;

/** By what the package says. */
const CODES = [
  [
    /beyond buffer length/,
    'ERR_BUFFER_OUT_OF_BOUNDS',
    'Attempt to access memory outside buffer bounds',
  ],
  [/out of (range|bounds)/i, 'ERR_OUT_OF_RANGE'],
  [/must be a multiple/, 'ERR_INVALID_BUFFER_SIZE'],
  [/must be|is not uint/, 'ERR_INVALID_ARG_TYPE'],
];

const withCodes = (method) =>
  function (...given) {
    try {
      return apply(method, this, given);
    } catch (error) {
      const [, code, message] = CODES.find(([pattern]) => pattern.test(error.message)) ?? [];
      if (code === undefined || error.code) throw error;
      throw nodeError(error.constructor, code, message ?? error.message);
    }
  };

module.exports = { withCodes };
