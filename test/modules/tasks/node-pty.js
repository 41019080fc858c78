'use strict';

const assert = require('node:assert/strict');
const pty = require('node-pty');
const { overlap } = require('../forever');

/** Runs a shell in a terminal, types a line, and returns all that came until its end. */
function converse(line) {
  const { promise, resolve } = Promise.withResolvers();
  const shell = pty.spawn('/bin/sh', ['-c', 'read word; stty size; echo "got $word"; exit 3'], {
    cols: 90,
    rows: 33,
  });
  let output = '';
  shell.onData((text) => (output += text));
  shell.onExit(({ exitCode }) => resolve({ output, exitCode }));
  shell.write(`${line}\r`);
  return promise;
}

exports.work = async (index) => {
  const { output, exitCode } = await converse(`worker-${index}`);
  assert.match(output, /33 90/);
  assert.match(output, new RegExp(`got worker-${index}`));
  assert.equal(exitCode, 3);
};

exports.busy = (index) => overlap(2, () => converse(`worker-${index}`));
