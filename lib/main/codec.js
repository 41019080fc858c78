'use strict';

const { createCodec } = require('../common/structured-clone');

/** The clone codec of everything that goes between this process and its pages. */
const codec = createCodec({ onlyPorts: true });

/** Runs @send, with Electron's error for what cannot be sent. @param {() => void} send */
function sending(send) {
  try {
    send();
  } catch (cause) {
    throw new Error('Failed to serialize arguments', { cause });
  }
}

module.exports = { codec, sending };
