'use strict';

const { parseArgs } = require('node:util');

/**
 * What the command line asks for. Not strict: switches of the runtime itself may be among them.
 *
 * @param {string[]} args
 * @returns {{ folder?: string, screenshot?: string, quit: boolean }}
 */
function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      folder: { type: 'string' },
      screenshot: { type: 'string' },
      quit: { type: 'boolean', default: false },
    },
    allowPositionals: true,
    strict: false,
  });
  for (const [name, example] of [
    ['folder', 'a folder'],
    ['screenshot', 'the name of a PNG file'],
  ]) {
    if (values[name] === true || values[name] === '') throw new Error(`--${name} needs ${example}`);
  }
  return values;
}

module.exports = { readOptions };
