'use strict';

/**
 * ELECTRON_LOG_ASAR_READS: each file that is read as a whole becomes a line in a file beside the
 * system's temporary ones, in the form that `weft asar pack --ordering` takes.
 */

const os = require('node:os');
const path = require('node:path');
const binding = require('./binding');
const { plainly } = require('./gate');

const isOn = Boolean(process.env.ELECTRON_LOG_ASAR_READS);

/** Descriptors of this thread, by archive. @type {Map<string, number>} */
const logs = new Map();

/** @param {string} archivePath @returns {number} */
function logOf(archivePath) {
  const known = logs.get(archivePath);
  if (known !== undefined) return known;
  const name = `${path.basename(archivePath, '.asar')}-access-log.txt`;
  const fd = require('./original-fs').openSync(path.join(os.tmpdir(), name), 'a');
  logs.set(archivePath, fd);
  return fd;
}

/** @param {import('./locate').Place} place of a packed file that is about to be read */
function logRead(place) {
  if (!isOn) return;
  const line = `${binding.offsetOf(place.archive, place.entry)}: ${place.inner}\n`;
  plainly(() => require('./original-fs').writeSync(logOf(place.archivePath), line));
}

module.exports = { logRead };
