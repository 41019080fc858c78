// @ts-check
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { FakeInstall } = require('../support/fake-install');

const NAMES = ['Node.js', 'WebKitGTK', 'GTK', 'Weft', 'Display', 'Xvfb', 'Sandbox', 'Session bus'];
const LINE =
  /^(ok|warning|missing) +(Node\.js|WebKitGTK|GTK|Weft|Display|Xvfb|Sandbox|Session bus) +(\S.*)$/;

/** @type {InstanceType<typeof FakeInstall>} */
let install;
before(() => {
  install = new FakeInstall();
  for (const file of ['main/weft-main.node', 'worker/weft-worker.node', 'page/libweft-page.so']) {
    const built = path.join(install.root, 'build/src', file);
    fs.mkdirSync(path.dirname(built), { recursive: true });
    fs.writeFileSync(built, '');
  }
});
after(() => install[Symbol.dispose]());

/**
 * A PATH on which every program that the doctor asks answers as told.
 * @param {string} bwrap what it does, as a shell script
 */
function machineWith(bwrap) {
  const folder = install.pathWith('bwrap', bwrap);
  fs.writeFileSync(path.join(folder, 'Xvfb'), '#!/bin/sh\n', { mode: 0o755 });
  return folder;
}

/**
 * Runs the doctor; `found` has verdict and text of each line.
 * @param {NodeJS.ProcessEnv} env
 */
async function doctor(env) {
  const { code, stdout, stderr } = await install.run(['doctor'], {
    env: { DBUS_SESSION_BUS_ADDRESS: undefined, ...env },
  });
  const [report, verdict] = stdout.split('\n\n');
  const lines = report
    .split('\n')
    .map((line) => LINE.exec(line) ?? assert.fail(`what is this line? ${line}`));
  assert.deepEqual(
    lines.map(([, , name]) => name),
    NAMES,
  );
  const found = Object.fromEntries(lines.map(([, word, name, text]) => [name, `${word}: ${text}`]));
  return { code, stderr, found, verdict: verdict.trim() };
}

test('a machine that has all but a screen can run apps headless', async () => {
  const { code, stderr, found, verdict } = await doctor({ PATH: machineWith('exit 0') });
  assert.equal(stderr, '');
  assert.equal(found['Node.js'], `ok: ${process.versions.node}, ${process.execPath}`);
  assert.match(found.WebKitGTK, /^ok: 2\.\d+\.\d+; service workers .* of http and https only$/);
  assert.match(found.GTK, /^ok: 4\.\d+\.\d+$/);
  assert.match(found.Weft, /^ok: /);
  assert.equal(
    found.Display,
    'warning: neither WAYLAND_DISPLAY nor DISPLAY is set; run apps with --headless',
  );
  assert.match(found.Xvfb, /^ok: /);
  assert.match(found.Sandbox, /^ok: bubblewrap works/);
  assert.match(found['Session bus'], /^warning: none/);
  assert.equal(verdict, 'Apps can run here with --headless.');
  assert.equal(code, 0);
});

test('a display and a session bus that answer are found', async () => {
  const servers = await Promise.all(
    ['wayland-7', 'bus'].map(async (name) => {
      const server = net.createServer().listen(path.join(install.runtime, name));
      await once(server, 'listening');
      return server;
    }),
  );
  const { code, found, verdict } = await doctor({
    PATH: machineWith('exit 0'),
    WAYLAND_DISPLAY: 'wayland-7',
  });
  for (const server of servers) server.close();
  assert.equal(found.Display, 'ok: Wayland, wayland-7');
  assert.equal(found['Session bus'], `ok: ${install.runtime}/bus`);
  assert.equal(verdict, 'Apps can run here.');
  assert.equal(code, 0);
});

test('a display that does not answer is not one', async () => {
  const { found } = await doctor({ PATH: machineWith('exit 0'), DISPLAY: ':4711' });
  assert.equal(
    found.Display,
    'warning: nothing answers at DISPLAY=:4711; run apps with --headless',
  );
});

test('a sandbox that cannot run is quoted, with what to do', async () => {
  const said = 'bwrap: No permissions to create new namespace';
  const { code, found, verdict } = await doctor({
    PATH: machineWith(`echo "${said}" >&2; exit 1`),
  });
  assert.ok(
    found.Sandbox.startsWith(
      `missing: ${said}; try: sudo sysctl kernel.unprivileged_userns_clone=1`,
    ),
    found.Sandbox,
  );
  assert.equal(verdict, 'Apps cannot run here yet: see what is missing.');
  assert.equal(code, 1);
});

test('what is not installed is named as Debian names it', async () => {
  const { code, found } = await doctor({ PATH: install.pathWith('nothing') });
  assert.equal(found.Xvfb, 'missing: sudo apt-get install xvfb (for --headless)');
  assert.match(found.Sandbox, /^missing: sudo apt-get install bubblewrap /);
  assert.equal(code, 1);
});

test('an old or broken Node.js is found', async () => {
  const old = path.join(install.pathWith('node', 'echo v20.19.2'), 'node');
  const { code, found } = await doctor({ PATH: machineWith('exit 0'), WEFT_NODE: old });
  assert.equal(
    found['Node.js'],
    `missing: 20.19.2, ${old}; Weft needs 26 or newer: unset WEFT_NODE`,
  );
  assert.equal(code, 1);

  const broken = path.join(install.pathWith('node', 'exit 3'), 'node');
  assert.match((await doctor({ WEFT_NODE: broken })).found['Node.js'], /^missing: .* does not run/);
  assert.match((await doctor({ WEFT_NODE: undefined })).found['Node.js'], /^missing: /);
});

test('what is not built is named', async () => {
  const built = path.join(install.root, 'build/src/page/libweft-page.so');
  fs.renameSync(built, `${built}.away`);
  const { code, found } = await doctor({ PATH: machineWith('exit 0') });
  fs.renameSync(`${built}.away`, built);
  assert.equal(
    found.Weft,
    `missing: build/src/page/libweft-page.so is not built; run 'make' in ${install.root}`,
  );
  assert.equal(code, 1);
});
