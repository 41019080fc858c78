'use strict';

/*
 * Apps that are archives: `weft app.asar`.
 */

const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { runApp, scratch } = require('../support/app');
const { packArchive, writeFolder } = require('../support/asar');

const ADDON = fs.readFileSync(
  path.resolve(__dirname, '../../node_modules/bufferutil/prebuilds/linux-x64/bufferutil.node'),
);

const report = `const report = (value) => process.stdout.write('RESULT ' + JSON.stringify(value) + '\\n');`;

/** @param {import('node:test').TestContext} t @param {import('../support/asar').Folder} content */
function pack(t, content) {
  const file = path.join(scratch(t), 'app.asar');
  packArchive(file, content);
  return file;
}

async function resultsOf(t, file, how) {
  const { code, stderr, results } = await runApp(t, file, how);
  assert.equal(code, 0, stderr);
  return results;
}

test('an archive runs as an app', async (t) => {
  const file = pack(t, {
    'package.json': '{"name":"archived","main":"lib"}',
    lib: {
      'index.js': `${report}
        const { app } = require('electron');
        report([__filename, app.getAppPath(), app.getName(), require('dep'), process.noAsar]);
        app.exit(0);`,
    },
    node_modules: { dep: { 'index.js': `module.exports = 'dep';` } },
  });
  assert.deepEqual(await resultsOf(t, file), [
    [`${file}/lib/index.js`, file, 'archived', 'dep', false],
  ]);
});

test('an archive whose main script is a module runs as an app', async (t) => {
  const file = pack(t, {
    'package.json': '{"name":"archived","type":"module","main":"main.js"}',
    'main.js': `${report}
      import { app } from 'electron';
      import { value } from './value.js';
      report([import.meta.filename, value]);
      app.exit(0);`,
    'value.js': `export const value = await 'value';`,
  });
  assert.deepEqual(await resultsOf(t, file), [[`${file}/main.js`, 'value']]);
});

test('an archive without an app in it is refused in one line', async (t) => {
  const file = pack(t, { 'index.js': '' });
  const { code, stderr } = await runApp(t, file);
  assert.equal(code, 1);
  assert.match(stderr, /^weft: .*app\.asar has no package\.json; .*\n$/);
});

test('native modules of archives are loaded', async (t) => {
  const main = (name) => `${report}
    const { app } = require('electron');
    const { unmask } = require('./${name}.node');
    report(typeof unmask);
    app.exit(0);`;
  const packed = pack(t, { 'package.json': '{}', 'index.js': main('addon'), 'addon.node': ADDON });
  assert.deepEqual(await resultsOf(t, packed), ['function']);
  const beside = pack(t, {
    'package.json': '{}',
    'index.js': main('addon'),
    'addon.node': { bytes: ADDON, unpacked: true },
  });
  assert.deepEqual(await resultsOf(t, beside), ['function']);
});

test('--no-asar-integrity reads what the hashes contradict', async (t) => {
  const file = pack(t, {
    'package.json': '{}',
    'index.js': `${report}
      const { app } = require('electron');
      let found;
      try {
        found = require('fs').readFileSync(__dirname + '/text', 'utf8');
      } catch (error) {
        found = error.code;
      }
      report(found);
      app.exit(0);`,
    text: 'before',
  });
  const bytes = fs.readFileSync(file);
  bytes.write('AFTER!', bytes.length - 6);
  fs.writeFileSync(file, bytes);
  assert.deepEqual(await resultsOf(t, file), ['EIO']);
  assert.deepEqual(await resultsOf(t, file, { options: ['--no-asar-integrity'] }), ['AFTER!']);
});

/** One second of silence as a WAV file. */
function makeSound() {
  const rate = 8000;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + rate, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34); // bits
  header.write('data', 36);
  header.writeUInt32LE(rate, 40);
  return Buffer.concat([header, Buffer.alloc(rate, 128)]);
}

for (const isArchive of [true, false]) {
  test(`media plays out of ${isArchive ? 'an archived' : 'a plain'} app`, async (t) => {
    const content = {
      'package.json': '{"name":"media","main":"main.js"}',
      'main.js': `${report}
        const { app, BrowserWindow } = require('electron');
        app.whenReady().then(async () => {
          const win = new BrowserWindow();
          await win.loadFile('page.html');
          report(await win.webContents.executeJavaScript('window.played'));
          app.exit(0);
        });`,
      'page.html': `<audio src="sound.wav" preload="auto"></audio><script>
        const audio = document.querySelector('audio');
        const next = (name) => new Promise((resolve, reject) => {
          audio.addEventListener(name, resolve, { once: true });
          audio.addEventListener('error', () => reject(audio.error), { once: true });
        });
        window.played = (async () => {
          await next('canplaythrough');
          audio.currentTime = 0.5;
          await next('seeked');
          return [audio.duration, audio.currentTime, audio.currentSrc.startsWith('file:')];
        })();
      </script>`,
      'sound.wav': makeSound(),
    };
    const app = isArchive ? pack(t, content) : content;
    assert.deepEqual(await resultsOf(t, app), [[1, 0.5, true]]);
  });
}

test('ELECTRON_LOG_ASAR_READS writes what --ordering takes', async (t) => {
  const file = pack(t, {
    'package.json': '{"name":"archived","main":"main.js"}',
    'main.js': `
      require('./dep.js');
      require('fs').readFileSync(__dirname + '/data.bin');
      require('electron').app.exit(0);`,
    'unread.js': '0',
    'dep.js': '0',
    'data.bin': 'data',
  });
  const temporary = scratch(t);
  await resultsOf(t, file, { env: { ELECTRON_LOG_ASAR_READS: '1', TMPDIR: temporary } });
  const lines = fs.readFileSync(path.join(temporary, 'app-access-log.txt'), 'utf8').split('\n');
  const names = lines.map((line) => /^\d+: (.*)$/.exec(line)?.[1]);
  // A file that is read twice is there twice.
  const first = [...new Set(names.filter(Boolean))];
  assert.deepEqual(first, ['package.json', 'main.js', 'dep.js', 'data.bin']);
});

/** Hooks in a thread of their own: one reads, one is asked for a module that is nowhere. */
const HOOKS = {
  'package.json': '{"name":"hooked","main":"main.js"}',
  'hooks.mjs': `import { found } from './beside.mjs';
    export async function resolve(specifier, context, next) {
      if (specifier === 'virtual') return next('./module.mjs', context);
      const result = await next(specifier, context);
      return specifier === './linked.mjs' ? { ...result, url: new URL('module.mjs', result.url).href } : result;
    }
    export async function load(url, context, next) {
      const result = await next(url, context);
      if (!/module\\.mjs|data\\.json/.test(url)) return result;
      return { ...result, source: String(result.source).replace('before', found) };
    }`,
  'beside.mjs': `export const found = 'after';`,
  'module.mjs': `export default 'before';`,
  'linked.mjs': `export default 'linked';`,
  'data.json': '"before"',
  'script.cjs': `module.exports = require('./required.mjs').default;`,
  'required.mjs': `export default 'required';`,
  node_modules: {
    dep: {
      'package.json': '{"exports":"./i.mjs","imports":{"#own":"./own.mjs"}}',
      'i.mjs': `export { default } from '#own';`,
      'own.mjs': `export default 'dep';`,
    },
  },
  'main.js': `${report}
    const { app } = require('electron');
    process.removeAllListeners('warning'); // of register()
    const modules = require('module');
    modules.register('data:text/javascript,export async function load(u, c, n) { return n(u, c) }');
    modules.register('./hooks.mjs', require('url').pathToFileURL(__filename));
    (async () => {
      const imported = [];
      for (const name of ['virtual', './module.mjs', './linked.mjs', './script.cjs', 'dep', 'fs']) {
        imported.push((await import(name)).default);
      }
      imported.push((await import('./data.json', { with: { type: 'json' } })).default);
      const failed = await import('nothing-at-all').catch((error) => error.message.replaceAll(__dirname, 'ROOT'));
      report([...imported.map((one) => (typeof one === 'object' ? 'fs' : one)), failed]);
      app.exit(0);
    })();`,
};
test('hooks of modules.register() see and change modules of archives', async (t) => {
  const expected = [
    ...['after', 'after', 'after', 'required', 'dep', 'fs', 'after'],
    `Cannot find package 'nothing-at-all' imported from ROOT/main.js`,
  ];
  const plain = path.join(scratch(t), 'app');
  writeFolder(plain, HOOKS);
  assert.deepEqual(await resultsOf(t, plain), [expected]);
  assert.deepEqual(await resultsOf(t, pack(t, HOOKS)), [expected]);
});

/** Reads a script once as it is, and once as something of the app's changes it. */
const CHANGED = {
  'package.json': '{"name":"changed","main":"main.js"}',
  'script.js': `module.exports = 'before';`,
  'main.js': `${report}
    const { app } = require('electron');
    const found = [require('./script')];
    const fs = require('fs');
    const { readFileSync } = fs;
    fs.readFileSync = (...given) => String(readFileSync(...given)).replace('before', 'patched');
    delete require.cache[require.resolve('./script')];
    found.push(require('./script'));
    report(found);
    app.exit(0);`,
};

/** Run by NODE_OPTIONS, before anything of Weft's. */
const HOOKS_BEFORE = `require('node:module').registerHooks({
  load(url, context, next) {
    const result = next(url, context);
    return url.endsWith('/script.js') ? { ...result, source: 'module.exports = "hooked"' } : result;
  },
});`;

test('required scripts are read by fs.readFileSync, and pass hooks that were there before', async (t) => {
  const folder = scratch(t);
  const before = path.join(folder, 'before.js');
  fs.writeFileSync(before, HOOKS_BEFORE);
  const plain = path.join(folder, 'app');
  writeFolder(plain, CHANGED);
  const env = { NODE_OPTIONS: `--require ${before}` };
  for (const app of [plain, pack(t, CHANGED)]) {
    assert.deepEqual(await resultsOf(t, app), [['before', 'patched']]);
    assert.deepEqual(await resultsOf(t, app, { env }), [['hooked', 'hooked']]);
  }
});

test('hooks may give original-fs to modules that ask for fs', async (t) => {
  const mapping = `resolve: (specifier, context, next) => specifier === 'fs'
    ? { format: 'builtin', shortCircuit: true, url: 'node:original-fs' } : next(specifier, context)`;
  const file = pack(t, {
    'package.json': '{}',
    'index.js': `${report}
      const { app } = require('electron');
      const modules = require('module');
      process.removeAllListeners('warning'); // of register()
      const found = [modules.isBuiltin('node:original-fs'), modules.isBuiltin('original-fs')];
      for (const name of ['original-fs', 'node:original-fs'])
        found.push(process.getBuiltinModule(name) === require(name));
      (async () => {
        const hooks = modules.registerHooks({ ${mapping} });
        found.push(await import('./first.mjs').then(({ isFile }) => isFile));
        hooks.deregister();
        modules.register('data:text/javascript,' + encodeURIComponent(
          'const hooks = {' + ${JSON.stringify(mapping)} + '}; export const resolve = async (...given) => hooks.resolve(...given)'));
        found.push(await import('./second.mjs').then(({ isFile }) => isFile));
        report(found);
        app.exit(0);
      })();`,
    'first.mjs': `import { statSync } from 'fs';
      export const isFile = statSync(import.meta.dirname).isFile();`,
    'second.mjs': `import fs from 'fs';
      export const isFile = fs.statSync(import.meta.dirname).isFile();`,
  });
  assert.deepEqual(await resultsOf(t, file), [[true, true, true, true, true, true]]);
});

test('where there is no archive, hooks need nothing that reads one', () => {
  const root = path.resolve(__dirname, '../..');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['--no-warnings', '--permission', '--allow-worker', `--allow-fs-read=${root}/*`],
      ...['--require', path.join(root, 'lib/asar/preload.js'), '--input-type=module', '-e'],
      `import { register } from 'node:module';
      register('data:text/javascript,export const load = async (url, context, next) => next(url, context)');
      console.log(await import('data:text/javascript,export default "loaded"').then((it) => it.default));`,
    ],
    { encoding: 'utf8' },
  );
  assert.deepEqual([status, stdout, stderr], [0, 'loaded\n', '']);
});
