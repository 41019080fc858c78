'use strict';

/**
 * What the `weft` command says about this start. It travels in the environment, and is taken out
 * of it at once, so that the app and its children never see it.
 */
function take(name) {
  const isSet = process.env[name] === '1';
  delete process.env[name];
  return isSet;
}

module.exports = Object.freeze({
  logging: take('WEFT_ENABLE_LOGGING'),
  noSandbox: take('WEFT_NO_SANDBOX'),
  enableSandbox: take('WEFT_ENABLE_SANDBOX'),
  headless: take('WEFT_HEADLESS'),
  noAsarIntegrity: take('WEFT_NO_ASAR_INTEGRITY'),
});
