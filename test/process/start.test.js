// @ts-check
'use strict';

/*
 * The built ./weft and real apps: what comes back to the shell that started them.
 */

const { test, before, after, describe } = require('node:test');
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { packArchive } = require('../support/asar');
const { isAlive, childrenOf, until } = require('../support/processes');
const { hasSandbox, sandboxOptions } = require('../support/sandbox');

const WEFT = path.resolve(__dirname, '../../build/src/launcher/weft');
const NOISE = hasSandbox ? /GIGACAGE|a11y bus|^\s*$/ : /GIGACAGE|a11y bus|--no-sandbox|^\s*$/;

/** @type {string} */
let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weft apps – ünïcode '))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/**
 * Makes an app folder.
 * @param {string} name
 * @param {Record<string, string>} files
 */
function makeApp(name, files) {
  const app = path.join(folder, name);
  fs.mkdirSync(app, { recursive: true });
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(app, file), text);
  return app;
}

/**
 * An app of one main script.
 * @param {string} name
 * @param {string} main
 */
const makeScript = (name, main) =>
  makeApp(name, {
    'package.json': JSON.stringify({ name: 'test-app', main: 'main.js' }),
    'main.js': main,
  });

/**
 * The same as an archive.
 * @param {string} name
 * @param {string} main
 */
function makeArchive(name, main) {
  const archive = path.join(makeApp(name, {}), 'app.asar');
  packArchive(archive, { 'package.json': '{"main":"main.js"}', 'main.js': main });
  return archive;
}

/** @param {string[]} args */
function start(...args) {
  const env = {
    ...process.env,
    XDG_RUNTIME_DIR: folder,
    NODE_TEST_CONTEXT: undefined,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  };
  return spawn(WEFT, [...sandboxOptions, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Runs weft to its end; `lines` is what it wrote to stderr, without what WebKit says.
 * @param {string[]} args
 */
async function run(...args) {
  const child = start(...args);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stdout, lines: stderr.split('\n').filter((line) => !NOISE.test(line)) };
}

/** @param {number} pid @returns {number[]} */
const familyOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...familyOf(child)]);

describe('the exit code is the app’s', () => {
  /** @type {[string, string, number][]} */
  const apps = [
    [
      'app.exit(3)',
      `require('electron').app.whenReady().then(() => require('electron').app.exit(3))`,
      3,
    ],
    [
      'app.quit()',
      `require('electron').app.whenReady().then(() => require('electron').app.quit())`,
      0,
    ],
    ['process.exit(4)', `process.exit(4)`, 4],
  ];
  for (const [name, main, expected] of apps) {
    test(name, async () => {
      const { code, lines } = await run('--headless', makeScript(name, main));
      assert.equal(code, expected);
      assert.deepEqual(lines, []);
    });
  }

  test('an app whose package.json begins with a byte order mark', async () => {
    const files = { 'package.json': '\ufeff{"main":"main.js"}', 'main.js': 'process.exit(5)' };
    const { code, lines } = await run('--headless', makeApp('marked', files));
    assert.equal(code, 5);
    assert.deepEqual(lines, []);
  });

  test('a main script that throws ends with 1 and says where', async () => {
    const app = makeScript('throws', `\nthrow new Error('not today')`);
    const { code, lines } = await run('--headless', app);
    assert.equal(code, 1);
    assert.ok(
      lines.some((line) => line.includes('not today')),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => line.includes(`${path.join(app, 'main.js')}:2`)),
      lines.join('\n'),
    );
  });
});

describe('an app that is not one is refused in one line, with exit code 1', () => {
  /** @type {[string, () => string, RegExp][]} */
  const apps = [
    ['missing', () => path.join(folder, 'not here'), /not here does not exist/],
    ['without package.json', () => makeApp('bare', {}), /bare has no package\.json/],
    ['bad JSON', () => makeApp('bad', { 'package.json': '{' }), /package\.json is not valid JSON/],
    [
      'without main',
      () => makeApp('no main', { 'package.json': '{}' }),
      /package\.json has no "main"/,
    ],
    [
      'main missing',
      () => makeApp('gone', { 'package.json': '{"main":"x.js"}' }),
      /x\.js, which is "main" in/,
    ],
    [
      'an empty archive',
      () => path.join(makeApp('empty', { 'app.asar': '' }), 'app.asar'),
      /Invalid package \/.*\/empty\/app\.asar: it is empty$/,
    ],
    [
      'no archive, though it is called one',
      () => path.join(makeApp('junk', { 'app.asar': 'this is no archive' }), 'app.asar'),
      /Invalid package \/.*\/junk\/app\.asar: it does not start as an asar archive does$/,
    ],
    [
      'an archive that was cut short',
      () => {
        const archive = makeArchive('cut', '');
        fs.truncateSync(archive, 40);
        return archive;
      },
      /Invalid package \/.*\/cut\/app\.asar: .* truncated$/,
    ],
    [
      'an archive under another name',
      () => {
        const archive = makeArchive('disguised', '');
        const disguised = path.join(path.dirname(archive), 'app.pak');
        fs.renameSync(archive, disguised);
        return disguised;
      },
      /app\.pak is an archive, but is not called like one; rename it to app\.asar$/,
    ],
  ];
  for (const [name, make, message] of apps) {
    test(name, async () => {
      const { code, lines } = await run('--headless', make());
      assert.equal(code, 1);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.ok(lines[0].startsWith('weft: '));
      assert.match(lines[0], message);
    });
  }

  test('no display', async () => {
    const { code, lines } = await run(makeScript('any', ''));
    assert.equal(code, 1);
    assert.deepEqual(lines, ['weft: there is no display; set DISPLAY, or run with --headless']);
  });
});

test('a link leads to the app, whatever it is called', async () => {
  const main = `console.log(__filename, require('electron').app.getAppPath()); process.exit(0)`;
  const archive = makeArchive('linked archive', main);
  const script = path.join(makeScript('linked script', main), 'main.js');
  for (const [given, home, file] of [
    [archive, archive, path.join(archive, 'main.js')],
    [script, path.dirname(script), script],
  ]) {
    const link = path.join(folder, `current ${path.basename(given)} link`);
    fs.symlinkSync(given, link);
    const { code, stdout, lines } = await run('--headless', '--enable-logging', link);
    assert.deepEqual([code, stdout, lines], [0, `${file} ${home}\n`, []]);
  }
});

test('the app sees its arguments and nothing of Weft’s own', async () => {
  const app = makeScript(
    'sees',
    `const ours = Object.keys(process.env).filter((name) => name.startsWith('WEFT_'));
     console.log(JSON.stringify({ argv: process.argv, ours }));
     require('electron').app.exit(0);`,
  );
  const { stdout } = await run('--headless', '--enable-logging', app, '--own', 'ä b');
  const { argv, ours } = JSON.parse(stdout);
  assert.deepEqual(argv.slice(1), [app, '--own', 'ä b']);
  assert.deepEqual(ours, []);
});

test('--no-sandbox warns in one line', { skip: !hasSandbox }, async () => {
  const { code, lines } = await run(
    '--headless',
    '--no-sandbox',
    makeScript('trusting', 'process.exit(0)'),
  );
  assert.equal(code, 0);
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^weft: warning: --no-sandbox: /);
});

test('when weft is killed, every process of an app with a window ends', async () => {
  const app = makeScript(
    'window',
    `const { app, BrowserWindow } = require('electron');
     app.whenReady().then(() => {
       const win = new BrowserWindow({ webPreferences: { nodeIntegrationInWorker: true } });
       win.webContents.once('did-finish-load', () => console.log('loaded'));
       win.loadURL('data:text/html,<p>hello');
     });`,
  );
  const child = start('--headless', app);
  await once(readline.createInterface(child.stdout), 'line');
  const family = familyOf(child.pid ?? 0);
  assert.ok(family.length >= 4, `only ${family.length} processes`);
  child.kill('SIGKILL');
  await until('all of them end', () => !family.some(isAlive));
});
