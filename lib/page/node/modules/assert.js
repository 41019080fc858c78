'use strict';

/** `assert`: the package of that name. `partialDeepStrictEqual` is Node's, of copies. */

const { loadInternal, loadPackage } = require('../packages');
const { completeFrom } = require('../system');

const assert = loadPackage('assert');

Object.defineProperty(assert, 'isDeepStrictEqual', {
  value: loadInternal('assert/build/internal/util/comparisons').isDeepStrictEqual,
});
completeFrom(assert, 'assert', ['partialDeepStrictEqual', 'Assert']);

module.exports = assert;
