'use strict';

const { createCodec } = require('../common/structured-clone');

/** The clone codec of everything that goes between this process and its pages. */
const codec = createCodec({ onlyPorts: true });

/** The arguments of webContents.send(), with Electron's error for what cannot be sent. */
function serializeArguments(args) {
  try {
    return codec.serialize(args);
  } catch (cause) {
    throw new Error('Failed to serialize arguments', { cause });
  }
}

module.exports = { codec, serializeArguments };
