'use strict';

const os = require('node:os');
const { emitEvent } = require('./event');

const SIGNAL_NAMES = Object.fromEntries(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name]),
);

/** Somebody's wish, or the kernel's when memory runs out. */
const KILLS = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

/** @returns {'killed' | 'crashed' | 'abnormal-exit' | 'clean-exit'} */
function reasonOf({ code, signal }) {
  if (signal !== 0) return KILLS.has(SIGNAL_NAMES[signal]) ? 'killed' : 'crashed';
  return code === 0 ? 'clean-exit' : 'abnormal-exit';
}

function describe(end) {
  const { code, signal, module } = end;
  const where = module === '' ? '' : ` in ${module}`;
  if (signal === 0) return `has ended with code ${code}${where}`;
  return `${reasonOf(end)} (${SIGNAL_NAMES[signal] ?? signal})${where}`;
}

/**
 * A worker host has ended by itself: a line for who runs the app, and Electron's event for the app.
 * @param {import('./worker-host').HostEnd} end
 * @param {string} url of the page whose workers have ended
 */
function tellHostGone(end, url) {
  process.stderr.write(
    `weft: warning: the worker host of ${url || 'a window'}: ${describe(end)}; its workers have ended\n`,
  );
  const { app } = require('./app');
  emitEvent(app, 'child-process-gone', {
    type: 'Utility',
    reason: reasonOf(end),
    exitCode: end.signal !== 0 ? end.signal : end.code << 8, // as waitpid() has it
    serviceName: 'weft.worker-host',
    name: 'Worker Host',
  });
}

module.exports = { tellHostGone };
