// @ts-check
'use strict';

/*
 * Pages that must not have Node, and try every way to it that we know: test/support/attacks. An attack says
 * what it found; besides, Node that runs anywhere for one would leave a file, and a process.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');
const { serveApp } = require('../support/serve-app');

const ATTACKS = path.join(__dirname, '../support/attacks');
const ALL = {
  nodeIntegration: true,
  nodeIntegrationInWorker: true,
  nodeIntegrationInSubFrames: true,
};

const source = (/** @type {string} */ name) => fs.readFileSync(path.join(ATTACKS, name), 'utf8');

/** Before it, the page's own script has not run. */
const ATTACKER = `<!doctype html><meta charset="utf-8"><body>
  <script>const firstNames = Object.getOwnPropertyNames(window);</script>
  <script src="tools.js"></script><script src="places.js"></script><script src="internals.js"></script>
  <script>
    const attack = async (name) => {
      try { return await attacks[name](); } catch (error) { return ['fails: ' + error + error.stack]; }
    };
    onmessage = async ({ data, source }) => {
      if (data?.attack) source.postMessage({ found: await attack(data.attack) }, '*');
    };
  </script>`;

/** What an app's preload script gives its page; some of it has all of Node. */
const PRELOAD = `
  const { contextBridge } = require('electron');
  class Own { method() { return require; } }
  contextBridge.exposeInMainWorld('bridge', {
    echo: (value) => value,
    later: async (value) => value,
    call: async (callback) => void callback({ own: new Own().constructor.name }, [() => 1], new Error('an argument')),
    lose: () => void Promise.reject(new Error('nobody waits')),
    fail: () => void setTimeout(() => { throw new Error('nobody catches'); }),
    throws: () => { throw Object.assign(new TypeError('of the preload script'), { own: new Own() }); },
    nested: { list: [{ fn: () => ({}) }], date: new Date(0), bytes: new Uint8Array(2) },
  });`;

const FILES = {
  'attacker.html': ATTACKER,
  'places.js': source('places.js'),
  'internals.js': source('internals.js'),
  'preload.js': PRELOAD,
};

/** Names in the order of the files. */
const NAMES = [
  ...`${source('places.js')}${source('internals.js')}`.matchAll(/^attacks\['(.*)'\] =/gm),
].map(([, name]) => name);

/** A lab whose pages leave their marks in a folder. @param {import('node:test').TestContext} t */
async function startAttack(t) {
  const marks = fs.mkdtempSync('/tmp/weft-attack-');
  t.after(() => fs.rmSync(marks, { recursive: true }));
  const tools = `const MARK = ${JSON.stringify(`${marks}/mark-`)};\n${source('tools.js')}`;
  const lab = await startLab(t, {
    ...FILES,
    'tools.js': tools,
    'tells.html': tellsOf(tools),
    'probe.js': probeOf(tools),
  });
  const folder = await lab.main((/** @type {any} */ { app }) => app.getAppPath());
  const remote = await lab.main(serveApp, '127.0.0.3');
  return { lab, marks, folder, remote, preload: `${folder}/preload.js` };
}

/** The texts of tools.js as files, for places that load one. */
const tellsOf = (/** @type {string} */ tools) => evaluated(tools, 'TELLS');
const probeOf = (/** @type {string} */ tools) => evaluated(tools, 'PROBE_WORKER');
const evaluated = (/** @type {string} */ tools, /** @type {string} */ name) =>
  new Function(`${tools}; return ${name}`)();

/** Runs in main: whether the page has a global. */
async function hasIn(/** @type {any} */ { contents }, /** @type {number} */ id, url, name) {
  await contents(id).loadURL(url);
  return contents(id).executeJavaScript(`${JSON.stringify(name)} in window`);
}

/** Runs in main: loads the page anew, and runs one attack there. */
async function attackIn(/** @type {any} */ { contents }, /** @type {number} */ id, url, name) {
  await contents(id).loadURL(url);
  return contents(id).executeJavaScript(`attack(${JSON.stringify(name)})`, true);
}

/** The same in a frame of the page. */
async function attackInFrame(
  /** @type {any} */ { contents },
  /** @type {number} */ id,
  url,
  frame,
  name,
) {
  await contents(id).loadURL(url);
  return contents(id).executeJavaScript(`new Promise((resolve) => {
    onmessage = ({ data }) => data?.found && resolve(data.found);
    const frame = document.createElement('iframe');
    frame.onload = () => frame.contentWindow.postMessage({ attack: ${JSON.stringify(name)} }, '*');
    frame.src = ${JSON.stringify(frame)};
    document.body.append(frame);
  })`);
}

test('attacks', async (t) => {
  const { lab, marks, folder, remote, preload } = await startAttack(t);
  const file = `file://${folder}/attacker.html`;
  const far = `${remote}attacker.html`;
  const cases = {
    'a page without Node': { preferences: { preload }, url: file },
    'a page in the sandbox, with all else on': {
      preferences: { ...ALL, preload, sandbox: true },
      url: file,
    },
    'a remote page, with all on': { preferences: { ...ALL, contextIsolation: false }, url: far },
    'a remote page beside a preload script': { preferences: { ...ALL, preload }, url: far },
    'a page whose preload script has Node': { preferences: { sandbox: false, preload }, url: file },
    'a remote frame of a page with all on': {
      preferences: { ...ALL, contextIsolation: false },
      url: file,
      frame: far,
    },
  };
  for (const [who, { preferences, url, frame }] of Object.entries(cases)) {
    await t.test(who, async (t) => {
      const win = await lab.open(preferences, null);
      const hasBridge = await win.main(hasIn, url, 'bridge');
      assert.equal(hasBridge, 'preload' in preferences, 'its preload script has run');
      for (const name of NAMES) {
        await t.test(name, async () => {
          const found = await (frame
            ? win.main(attackInFrame, url, frame, name)
            : win.main(attackIn, url, name));
          assert.deepEqual(found, []);
          assert.deepEqual(fs.readdirSync(marks), []);
        });
      }
      await win.main((/** @type {any} */ { BrowserWindow }, /** @type {number} */ id) =>
        BrowserWindow.getAllWindows().forEach((/** @type {any} */ one) => one.destroy()),
      );
    });
  }
  lab.main((/** @type {any} */ { app }) => app.exit(0)).catch(() => {});
  await lab.expectEnd();
});

test('the attacks find Node where it is', async (t) => {
  const { lab, marks, folder } = await startAttack(t);
  const win = await lab.open({ ...ALL, contextIsolation: false }, null);
  for (const name of [
    'names on the window',
    'names that a fresh window does not have',
    'frames that can be looked into',
    'frames that can’t be looked into',
    'workers of every kind',
  ]) {
    const found = await win.main(attackIn, `file://${folder}/attacker.html`, name);
    assert.notDeepEqual(found, [], name);
  }
  assert.notDeepEqual(fs.readdirSync(marks), []);
  const foreign = await win.page(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const all = [
      {},
      [],
      () => {},
      new frame.contentWindow.Error('x'),
      [{ deep: new frame.contentWindow.Map() }],
    ];
    return all.map((value) => {
      const found = [];
      worlds(found, value, 'it');
      return found;
    });
  });
  assert.deepEqual(foreign, [
    [],
    [],
    [],
    ['it is of another world'],
    ['it.0.deep is of another world'],
  ]);
  await lab.close();
});
