'use strict';

/**
 * console.* of a worker goes to the page's console, where the inspector and `--enable-logging` show
 * it with the file and line of the call, as in Electron.
 */

const { Console } = require('node:console');
const { Writable } = require('node:stream');
const util = require('node:util');

const LEVELS = {
  debug: 'debug',
  trace: 'info',
  log: 'info',
  info: 'info',
  dir: 'info',
  dirxml: 'info',
  table: 'info',
  group: 'info',
  groupCollapsed: 'info',
  count: 'info',
  timeEnd: 'info',
  timeLog: 'info',
  warn: 'warning',
  error: 'error',
  assert: 'error',
};

/** @param {import('./port').Port} port */
function installConsole(port) {
  let call = null;

  const stream = new Writable({
    decodeStrings: false,
    write(text, encoding, done) {
      port.sendConsole({ ...call, text: String(text).replace(/\n$/, '') });
      done();
    },
  });
  const forwarding = new Console({ stdout: stream, stderr: stream, inspectOptions: { colors: false } });

  for (const [name, level] of Object.entries(LEVELS)) {
    const method = forwarding[name];
    const forward = (...values) => {
      const [, caller] = util.getCallSites(2);
      call = { level, source: caller?.scriptName ?? '', line: caller?.lineNumber ?? 0 };
      method(...values);
    };
    Object.defineProperty(forward, 'name', { value: name });
    console[name] = forward;
  }
  for (const name of ['groupEnd', 'countReset', 'time']) console[name] = forwarding[name];
}

module.exports = { installConsole };
