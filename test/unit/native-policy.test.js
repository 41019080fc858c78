// @ts-check
'use strict';

/* Which of the app's rules decides about a native module, and what is said of it. */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createPolicy } = require('../../lib/worker/native-modules/policy');
const { packageOf } = require('../../lib/worker/native-modules/rules');

const OPTION = 'webPreferences.nativeModules';

/** @type {import('../../lib/worker/native-modules/policy').Facts} */
const PLAIN = { kind: 'napi-symbol', database: null, mode: 'private', why: 'as always' };
/** @type {import('../../lib/worker/native-modules/policy').Facts} */
const DATABASE = { ...PLAIN, database: 'sqlite', mode: 'share', why: 'it holds SQLite' };
/** @type {import('../../lib/worker/native-modules/policy').Facts} */
const ONCE = { ...PLAIN, kind: 'v8-constructor', why: 'it registers itself' };

/**
 * The key of the rule that is obeyed, or 'default'.
 * @param {string[]} keys @param {string} file @param {string} [requirer] @param {string} [app]
 */
function obeyed(keys, file, requirer, app = '/app') {
  const modules = Object.fromEntries(keys.map((key) => [key, /** @type {const} */ ('deny')]));
  const clause = createPolicy({ default: 'share', modules }, app).refusal(file, requirer);
  if (clause === null) return 'default';
  const found = /\.modules\['(.*)'\] is 'deny'$/.exec(clause);
  assert.ok(found, clause);
  return found[1];
}

/** @param {string} text with the place of the file */
const inModules = (text) => `/app/node_modules/${text}`;

test('without a word of the app the facts decide', () => {
  for (const policy of [createPolicy(), createPolicy({ default: 'private', modules: {} })]) {
    assert.equal(policy.refusal('/app/x.node'), null);
    for (const facts of [PLAIN, DATABASE, ONCE]) {
      const { mode, why } = facts;
      assert.deepEqual(policy.decide('/app/x.node', undefined, facts), { mode, why });
    }
  }
});

test('the default of the app', () => {
  const share = createPolicy({ default: 'share', modules: {} });
  assert.equal(share.refusal('/app/x.node'), null);
  assert.deepEqual(share.decide('/app/x.node', undefined, PLAIN), {
    mode: 'share',
    why: `${OPTION}.default is 'share'`,
  });
  assert.equal(share.decide('/app/x.node', undefined, DATABASE).mode, 'share');
  const deny = createPolicy({ default: 'deny', modules: { sharp: 'private' } });
  assert.equal(deny.refusal('/app/x.node'), `${OPTION}.default is 'deny'`);
  assert.equal(deny.refusal(inModules('sharp/x.node')), null);
});

test('what Node takes once a process is not shared, and the reason says so', () => {
  for (const [settings, by] of /** @type {const} */ ([
    [{ default: 'share', modules: {} }, `${OPTION}.default`],
    [{ default: 'private', modules: { old: 'share' } }, `${OPTION}.modules['old']`],
  ])) {
    assert.deepEqual(createPolicy(settings).decide(inModules('old/x.node'), undefined, ONCE), {
      mode: 'private',
      why: `${by} is 'share', but Node takes this module once a process: it registers itself`,
    });
  }
});

test('a database is copied when the app says so, and the reason warns', () => {
  for (const mode of /** @type {const} */ (['private', 'deep'])) {
    const policy = createPolicy({ default: 'private', modules: { sql: mode } });
    assert.deepEqual(policy.decide(inModules('sql/x.node'), undefined, DATABASE), {
      mode,
      why: `${OPTION}.modules['sql'] is '${mode}'. Careful: it holds SQLite`,
    });
    const { why } = policy.decide(inModules('sql/x.node'), undefined, PLAIN);
    assert.equal(why, `${OPTION}.modules['sql'] is '${mode}'`);
  }
});

test('a package is the one in whose folder the file lies', () => {
  const names = {
    'sharp/build/Release/sharp.node': 'sharp',
    '@img/sharp-linux-x64/lib/sharp.node': '@img/sharp-linux-x64',
    'sharp/node_modules/@img/sharp-linux-x64/sharp.node': '@img/sharp-linux-x64',
    '.pnpm/sharp@1.0.0/node_modules/sharp/sharp.node': 'sharp',
  };
  for (const [file, name] of Object.entries(names)) {
    assert.equal(packageOf(inModules(file)), name);
    assert.equal(packageOf(`/app/app.asar.unpacked/node_modules/${file}`), name);
    assert.equal(obeyed([name], inModules(file)), name);
    assert.equal(obeyed(['other', 'shar'], inModules(file)), 'default');
  }
  for (const file of ['/app/sharp/sharp.node', '/app/node_modules/sharp.node', '/sharp.node']) {
    assert.equal(packageOf(file), null);
    assert.equal(obeyed(['sharp'], file), 'default');
  }
});

test('names of packages may be globs', () => {
  const file = inModules('@img/sharp-linux-x64/lib/sharp.node');
  for (const key of ['@img/*', '@*/sharp-*', '@img/sharp-{linux,darwin}-x64']) {
    assert.equal(obeyed([key], file), key);
  }
  assert.equal(obeyed(['*', '@other/*', '@img/sharp-?', '@img/sharp-{a,b}-x64'], file), 'default');
  assert.equal(obeyed(['*'], inModules('sharp/x.node')), '*');
  assert.equal(obeyed(['*'], '/app/x.node'), 'default');
});

test('a package stands for its binary in another package', (t) => {
  const app = fs.mkdtempSync(path.join(os.tmpdir(), 'weft-test-'));
  t.after(() => fs.rmSync(app, { recursive: true }));
  const modules = path.join(app, 'node_modules');
  fs.mkdirSync(path.join(modules, 'lmdb'), { recursive: true });
  const description = { optionalDependencies: { '@lmdb/lmdb-linux-x64': '1.0.0' } };
  fs.writeFileSync(path.join(modules, 'lmdb/package.json'), JSON.stringify(description));
  const file = path.join(modules, '@lmdb/lmdb-linux-x64/node.glibc.node');
  const loader = path.join(modules, 'node-gyp-build-optional-packages/index.js');

  assert.equal(obeyed(['lmdb'], file, loader, app), 'lmdb');
  assert.equal(obeyed(['lmdb'], path.join(modules, 'other/x.node'), loader, app), 'default');
  assert.equal(obeyed(['lmdb', '@lmdb/*'], file, loader, app), '@lmdb/*');
});

test('a package stands for what it requires', () => {
  const file = inModules('@img/sharp-linux-x64/lib/sharp.node');
  assert.equal(obeyed(['sharp'], file, inModules('sharp/lib/sharp.js')), 'sharp');
  assert.equal(obeyed(['sharp'], file, inModules('other/index.js')), 'default');
  assert.equal(obeyed(['sharp'], '/elsewhere/x.node', inModules('sharp/index.js')), 'sharp');
  assert.equal(obeyed(['sharp'], file, undefined), 'default');
});

test('paths and globs, of the app and absolute', () => {
  const file = inModules('.pnpm/a/node_modules/a/build/Release/a.node');
  const matching = [
    '**/build/Release/*.node',
    '**/a.node',
    '**',
    '/app/**',
    '/app/node_modules/.pnpm/**/a.node',
    'node_modules/**',
    './node_modules/**',
    'node_modules/.pnpm/a/node_modules/a/build/Release/a.node',
    './node_modules/.pnpm/a/node_modules/a/build/Release/a.node',
    file,
  ];
  for (const key of matching) assert.equal(obeyed([key], file), key);
  const others = ['*.node', 'a.node', 'build/Release/a.node', '/app/*', '/other/**', 'build/**'];
  for (const key of others) assert.equal(obeyed([key], file), 'default', key);
});

test('what is special in a glob, and what is not', () => {
  const pairs = /** @type {const} */ ([
    ['a/?.node', 'a/x.node', 'a/xy.node'],
    ['a/*.node', 'a/.x.node', 'a/b/x.node'],
    ['a/**/x.node', 'a/x.node', 'a/xx.node'],
    ['a/**/x.node', 'a/b/.c/x.node', 'ab/x.node'],
    ['a/{x,y}*.node', 'a/y1.node', 'a/z.node'],
    ['{a,b/c}/x.node', 'b/c/x.node', 'b/x.node'],
    ['[a]/*.node', '[a]/x.node', 'a/x.node'],
    ['a+(b)/*.node', 'a+(b)/x.node', 'aab/x.node'],
    ['a,b/*.node', 'a,b/x.node', 'a/x.node'],
    ['{a/*.node', '{a/x.node', 'a/x.node'],
  ]);
  for (const [key, file, other] of pairs) {
    assert.equal(obeyed([key], `/app/${file}`), key);
    assert.equal(obeyed([key], `/app/${other}`), 'default', key);
  }
});

test('globs from anywhere reach files outside of the app', () => {
  assert.equal(obeyed(['**/*.node'], '/usr/lib/x.node'), '**/*.node');
  assert.equal(
    obeyed(['../lib/*.node'], '/usr/lib/x.node', undefined, '/usr/app'),
    '../lib/*.node',
  );
  assert.equal(obeyed(['lib/*.node'], '/usr/lib/x.node'), 'default');
});

test('a path by a symbolic link, and an app by one', (t) => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'weft-test-')));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  fs.mkdirSync(path.join(folder, 'app'));
  fs.writeFileSync(path.join(folder, 'app/x.node'), '');
  fs.symlinkSync('app', path.join(folder, 'link'));
  const file = path.join(folder, 'app/x.node');
  const link = path.join(folder, 'link');

  for (const key of ['x.node', './x.node', '*.node', path.join(link, 'x.node')]) {
    assert.equal(obeyed([key], file, undefined, link), key);
  }
});

test('the rule that speaks most closely wins, in whatever order they are written', () => {
  const file = inModules('@img/sharp-linux-x64/lib/sharp.node');
  const requirer = inModules('sharp/index.js');
  const closest = [
    'node_modules/@img/sharp-linux-x64/lib/sharp.node',
    '/app/node_modules/@img/*/lib/sharp.node',
    '**/sharp.node',
    '**',
    '@img/sharp-linux-x64',
    '@img/sharp-linux-*',
    '@img/*',
    'sharp',
  ];
  for (let i = 0; i < closest.length; i++) {
    const keys = closest.slice(i);
    assert.equal(obeyed(keys, file, requirer), keys[0]);
    assert.equal(obeyed(keys.toReversed(), file, requirer), keys[0]);
  }
});
