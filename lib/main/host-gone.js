// @ts-check
'use strict';

const os = require('node:os');
const { emitEvent } = require('./event');

/** @typedef {import('./worker-host').HostEnd} HostEnd */

/** @type {Map<number, string>} */
const SIGNAL_NAMES = new Map(Object.entries(os.constants.signals).map(([name, number]) => [number, name]));

/** Somebody's wish, or the kernel's when memory runs out. */
const KILLS = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

/** @param {number} signal */
const nameOf = (signal) => SIGNAL_NAMES.get(signal) ?? `signal ${signal}`;

/** @param {HostEnd} end */
function reasonOf({ code, signal }) {
  if (signal !== 0) return KILLS.has(nameOf(signal)) ? 'killed' : 'crashed';
  return code === 0 ? 'clean-exit' : 'abnormal-exit';
}

/** @param {HostEnd} end @returns {import('electron').Details} of Electron's event */
function detailsOf(end) {
  return {
    type: 'Utility',
    reason: reasonOf(end),
    exitCode: end.signal !== 0 ? end.signal : end.code << 8, // as waitpid() has it
    serviceName: 'weft.worker-host',
    name: 'Worker Host',
  };
}

/** @param {HostEnd} end */
function describe(end) {
  const where = end.module === '' ? '' : ` in ${end.module}`;
  if (end.signal === 0) return `has ended with code ${end.code}${where}`;
  return `${reasonOf(end)} (${nameOf(end.signal)})${where}`;
}

/** Without what apps hand over in it, which is long and may be secret. @param {string} url */
const shorten = (url) => url.replace(/[?#].*$/s, '');

/**
 * A worker host has ended by itself: a line for who runs the app, and Electron's event for the app.
 * @param {HostEnd} end
 * @param {string} url of the page whose workers have ended
 */
function tellHostGone(end, url) {
  process.stderr.write(
    `weft: warning: the worker host of ${shorten(url) || 'a window'}: ${describe(end)}; its workers have ended\n`,
  );
  const { app } = require('./app');
  emitEvent(app, 'child-process-gone', detailsOf(end));
}

module.exports = { detailsOf, tellHostGone };
