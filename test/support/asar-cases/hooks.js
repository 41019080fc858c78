'use strict';

/*
 * What Node does with modules on their way: hooks, types, source maps. Each case runs with a plain
 * folder and with an archive of the same, in a package of another type, and finds the same.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { packArchive, writeFolder } = require('../asar');

/**
 * @param {import('../asar').Folder} content
 * @param {(root: string, require: any) => unknown} run
 * @param {(found: any) => void} check what was found with the plain folder
 * @returns {(folder: string) => Promise<void>}
 */
const alike = (content, run, check) => async (folder) => {
  for (const around of ['module', 'commonjs']) {
    const base = fs.mkdtempSync(path.join(folder, 'alike-'));
    fs.writeFileSync(path.join(base, 'package.json'), JSON.stringify({ type: around }));
    const results = [];
    for (const name of ['plain', 'app.asar']) {
      const root = path.join(base, name);
      if (name === 'plain') writeFolder(root, content);
      else packArchive(root, content);
      const found = await run(root, module_.createRequire(`${root}/`));
      results.push(JSON.parse(JSON.stringify(found).replaceAll(root, 'ROOT')));
    }
    check(results[0]);
    assert.deepEqual(results[1], results[0], `in a package of type ${around}`);
  }
};

/** @param {Parameters<typeof module_.registerHooks>[0]} hooks @param {() => any} call */
async function hooked(hooks, call) {
  const registered = module_.registerHooks(hooks);
  try {
    return await call();
  } finally {
    registered.deregister();
  }
}

/** @param {() => any} call */
async function failing(call) {
  try {
    return await call();
  } catch (error) {
    const { code, message, stack } = /** @type {any} */ (error);
    return { code, message, at: stack.split('\n').find((line) => line.includes('    at ')) };
  }
}

/** Without what Node warns of. @param {(...given: any[]) => Promise<any>} call */
const quietly =
  (call) =>
  async (...given) => {
    const { emitWarning } = process;
    process.emitWarning = () => {};
    try {
      return await call(...given);
    } finally {
      process.emitWarning = emitWarning;
    }
  };

const PACKAGE = '{"type":"commonjs"}';

const SOURCES = {
  'package.json': PACKAGE,
  'script.js': `module.exports = 'before';`,
  'module.mjs': `export default 'before';`,
  'data.json': '"before"',
  'other.js': `module.exports = 'before';`,
};

/** Loads with a hook that changes the source, and tells what it saw. @param {(file: string) => any} load */
async function loadAll(names, load) {
  const seen = [];
  const found = await hooked(
    {
      load(url, context, next) {
        const result = next(url, context);
        if (!names.includes(path.basename(url))) return result;
        seen.push([context.format, result.format, String(result.source)]);
        return { ...result, source: String(result.source).replace('before', 'after') };
      },
    },
    async () => {
      const values = [];
      for (const name of names) values.push(await load(name));
      return values;
    },
  );
  return { found, seen };
}

const TYPESCRIPT = {
  'package.json': '{}',
  'plain.ts': `const a: number = 1; exports.a = a;`,
  'syntax.ts': `export const a: number = 2;`,
  'script.cts': `const a: number = 3; exports.a = a;`,
  'module.mts': `export const a: number = 4;`,
  'wrong.ts': `enum A { B }`,
  typed: { 'package.json': '{"type":"module"}', 'index.ts': `export const a: number = 5;` },
};

const map = (name) =>
  JSON.stringify({
    ...{ version: 3, file: name, sources: ['../source.ts'], names: [] },
    mappings: 'AAAA;AAAA;AACA',
  });

const MAPPED = {
  'package.json': PACKAGE,
  lib: {
    'script.js': `\nthrow new Error('thrown');\n//# sourceMappingURL=script.js.map`,
    'script.js.map': map('script.js'),
    'module.mjs': `\nthrow new Error('thrown');\n//# sourceMappingURL=module.mjs.map`,
    'module.mjs.map': map('module.mjs'),
  },
};

/** @type {import('./forms').Cases} */
const cases = {
  'modules on their way': {
    'pass load hooks when they are required': alike(
      SOURCES,
      (_, require) =>
        loadAll(['script.js', 'module.mjs', 'data.json'], (name) => {
          const found = require(`./${name}`);
          return found.default ?? found;
        }),
      ({ found }) => assert.deepEqual(found, ['after', 'after', 'after']),
    ),
    'pass load hooks when they are imported': alike(
      SOURCES,
      (root) =>
        loadAll(
          ['script.js', 'module.mjs'],
          async (name) => (await import(pathToFileURL(`${root}/${name}`).href)).default,
        ),
      ({ found }) => assert.deepEqual(found, ['after', 'after']),
    ),
    'may be all of a hook': alike(
      SOURCES,
      (root, require) =>
        hooked(
          {
            resolve: (specifier, context, next) =>
              next(specifier === 'virtual' ? './other.js' : specifier, context),
            load: (url, context, next) =>
              url.endsWith('/other.js')
                ? { format: 'commonjs', source: 'module.exports = __filename', shortCircuit: true }
                : next(url, context),
          },
          () => require('virtual'),
        ),
      (found) => assert.equal(found, 'ROOT/other.js'),
    ),
    'are what their own package says': alike(
      { 'package.json': '{}', 'script.js': 'module.exports = typeof require;' },
      async (root, require) => [
        require('./script'),
        await hooked({ load: (url, context, next) => next(url, context) }, () => {
          delete require.cache[`${root}/script.js`];
          return require('./script');
        }),
      ],
      (found) => assert.deepEqual(found, ['function', 'function']),
    ),
    'are told apart by their syntax': alike(
      {
        'package.json': '{}',
        'minified.js': 'const a="a";export{a as default};',
        'waits.js': `const value = await 'b'; globalThis.waited = value;`,
        'names.js': `const require = 'c'; globalThis.named = require;`,
        'script.js': `async function f() { await import('node:fs'); } module.exports = 'd' + typeof f;`,
        'comment.js': `// import x from 'export'\nmodule.exports = 'e';`,
      },
      quietly(async (root) => {
        const found = [];
        for (const name of ['minified', 'waits', 'names', 'script', 'comment']) {
          found.push((await import(`${pathToFileURL(root)}/${name}.js`)).default);
        }
        const { waited, named } = /** @type {any} */ (globalThis);
        return [...found, waited, named];
      }),
      (found) => assert.deepEqual(found, ['a', null, null, 'dfunction', 'e', 'b', 'c']),
    ),
    'that a hook leads to are what their package says': alike(
      { 'package.json': '{"type":"module"}', 'script.js': 'globalThis.isModule = !this;' },
      (root) =>
        hooked(
          {
            resolve: (specifier, context, next) =>
              specifier === 'virtual'
                ? { url: pathToFileURL(`${root}/script.js`).href, shortCircuit: true }
                : next(specifier, context),
          },
          async () => {
            await import('virtual');
            return /** @type {any} */ (globalThis).isModule;
          },
        ),
      (found) => assert.equal(found, true),
    ),
    'may be TypeScript': alike(
      TYPESCRIPT,
      quietly(async (root, require) => {
        const found = [];
        const names = ['plain.ts', 'syntax.ts', 'script.cts', 'module.mts', 'typed/index.ts'];
        for (const name of names) {
          found.push(require(`./${name}`).a);
          // Another address, or it would be the same module.
          found.push((await import(`${pathToFileURL(root)}/${name}?again`)).a);
        }
        const { code } = await failing(() => require('./wrong.ts'));
        return [found, code];
      }),
      (found) =>
        assert.deepEqual(found, [
          [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
          'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
        ]),
    ),
    'have source maps beside them': alike(
      MAPPED,
      async (root, require) => {
        process.setSourceMapsEnabled(true);
        try {
          return [
            await failing(() => require('./lib/script.js')),
            await failing(() => import(`${pathToFileURL(root)}/lib/module.mjs`)),
          ].map(({ at }) => at);
        } finally {
          process.setSourceMapsEnabled(false);
        }
      },
      (found) => {
        assert.match(found[0], /ROOT\/source\.ts:1/);
        assert.match(found[1], /ROOT\/source\.ts:1/);
      },
    ),
    'are found by module.findPackageJSON()': alike(
      {
        'package.json': '{"name":"own","exports":"./main.js"}',
        'main.js': '',
        node_modules: { dep: { 'package.json': '{}' } },
        inner: { 'package.json': '{}', deep: { 'file.js': '' } },
      },
      (root) => {
        const base = pathToFileURL(`${root}/main.js`);
        /** @param {string} what @param {any} [from] */
        const find = async (what, from = base) => {
          const found = await failing(() => module_.findPackageJSON(what, from));
          return typeof found === 'string' ? found : [found.code, found.message];
        };
        return Promise.all([
          ...[find('dep'), find('own'), find('.'), find('./inner/'), find(`${root}/main.js`)],
          ...[find('./inner/deep/file.js'), find('dep/x', `${root}/inner/deep/file.js`)],
          ...[find('nothing'), find('./nothing.js'), find('dep', `${root}/not-there.js`)],
        ]);
      },
      (found) =>
        assert.deepEqual(found.slice(0, 4), [
          'ROOT/node_modules/dep/package.json',
          ...['ROOT/package.json', 'ROOT/package.json', 'ROOT/inner/package.json'],
        ]),
    ),
    'that are not there are missed by who asked': alike(
      {
        'package.json': '{}',
        'main.mjs': `import 'nothing-at-all';`,
        'file.unknown': '',
        'script.js': '',
      },
      async (root) => {
        const address = (name) => pathToFileURL(`${root}/${name}`).href;
        const found = [
          await failing(() => import(address('main.mjs'))),
          await failing(() => import(address('file.unknown'))),
        ];
        return found.map(({ code, message }) => [code, message]);
      },
      (found) =>
        assert.deepEqual(found, [
          [
            'ERR_MODULE_NOT_FOUND',
            `Cannot find package 'nothing-at-all' imported from ROOT/main.mjs`,
          ],
          ['ERR_UNKNOWN_FILE_EXTENSION', 'Unknown file extension ".unknown" for ROOT/file.unknown'],
        ]),
    ),
  },
};

module.exports = cases;
