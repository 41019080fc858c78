// @ts-check
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { FakeInstall } = require('../support/fake-install');
const { isAlive, childrenOf, commandOf, until } = require('../support/processes');

/** @type {InstanceType<typeof FakeInstall>} */
let install;
before(() => (install = new FakeInstall()));
after(() => install[Symbol.dispose]());

/**
 * Makes a folder of the launcher look as if it were from yesterday.
 * @param {string} name
 */
function makeOld(name) {
  const yesterday = Date.now() / 1000 - 86_400;
  fs.utimesSync(path.join(install.runtime, name), yesterday, yesterday);
}

/** @param {number} weft */
const serverOf = (weft) =>
  childrenOf(weft).find((pid) => commandOf(pid)[0] === 'Xvfb') ?? assert.fail('no Xvfb');

/**
 * Says hello to an X server; returns its answer: 1 is welcome, 0 is refused.
 * Format: X11 protocol, "Connection Setup".
 * @param {string} display
 * @param {Buffer} cookie
 */
async function knock(display, cookie) {
  const protocol = Buffer.from(cookie.length > 0 ? 'MIT-MAGIC-COOKIE-1\0\0' : '');
  const hello = Buffer.alloc(12);
  hello.write('l');
  hello.writeUInt16LE(11, 2);
  hello.writeUInt16LE(cookie.length > 0 ? 18 : 0, 6);
  hello.writeUInt16LE(cookie.length, 8);
  const socket = net.connect(`/tmp/.X11-unix/X${display.slice(1)}`);
  socket.end(Buffer.concat([hello, protocol, cookie]));
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return answer[0];
}

/** @param {number} port */
const listensOnTcp = (port) =>
  ['/proc/net/tcp', '/proc/net/tcp6'].some((table) => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return (
      fs.existsSync(table) &&
      new RegExp(`:${hex} [0-9A-F:]+ 0A `).test(fs.readFileSync(table, 'utf8'))
    );
  });

test('the app gets a display of its own, which ends with it', async () => {
  const elsewhere = { DISPLAY: ':77', WAYLAND_DISPLAY: 'wayland-0', GDK_BACKEND: 'wayland' };
  const { child, report, ended } = await install.start(['--headless', 'app', 'wait'], {
    env: elsewhere,
  });
  const server = serverOf(child.pid ?? 0);

  assert.equal(report.env.WEFT_HEADLESS, '1');
  assert.equal(report.env.GDK_BACKEND, 'x11');
  assert.equal(report.env.WAYLAND_DISPLAY, undefined);
  assert.notEqual(report.env.DISPLAY, ':77');
  assert.ok(commandOf(server).includes('1280x900x24'));

  process.kill(report.pid, 'SIGTERM');
  assert.deepEqual(await ended, [143, null]);
  assert.ok(!isAlive(server));
  assert.ok(!fs.existsSync(`/tmp/.X11-unix/X${report.env.DISPLAY.slice(1)}`));
  assert.deepEqual(install.leftovers(), []);
});

test('the display lets in those who can read the cookie, and nobody else', async () => {
  const { report, child, ended } = await install.start(['--headless', 'app', 'wait']);
  const { DISPLAY, XAUTHORITY } = report.env;

  assert.equal(fs.statSync(XAUTHORITY).mode & 0o777, 0o600);
  assert.equal(fs.statSync(path.dirname(XAUTHORITY)).mode & 0o777, 0o700);
  const cookie = fs.readFileSync(XAUTHORITY).subarray(-16);
  assert.equal(await knock(DISPLAY, cookie), 1);
  assert.equal(await knock(DISPLAY, Buffer.alloc(0)), 0);
  assert.equal(await knock(DISPLAY, Buffer.alloc(16)), 0);
  assert.ok(!listensOnTcp(6000 + Number(DISPLAY.slice(1))));

  child.kill();
  await ended;
});

test('the exit code is the app’s, or 128 and the signal that ended it', async () => {
  const expected = {
    'exit 0': 0,
    'exit 3': 3,
    'die SIGKILL': 137,
    'die SIGTERM': 143,
    'die SIGABRT': 134,
  };
  for (const [what, code] of Object.entries(expected)) {
    const result = await install.run(['--headless', 'app', ...what.split(' ')]);
    assert.equal(result.code, code, what);
    assert.equal(result.stderr, '');
  }
  assert.deepEqual(install.leftovers(), []);
});

test('it does not matter which standard descriptors are open', async () => {
  const command = 'exec "$0" --headless app exit 5 <&- >&- 2>&-';
  const child = spawn('/bin/sh', ['-c', command, install.weft], { env: install.env() });
  assert.deepEqual(await once(child, 'exit'), [5, null]);
});

test('requests to end are passed on, and the app decides', async () => {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])) {
    const { child, ended } = await install.start(['--headless', 'app', 'catch', signal]);
    child.kill(signal);
    assert.deepEqual(await ended, [7, null], signal);
  }
});

test('Ctrl-C in a terminal reaches the app once, and not its display', async () => {
  // Its exit code is 10 and the number of signals; a second one would come within a moment.
  const app = `process.on('SIGINT', () => { n++; setTimeout(() => process.exit(10 + n), 300) })`;
  const file = path.join(install.root, 'lib/main/init.js');
  const usual = fs.readFileSync(file);
  fs.writeFileSync(file, `let n = 0; ${app}; setInterval(() => {}, 1e6); console.log('ready')`);
  // script(1) gives us a terminal; what we write into it, its user types.
  const quoted = `'${install.weft}' --headless app`;
  const terminal = spawn(
    'script',
    ['--quiet', '--return', '--command', `exec ${quoted}`, '/dev/null'],
    {
      env: install.env(),
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(terminal.stdout, 'data');
  terminal.stdin.write('\x03');
  const [code] = await once(terminal, 'exit');
  fs.writeFileSync(file, usual);
  assert.equal(code, 11);
});

test('when weft is killed, the app and the display end', async () => {
  const { child, report, ended } = await install.start(['--headless', 'app', 'wait']);
  const server = serverOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await ended;
  await until('the app ends', () => !isAlive(report.pid));
  await until('the display ends', () => !isAlive(server));

  const [folder, ...others] = install.leftovers();
  assert.ok(folder.startsWith('weft-display-'));
  assert.deepEqual(others, []);
  makeOld(folder);
  await install.run(['--headless', 'app']);
  assert.deepEqual(install.leftovers(), []);
});

test('only what a killed weft has left is cleaned up', async () => {
  const { child, ended } = await install.start(['--headless', 'app', 'wait']);
  const inUse = install.leftovers()[0];
  makeOld(inUse);
  fs.mkdirSync(path.join(install.runtime, 'weft-display-justnow'));
  await install.run(['--headless', 'app']);
  assert.deepEqual(install.leftovers().sort(), [inUse, 'weft-display-justnow'].sort());

  child.kill();
  await ended;
  makeOld('weft-display-justnow');
  await install.run(['--headless', 'app']);
  assert.deepEqual(install.leftovers(), []);
});

test('when the display dies, weft still ends with the app', async () => {
  const { child, report, ended } = await install.start(['--headless', 'app', 'wait']);
  process.kill(serverOf(child.pid ?? 0), 'SIGKILL');
  process.kill(report.pid, 'SIGTERM');
  assert.deepEqual(await ended, [143, null]);
  assert.deepEqual(install.leftovers(), []);
  fs.rmSync(`/tmp/.X11-unix/X${report.env.DISPLAY.slice(1)}`, { force: true });
});

test('several at once get a display each', async () => {
  const apps = await Promise.all(
    Array.from({ length: 5 }, () => install.start(['--headless', 'app', 'wait'])),
  );
  assert.equal(new Set(apps.map(({ report }) => report.env.DISPLAY)).size, 5);
  for (const { child } of apps) child.kill();
  await Promise.all(apps.map(({ ended }) => ended));
  assert.deepEqual(install.leftovers(), []);
});

test('without Xvfb it says which package to install', async () => {
  const { code, stderr } = await install.run(['--headless', 'app'], {
    env: { PATH: install.pathWith('nothing') },
  });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'weft: --headless needs Xvfb, which is not installed; install it: sudo apt-get install xvfb\n',
  );
  assert.deepEqual(install.leftovers(), []);
});

test('an Xvfb that fails is quoted', async () => {
  const PATH = install.pathWith(
    'Xvfb',
    'echo starting >&2; echo "(EE) no room on this machine" >&2; exit 1',
  );
  const { code, stderr } = await install.run(['--headless', 'app'], { env: { PATH } });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'weft: the virtual display (Xvfb) did not start: (EE) no room on this machine\n',
  );
  assert.deepEqual(install.leftovers(), []);
});

test('weft can be told to end while the display starts', async () => {
  const mark = path.join(install.root, 'started');
  const PATH = install.pathWith('Xvfb', `: > '${mark}'; exec /bin/sleep 600`);
  const child = spawn(install.weft, ['--headless', 'app'], {
    env: install.env({ PATH }),
    stdio: 'inherit',
  });
  const server = await until(
    'Xvfb is started',
    () => fs.existsSync(mark) && childrenOf(child.pid ?? 0)[0],
  );
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [143, null]);
  assert.ok(!isAlive(Number(server)));
  assert.deepEqual(install.leftovers(), []);
});
