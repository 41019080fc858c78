// @ts-check
'use strict';

const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { FakeInstall } = require('../support/fake-install');

const MODULES = path.resolve(__dirname, '../../node_modules');
const SEEDS = path.resolve(__dirname, '../fuzz/corpus/inspect');
const BUFFERUTIL = path.join(MODULES, 'bufferutil/prebuilds');
const SQLITE = path.join(MODULES, 'better-sqlite3/prebuilds');

/** @type {InstanceType<typeof FakeInstall>} */
let install;
before(() => (install = new FakeInstall()));
after(() => install[Symbol.dispose]());

/**
 * Makes an app of files: its path to a file that is copied there, or to bytes.
 * @param {Record<string, string | Buffer>} files
 */
function makeApp(files) {
  const app = fs.realpathSync(fs.mkdtempSync(path.join(install.root, 'app ')));
  for (const [name, source] of Object.entries(files)) {
    const file = path.join(app, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (typeof source === 'string') fs.copyFileSync(source, file);
    else fs.writeFileSync(file, source);
  }
  return app;
}

/** @param {string} app */
async function doctor(app) {
  const { code, stdout, stderr } = await install.run(['doctor', '--modules', app]);
  const tooLong = stdout.split('\n').filter((line) => line.length > 100 && !line.includes(app));
  assert.deepEqual(tooLong, []);
  return { code, stdout, stderr };
}

/**
 * What stands below a heading.
 * @param {string} stdout
 * @param {string} heading
 */
function section(stdout, heading) {
  const found = stdout.split('\n\n').find((part) => part.startsWith(`${heading}\n`));
  return found?.split('\n').slice(1).join('\n') ?? assert.fail(`no "${heading}" in:\n${stdout}`);
}

test('each module is listed with how it is loaded and why', async () => {
  const app = makeApp({
    'native/own.node': path.join(BUFFERUTIL, 'linux-x64/bufferutil.node'),
    'node_modules/better-sqlite3/prebuilds/linux-x64.node': path.join(SQLITE, 'linux-x64.node'),
    'node_modules/@acme/old/build/once.node': path.join(SEEDS, 'v8-constructor-sysv-hash'),
  });
  const { code, stdout, stderr } = await doctor(app);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.ok(stdout.startsWith(`Native modules of ${app}, as its workers load them\n\n`), stdout);
  assert.equal(section(stdout, "The app's own"), '  private  Node-API    14 KiB  native/own.node');
  assert.equal(
    section(stdout, 'better-sqlite3'),
    '  share    Node-API   2.2 MiB  prebuilds/linux-x64.node\n' +
      '           it holds SQLite, whose file locks guard a database only within one instance',
  );
  assert.equal(
    section(stdout, '@acme/old'),
    '  private  V8           960 B  build/once.node\n' +
      '           it registers itself only once in each instance, so no two workers can share one',
  );
  assert.match(stdout, /webPreferences\.nativeModules may say otherwise; see docs\/native-modules/);
});

test('databases are found in real modules, and nowhere else', async () => {
  const { code, stdout } = await doctor(MODULES);
  const sharing = stdout
    .split('\n\n')
    .filter((part) => /^ {2}share /m.test(part))
    .map((part) => part.split(/[,\n]/)[0]);
  assert.equal(code, 0);
  assert.deepEqual(sharing, ['@lmdb/lmdb-linux-x64', 'better-sqlite3', 'classic-level']);
});

test('a package in a package is found there', async () => {
  const { stdout } = await doctor(
    makeApp({ 'node_modules/a/node_modules/@b/c/d.node': path.join(SEEDS, 'napi-symbol') }),
  );
  const heading = '@b/c, in node_modules/a/node_modules/@b/c';
  assert.equal(section(stdout, heading), '  private  Node-API     752 B  d.node');
});

/** @type {{ name: string, files: Record<string, string>, sections: Record<string, RegExp> }[]} */
const OTHER_BUILDS = [
  {
    name: 'builds for other machines are counted, not blamed',
    files: {
      'node_modules/many/darwin-x64.node': path.join(BUFFERUTIL, 'darwin-x64/bufferutil.node'),
      'node_modules/many/win32-x64.node': path.join(BUFFERUTIL, 'win32-x64/bufferutil.node'),
      'node_modules/many/linux-x64.node': path.join(BUFFERUTIL, 'linux-x64/bufferutil.node'),
      'node_modules/many/linuxmusl-x64.node': path.join(SQLITE, 'linuxmusl-x64.node'),
      'node_modules/many/linux-arm64.node': path.join(SQLITE, 'linux-arm64.node'),
      'node_modules/none/darwin-x64.node': path.join(BUFFERUTIL, 'darwin-x64/bufferutil.node'),
    },
    sections: {
      many: /^ {2}private {2}Node-API {4}14 KiB {2}linux-x64\.node\n {2}4 builds for other machines$/,
      none: /^ {2}1 build for other machines, none for this one; 'npm rebuild' may make it$/,
    },
  },
  {
    name: 'a build for another Node.js is explained when there is no better one',
    files: {
      'node_modules/both/old.node': path.join(SEEDS, 'other-node'),
      'node_modules/both/new.node': path.join(SEEDS, 'napi-symbol'),
      'node_modules/old/old.node': path.join(SEEDS, 'other-node'),
    },
    sections: {
      both: /^ {2}private {2}Node-API {5}752 B {2}new\.node\n {2}1 build for other versions of Node\.js$/,
      old: /refused\s+-\s+752 B\s+old\.node\s+it is built for Node\.js 20 \(ABI 115\), but Weft runs\s+Node\.js/,
    },
  },
];

for (const { name, files, sections } of OTHER_BUILDS) {
  test(name, async () => {
    const { code, stdout } = await doctor(makeApp(files));
    assert.equal(code, 0);
    for (const [heading, expected] of Object.entries(sections)) {
      assert.match(section(stdout, heading), expected);
    }
  });
}

test('a damaged module is a fault, what is no module is not', async () => {
  const whole = fs.readFileSync(path.join(BUFFERUTIL, 'linux-x64/bufferutil.node'));
  const app = makeApp({
    'cut.node': whole.subarray(0, 7000),
    'program.node': '/bin/true',
    'folder.node/readme.txt': Buffer.from('a folder may have any name'),
  });
  const { code, stdout } = await doctor(app);
  const own = section(stdout, "The app's own").replace(/\s+/g, ' ');
  assert.equal(code, 1);
  assert.match(
    own,
    /damaged - 7 KiB cut\.node it is truncated: a segment needs \d+ bytes, but the/,
  );
  assert.match(own, /refused - \S+ KiB program\.node it is a program, not a shared object/);
  assert.match(stdout, /\n1 is damaged: see above\.\n$/);

  fs.rmSync(path.join(app, 'cut.node'));
  assert.equal((await doctor(app)).code, 0);
});

test('a library that is missing, or too old, is named', async () => {
  const whole = fs.readFileSync(path.join(BUFFERUTIL, 'linux-x64/bufferutil.node'), 'latin1');
  const { code, stdout } = await doctor(
    makeApp({
      'a/missing.node': Buffer.from(whole.replaceAll('libc.so.6', 'libx.so.6'), 'latin1'),
      'b/newer.node': Buffer.from(whole.replaceAll('GLIBC_2.2.5', 'GLIBC_9.9.9'), 'latin1'),
      'c/odd.node': Buffer.from(whole.replaceAll('libc.so.6', 'lib\x1b[2Jx6'), 'latin1'),
    }),
  );
  const own = section(stdout, "The app's own").replace(/\s+/g, ' ');
  assert.equal(code, 0);
  assert.match(own, /missing\.node it needs libx\.so\.6, which is neither beside it nor on this/);
  assert.match(
    own,
    /newer\.node it needs GLIBC_9\.9\.9 of libc\.so\.6, and this system's is older/,
  );
  assert.match(own, /odd\.node it needs lib\?\[2Jx6, /);
});

test('libraries beside a module are found as the loader finds them', async () => {
  const libraries = fs.readdirSync(path.join(MODULES, '@img/sharp-libvips-linux-x64/lib'));
  const library = libraries.find((name) => name.startsWith('libvips-cpp')) ?? assert.fail();
  const name = fs
    .readdirSync(path.join(MODULES, '@img/sharp-linux-x64/lib'))
    .find((file) => file.endsWith('.node'));
  const folder = 'node_modules/@img/sharp-libvips-linux-x64/lib';
  const app = makeApp({
    [`node_modules/@img/sharp-linux-x64/lib/${name}`]: path.join(
      MODULES,
      '@img/sharp-linux-x64/lib',
      name ?? '',
    ),
  });
  const heading = '@img/sharp-linux-x64';
  assert.match(section((await doctor(app)).stdout, heading), /it needs libvips-cpp\.so\S+, which/);

  fs.mkdirSync(path.join(app, folder), { recursive: true });
  fs.copyFileSync(
    path.join(MODULES, '@img/sharp-libvips-linux-x64/lib', library),
    path.join(app, folder, library),
  );
  assert.match(section((await doctor(app)).stdout, heading), /^ {2}private/);
});

test('links are followed, once and never in circles', async () => {
  const elsewhere = makeApp({
    'lib/linked.node': path.join(SEEDS, 'napi-symbol'),
    'node_modules/deep/deep.node': path.join(SEEDS, 'napi-symbol'),
    'single/one.node': path.join(SEEDS, 'napi-symbol'),
  });
  const app = makeApp({ 'own.node': path.join(SEEDS, 'napi-symbol') });
  fs.mkdirSync(path.join(app, 'node_modules'));
  fs.symlinkSync(path.join(elsewhere, 'single/one.node'), path.join(app, 'one.node'));
  fs.symlinkSync(path.join(elsewhere, 'lib'), path.join(app, 'node_modules/a'));
  fs.symlinkSync(elsewhere, path.join(app, 'node_modules/b'));
  fs.symlinkSync(elsewhere, path.join(app, 'node_modules/c'));
  fs.symlinkSync('..', path.join(app, 'node_modules/loop'));
  fs.symlinkSync(app, path.join(elsewhere, 'node_modules/back'));
  fs.symlinkSync('nowhere', path.join(app, 'nowhere.node'));

  const { code, stdout, stderr } = await doctor(app);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.equal(stdout.match(/\.node\n/g)?.length, 4);
  assert.equal(section(stdout, "The app's own"), '  private  Node-API     752 B  own.node');
  assert.equal(
    section(stdout, 'Outside of the app, by links'),
    ['lib/linked.node', 'single/one.node']
      .map((file) => `  private  Node-API     752 B  ${path.join(elsewhere, file)}`)
      .join('\n'),
  );
  section(stdout, `deep, in ${elsewhere}/node_modules/deep`);
});

test('a single file is always explained', async () => {
  const app = makeApp({
    'good.node': path.join(BUFFERUTIL, 'linux-x64/bufferutil.node'),
    'mac.node': path.join(BUFFERUTIL, 'darwin-x64/bufferutil.node'),
    'empty.node': Buffer.alloc(0),
  });
  const good = await doctor(path.join(app, 'good.node'));
  assert.equal(good.code, 0);
  assert.ok(
    good.stdout.startsWith(
      `${app}/good.node\n  private  Node-API    14 KiB\n` +
        '           each worker gets static variables of its own\n',
    ),
    good.stdout,
  );
  const mac = await doctor(path.join(app, 'mac.node'));
  assert.equal(mac.code, 0);
  assert.match(mac.stdout, /it is built for macOS \(Mach-O\); install its package again on this/);
  const empty = await doctor(path.join(app, 'empty.node'));
  assert.equal(empty.code, 1);
  assert.match(empty.stdout, /damaged +- +0 B\n +it is empty; install its package again\n/);
});

test('an app without native modules has none', async () => {
  const app = makeApp({ 'main.js': Buffer.from('') });
  assert.deepEqual(await doctor(app), {
    code: 0,
    stdout: `No native modules in ${app}\n`,
    stderr: '',
  });
});

test('what is no app is an error that names it', async () => {
  const app = makeApp({ 'main.js': Buffer.from('') });
  assert.deepEqual(await doctor(`${app}/none`), {
    code: 1,
    stdout: '',
    stderr: `weft: cannot read '${app}/none': No such file or directory\n`,
  });
  assert.deepEqual(await doctor(`${app}/main.js`), {
    code: 2,
    stdout: '',
    stderr: `weft: '${app}/main.js' is neither a folder nor a .node file; see 'weft --help'\n`,
  });
});

test(
  'a folder that cannot be read is said, and the rest is listed',
  { skip: process.geteuid?.() === 0 && 'root reads everything' },
  async () => {
    const app = makeApp({
      'own.node': path.join(SEEDS, 'napi-symbol'),
      'secret/other.node': path.join(SEEDS, 'napi-symbol'),
    });
    fs.chmodSync(path.join(app, 'secret'), 0);
    const { code, stdout, stderr } = await doctor(app);
    fs.chmodSync(path.join(app, 'secret'), 0o700);
    assert.equal(code, 1);
    assert.equal(stderr, `weft: cannot read ${app}/secret: Permission denied\n`);
    section(stdout, "The app's own");
  },
);
