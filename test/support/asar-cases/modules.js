'use strict';

/* What Electron's own cases do not ask: packages of archives, as Node resolves them. */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { packArchive, writeFolder } = require('../asar');

const WASM = Buffer.from(
  '0061736d010000000105016000017f03020100070501016600000a06010400412a0b',
  'hex',
);

/** @type {import('../asar').Folder} */
const APP = {
  'package.json': JSON.stringify({
    name: 'my-app',
    imports: { '#x': './lib/x.js', '#package': 'both/sub' },
    exports: { './lib/*': './lib/*.js' },
  }),
  lib: { 'x.js': 'exports.file = __filename;' },
  'main.js': `
    const x = require('./lib/x');
    module.exports = {
      x: x.file, imports: require('#x') === x, self: require('my-app/lib/x') === x,
      main: require('with-main'), both: require('both'), sub: require('both/sub'),
      package: require('#package'), json: require('both/data.json'), esm: require('esm').name,
      resolved: require.resolve('with-main'), scoped: require('@scope/name'),
    };`,
  'main.mjs': `
    import both from 'both';
    import { name, file } from 'esm';
    import data from 'both/data.json' with { type: 'json' };
    import main, { folder } from 'with-main';
    import { file as x } from '#x';
    import fs, { readFileSync } from 'node:fs';
    import { typeless } from './typeless.js';
    export default {
      both, name, file, data, folder, main, x, dirname: import.meta.dirname, url: import.meta.url,
      text: readFileSync(new URL('./text', import.meta.url), 'utf8'), resolved: import.meta.resolve('./x.js'),
      typeless, later: (await import('./lib/x.js')).default.file,
    };`,
  'missing.mjs': `export const { message } = await import('./nothing.js').catch((error) => error);`,
  text: 'text',
  'typeless.js': `export const typeless = 'typeless';`,
  'answer.wasm': WASM,
  node_modules: {
    'with-main': {
      'package.json': '{"main":"lib"}',
      lib: { 'index.js': 'exports.folder = __dirname;' },
    },
    both: {
      'package.json': JSON.stringify({
        exports: {
          '.': { import: './i.mjs', require: './r.js' },
          './sub': './sub.js',
          './data.json': './data.json',
        },
      }),
      'i.mjs': `export default 'import';`,
      'r.js': `module.exports = 'require';`,
      'sub.js': `module.exports = 'sub';`,
      'data.json': '{"a":1}',
    },
    esm: {
      'package.json': '{"type":"module","main":"./index.js"}',
      'index.js': `export const name = 'esm'; export const file = import.meta.filename;`,
    },
    '@scope': { name: { 'index.js': `module.exports = 'scoped';` } },
  },
};

/** An archive in a package that is of another type. @param {string} folder */
function packApp(folder) {
  const app = fs.mkdtempSync(path.join(folder, 'app-'));
  fs.writeFileSync(path.join(app, 'package.json'), '{"type":"module"}');
  packArchive(path.join(app, 'app.asar'), APP);
  return path.join(app, 'app.asar');
}

/** Packages whose package.json leads nowhere. */
const WRONG = {
  'package.json': JSON.stringify({
    name: 'self',
    exports: { './inner': 'inner.js', './any/*': './*.js' },
    imports: {
      '#gone': './gone.js',
      '#bare': '/bare.js',
      '#out': './../out.js',
      '#any/*': './*.js',
    },
  }),
  'ask.mjs': 'export default (request) => import(request);',
  node_modules: { lone: { 'package.json': '{"exports":{".":"../lone.js"}}' } },
};

/** @type {import('./forms').Cases} */
const cases = {
  'modules in archives': {
    'are required with their packages': (folder) => {
      const app = packApp(folder);
      assert.deepEqual(createRequire(`${app}/`)('./main.js'), {
        ...{
          x: `${app}/lib/x.js`,
          imports: true,
          self: true,
          both: 'require',
          sub: 'sub',
          package: 'sub',
        },
        ...{
          main: { folder: `${app}/node_modules/with-main/lib` },
          json: { a: 1 },
          esm: 'esm',
          scoped: 'scoped',
        },
        resolved: `${app}/node_modules/with-main/lib/index.js`,
      });
    },
    'are imported with their packages': async (folder) => {
      const app = packApp(folder);
      const { href } = pathToFileURL(app);
      const { default: found } = await import(`${href}/main.mjs`);
      assert.deepEqual(found, {
        ...{
          both: 'import',
          name: 'esm',
          file: `${app}/node_modules/esm/index.js`,
          data: { a: 1 },
        },
        ...{
          folder: `${app}/node_modules/with-main/lib`,
          main: { folder: `${app}/node_modules/with-main/lib` },
        },
        ...{
          x: `${app}/lib/x.js`,
          dirname: app,
          url: `${href}/main.mjs`,
          text: 'text',
          resolved: `${href}/x.js`,
        },
        ...{ typeless: 'typeless', later: `${app}/lib/x.js` },
      });
    },
    'may be WebAssembly': async (folder) => {
      const { emitWarning } = process;
      process.emitWarning = () => {}; // it is experimental, Node says
      try {
        const { f } = await import(`${pathToFileURL(packApp(folder))}/answer.wasm`);
        assert.equal(f(), 42);
      } finally {
        process.emitWarning = emitWarning;
      }
    },
    'have errors in the words of plain ones': async (folder) => {
      const parent = fs.mkdtempSync(path.join(folder, 'wrong-'));
      const plain = path.join(parent, 'plain');
      const app = path.join(parent, 'app.asar');
      writeFolder(plain, WRONG);
      packArchive(app, WRONG);
      const inWords = async (root, ask) => {
        const { name, code, message } = await ask().catch((error) => error);
        return { name, code, message: message.replaceAll(root, '').split('\n')[0] };
      };
      const errorsOf = async (root, request) => {
        const require = createRequire(`${root}/main.js`);
        const { default: ask } = await import(`${pathToFileURL(root)}/ask.mjs`);
        return [
          await inWords(root, async () => require(request)),
          await inWords(root, () => ask(request)),
        ];
      };
      const requests = [
        'self',
        'self/inner',
        '#none',
        '#gone',
        '#bare',
        '#out',
        '#any/../x',
        'self/any/../x',
        './a%2fb.mjs',
        '%40a/b',
        '@a',
        'lone',
        './a%2fb.mjs',
      ];
      for (const request of requests)
        assert.deepEqual(await errorsOf(app, request), await errorsOf(plain, request));
      const { default: ask } = await import(`${pathToFileURL(app)}/ask.mjs`);
      await assert.rejects(ask('./gone.mjs?query'), {
        url: `${pathToFileURL(app)}/gone.mjs?query`,
      });
    },
    'that are not there are errors': async (folder) => {
      const app = packApp(folder);
      const require = createRequire(`${app}/`);
      assert.throws(() => require('./nothing'), { code: 'MODULE_NOT_FOUND' });
      assert.throws(() => require('nothing-at-all'), { code: 'MODULE_NOT_FOUND' });
      assert.throws(() => require('both/nothing'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
      await assert.rejects(import(`${pathToFileURL(app)}/nothing.js`), {
        code: 'ERR_MODULE_NOT_FOUND',
      });
      const { message } = await import(`${pathToFileURL(app)}/missing.mjs`);
      assert.equal(
        message,
        `Cannot find module '${app}/nothing.js' imported from ${app}/missing.mjs`,
      );
      await assert.rejects(import(`${pathToFileURL(app)}/lib`), {
        code: 'ERR_UNSUPPORTED_DIR_IMPORT',
      });
    },
  },
  'package.json': {
    'may begin with a byte order mark': (folder) => {
      const home = fs.mkdtempSync(path.join(folder, 'marked-'));
      const content = {
        'package.json': '\ufeff{"main":"lib/main"}',
        lib: { 'main.js': 'module.exports = __dirname;' },
      };
      packArchive(`${home}/packed.asar`, { marked: content });
      writeFolder(`${home}/plain`, content);
      for (const place of ['plain', 'packed.asar/marked'])
        assert.equal(require(`${home}/${place}`), `${home}/${place}/lib`);
    },
  },
  'asar protocol': {
    'sets __dirname correctly': (folder) =>
      assert.deepEqual(require(`${folder}/script.asar`), [
        `${folder}/script.asar/index.js`,
        `${folder}/script.asar`,
        'other',
      ]),
  },
  'fs.stat follows symbolic links inside archives': {
    'resolves paths through symlinked directories for module loading': (folder) => {
      const file = path.join(fs.mkdtempSync(path.join(folder, 'links-')), 'x.asar');
      packArchive(file, {
        real: { 'index.js': 'module.exports = __filename;' },
        linked: { link: 'real' },
      });
      assert.equal(require(`${file}/linked`), `${file}/real/index.js`);
    },
  },
  'graceful-fs module': {
    'recognize asar archives': (folder) => {
      const gracefulFs = require('graceful-fs');
      assert.equal(gracefulFs.readFileSync(`${folder}/a.asar/link1`, 'utf8'), 'file1\n');
    },
    'does not touch global fs object': () => {
      const gracefulFs = require('graceful-fs');
      assert.notEqual(fs.readdir, gracefulFs.readdir);
    },
  },
  'mkdirp module': {
    'throws a ENOTDIR error when calling .sync': (folder) => {
      const { mkdirp } = require('mkdirp');
      assert.throws(() => mkdirp.sync(`${folder}/a.asar/not-exist`), { code: 'ENOTDIR' });
    },
    'throws a ENOTDIR error when called': (folder) => {
      const { mkdirp } = require('mkdirp');
      return assert.rejects(mkdirp(`${folder}/a.asar/not-exist`), { code: 'ENOTDIR' });
    },
  },
  'original-fs, imported by names': {
    'has all names of fs': async (folder) => {
      const file = path.join(fs.mkdtempSync(path.join(folder, 'names-')), 'names.mjs');
      fs.writeFileSync(
        file,
        `import { readFileSync, promises } from 'original-fs';
        import again from 'node:original-fs';
        export * from 'node:original-fs';
        export const isIts = (original) =>
          original.readFileSync === readFileSync && original.promises === promises;`,
      );
      const { isIts, ...names } = await import(file);
      assert.ok(isIts(require('original-fs')));
      const expected = Object.keys(fs).filter((name) => !name.startsWith('_'));
      assert.deepEqual(
        expected.filter((name) => !(name in names)),
        [],
      );
    },
  },
  integrity: {
    'names the file and the block that is not what its hash says': (folder) => {
      const original = require('original-fs');
      const file = path.join(folder, 'damaged.asar');
      const bytes = original.readFileSync(`${folder}/big.asar`);
      bytes[bytes.length - 1] ^= 1;
      bytes[bytes.length - 100_000] ^= 1;
      original.writeFileSync(file, bytes);
      assert.throws(() => fs.readFileSync(`${file}/big`), {
        code: 'EIO',
        message: /block 0 of '.*damaged\.asar\/big'/,
      });
    },
  },
};

module.exports = cases;
