'use strict';

const { existsSync } = require('node:fs');
const paths = require('./paths');
const { StartError } = require('./start-error');

if (!existsSync(paths.binding)) {
  throw new StartError(`${paths.binding} is not there; run \`make\` in ${paths.root} first`);
}

/** The binding: src/main/module.c says what is in it. */
module.exports = require(paths.binding);
