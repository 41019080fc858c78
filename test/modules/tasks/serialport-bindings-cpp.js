'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const readline = require('node:readline');
const { LinuxBinding } = require('@serialport/bindings-cpp');
const { overlap } = require('../forever');

/** The other end of the line: it says where the line is, sends back what it gets, and goes with us. */
const ECHO = `
import os, pty, select, tty
near, far = pty.openpty()
tty.setraw(far)
print(os.ttyname(far), flush=True)
while 0 not in select.select([0, near], [], [])[0]:
    os.write(near, os.read(near, 1000))
`;

const TICK_MS = 10;

/**
 * Opens a serial line, which is a pseudo terminal, and runs a function with it.
 *
 * The module says that there is something to read without a callback scope (napi_make_callback): what
 * waits for that in a promise goes on only when something else happens, in plain Node, too. Here it
 * is a timer.
 */
async function withLine(use) {
  const ticks = setInterval(() => {}, TICK_MS);
  const other = spawn('python3', ['-c', ECHO], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const [path] = await once(readline.createInterface({ input: other.stdout }), 'line');
    const port = await LinuxBinding.open({ path, baudRate: 115_200 });
    await use(port);
    await port.close();
  } finally {
    clearInterval(ticks);
    other.kill('SIGKILL');
  }
}

async function echo(port, text) {
  await port.write(Buffer.from(text));
  const received = Buffer.alloc(text.length);
  for (let at = 0; at < text.length;) {
    at += (await port.read(received, at, text.length - at)).bytesRead;
  }
  return received.toString();
}

exports.work = (index) =>
  withLine(async (port) => {
    assert.equal(await echo(port, `worker ${index}`), `worker ${index}`);
    await port.update({ baudRate: 9600 });
    assert.equal((await port.getBaudRate()).baudRate, 9600);
    assert.equal(await echo(port, 'slower'), 'slower');
    await port.flush();
    await port.drain();
    await assert.rejects(
      LinuxBinding.open({ path: '/dev/no-line', baudRate: 9600 }),
      /No such file/,
    );
  });

exports.busy = (index) => withLine((port) => overlap(1, () => echo(port, `worker ${index}`)));
