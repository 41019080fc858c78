'use strict';

/*
 * A page with `nodeIntegration`: its globals, what require() finds and evaluates, and the modules that
 * are code of the page's own realm. Functions passed to `page` run in the page: test/support/lab.js.
 */

const assert = require('node:assert/strict');
const { builtinModules } = require('node:module');
const path = require('node:path');
const { test } = require('node:test');
const { startLab, PAGE } = require('../support/lab');

const NODE_IN_PAGE = { nodeIntegration: true, contextIsolation: false };

const FILES = {
  'facts.html': `${PAGE}<script>
      window.facts = { filename: __filename, dirname: __dirname, own: module.filename,
        paths: module.paths, sibling: require('./lib/sibling'), exports: typeof exports,
        isGlobal: globalThis.module === module && global === window && self.require === require };
    </script>`,
  'sub/page with space.html': `${PAGE}<script>
      window.facts = [__filename, require('../lib/sibling').name, require('packaged').name];
    </script>`,
  'lib/sibling.js': `
    exports.name = 'sibling';
    exports.folder = __dirname.split('/').pop();
    exports.data = require('./data');
    exports.parent = module.parent === undefined ? null : module.parent.filename;`,
  'lib/data.json': '{"value":7}',
  'lib/circle-a.js': `exports.early = true; exports.seen = require('./circle-b').seen;`,
  'lib/circle-b.js': `exports.seen = Object.keys(require('./circle-a'));`,
  'lib/throws.js': `globalThis.tries = (globalThis.tries ?? 0) + 1; throw new RangeError('from a file');`,
  'lib/broken.js': `let 5 = 6;`,
  'lib/broken.json': `{`,
  'lib/typed.ts': `const n: number = 5; module.exports = n;`,
  'lib/module.mjs': `export default 1;`,
  'lib/script.js': `#!/usr/bin/env node\nmodule.exports = 'run';`,
  'lib/emitter.js': `
    const { EventEmitter } = require('events');
    module.exports = class Mine extends EventEmitter {};`,
  'lib/caller.js': `
    module.exports = () => {
      const before = Error.prepareStackTrace;
      Error.prepareStackTrace = (error, sites) => sites;
      const holder = {};
      Error.captureStackTrace(holder);
      const [site] = holder.stack;
      Error.prepareStackTrace = before;
      return [site.getFileName(), site.getLineNumber()];
    };`,
  'node_modules/packaged/package.json': JSON.stringify({
    exports: {
      '.': { import: './no.mjs', 'module-sync': './no.mjs', require: './start.js' },
      './deep': './d.js',
    },
  }),
  'node_modules/packaged/start.js': `exports.name = 'packaged'; exports.own = require('packaged/deep');`,
  'node_modules/packaged/d.js': `module.exports = 'deep';`,
};

test('a page with nodeIntegration', async (t) => {
  const lab = await startLab(t, FILES);
  const window = await lab.open(NODE_IN_PAGE);
  const { home } = lab.app;
  const app = path.join(home, 'app');

  await t.test('has the globals of Electron before its first script', async () => {
    const own = await lab.open(NODE_IN_PAGE, 'facts.html');
    const { sibling, ...facts } = await own.page(() => window.facts);
    assert.deepEqual(facts, {
      filename: path.join(app, 'facts.html'),
      dirname: app,
      own: path.join(app, 'facts.html'),
      paths: require('node:module')._nodeModulePaths(app),
      exports: 'undefined',
      isGlobal: true,
    });
    assert.deepEqual(sibling, {
      name: 'sibling',
      folder: 'lib',
      data: { value: 7 },
      parent: path.join(app, 'facts.html'),
    });
  });

  await t.test('of a folder below looks from there', async () => {
    const own = await lab.open(NODE_IN_PAGE, 'sub/page with space.html');
    const file = path.join(app, 'sub/page with space.html');
    assert.deepEqual(await own.page(() => window.facts), [file, 'sibling', 'packaged']);
  });

  await t.test('knows what process it is', async () => {
    const facts = await window.page(() => ({
      type: process.type,
      versions: ['node', 'v8', 'uv', 'weft', 'webkit', 'electron', 'chrome'].filter(
        (name) => typeof process.versions[name] === 'string',
      ),
      sandboxed: process.sandboxed,
      isolated: process.contextIsolated,
      platform: process.platform,
      home: process.env.HOME,
      tag: String(process),
    }));
    assert.deepEqual(facts, {
      type: 'renderer',
      versions: ['node', 'v8', 'uv', 'weft', 'webkit', 'electron', 'chrome'],
      sandboxed: false,
      isolated: false,
      platform: 'linux',
      home,
      tag: '[object process]',
    });
  });

  await t.test('evaluates files in its own realm', async () => {
    const found = await window.page(() => {
      const Mine = require('./lib/emitter');
      const mine = new Mine();
      const heard = [];
      mine.on('x', (value) => heard.push(value));
      mine.emit('x', 5);
      return [
        heard,
        Mine.prototype instanceof require('events'),
        Object.getPrototypeOf(require('./lib/data')) === Object.prototype,
      ];
    });
    assert.deepEqual(found, [[5], true, true]);
  });

  await t.test('finds packages by their conditions', async () => {
    const found = await window.page(() => [
      require('packaged').name,
      require('packaged').own,
      require.resolve('packaged/deep').split('/').slice(-3).join('/'),
    ]);
    assert.deepEqual(found, ['packaged', 'deep', 'node_modules/packaged/d.js']);
  });

  await t.test('keeps modules, circles among them', async () => {
    const found = await window.page(() => [
      require('./lib/circle-a').seen,
      require('./lib/data') === require('./lib/data.json'),
      Object.keys(require.cache).some((file) => file.endsWith('/lib/circle-b.js')),
      delete require.cache[require.resolve('./lib/data')],
      require('./lib/script'),
      require('./lib/typed.ts'),
    ]);
    assert.deepEqual(found, [['early'], true, true, true, 'run', 5]);
  });

  await t.test('gets errors that say what is wrong', async () => {
    const found = await window.page(() => [
      thrownBy(() => require('./lib/none')),
      thrownBy(() => require('no-such-package')),
      thrownBy(() => require('packaged/hidden')).code,
      thrownBy(() => require('node:none')),
      thrownBy(() => require('./lib/throws')).message,
      thrownBy(() => require('./lib/throws')).name,
      tries,
      thrownBy(() => require('./lib/broken')).name,
      thrownBy(() => {
        try {
          require('./lib/broken');
        } catch ({ stack }) {
          throw new Error(stack.split('\n')[0]);
        }
      }).message,
      thrownBy(() => require('./lib/broken.json')).message.split(':')[0],
      thrownBy(() => require('./lib/module.mjs')).code,
      thrownBy(() => require('')).code,
    ]);
    const page = path.join(app, 'page.html');
    const missing = (name) => ({
      name: 'Error',
      message: `Cannot find module '${name}'\nRequire stack:\n- ${page}`,
      code: 'MODULE_NOT_FOUND',
    });
    assert.deepEqual(found, [
      missing('./lib/none'),
      missing('no-such-package'),
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      {
        name: 'Error',
        message: 'No such built-in module: node:none',
        code: 'ERR_UNKNOWN_BUILTIN_MODULE',
      },
      'from a file',
      'RangeError',
      2,
      'SyntaxError',
      `${path.join(app, 'lib/broken.js')}:1`,
      path.join(app, 'lib/broken.json'),
      'ERR_REQUIRE_ESM',
      'ERR_INVALID_ARG_VALUE',
    ]);
  });

  await t.test('gets the errors of threads, and those of classes that are functions', async () => {
    const found = await window.page(async () => {
      const { Worker } = require('node:worker_threads');
      const worker = new Worker('throw Object.assign(new RangeError("far"), { code: "FAR" })', {
        eval: true,
      });
      const error = await new Promise((resolve) => worker.once('error', resolve));
      const vm = require('node:vm');
      const old = vm.runInThisContext(`
        function Old(message) { this.message = message; }
        Old.prototype = Object.create(Error.prototype);
        new Old('old');
      `);
      const { name, message, code, stack } = error;
      return [
        error instanceof RangeError,
        name,
        message,
        code,
        stack.includes('RangeError: far'),
        old.message,
      ];
    });
    assert.deepEqual(found, [true, 'RangeError', 'far', 'FAR', true, 'old']);
  });

  await t.test('lets the app change how modules are found', async () => {
    const found = await window.page(() => {
      const Module = require('module');
      const { _load } = Module;
      Module._load = (request, ...rest) =>
        request === 'made-up' ? 'made' : _load.call(Module, request, ...rest);
      const made = require('made-up');
      Module._load = _load;
      Module._extensions['.js'] = ((original) => (module, file) => {
        if (file.endsWith('lib/circle-b.js')) module.exports = 'replaced';
        else original(module, file);
      })(Module._extensions['.js']);
      delete require.cache[require.resolve('./lib/circle-b')];
      return [
        made,
        require('./lib/circle-b'),
        Module.createRequire(`${__dirname}/lib/x.js`)('./data').value,
      ];
    });
    assert.deepEqual(found, ['made', 'replaced', 7]);
  });

  await t.test('tells packages which file has called', async () => {
    const [file, line] = await window.page(() => require('./lib/caller')());
    assert.deepEqual([file, line], [path.join(app, 'lib/caller.js'), 6]);
  });

  await t.test('loads every built-in module', async () => {
    const loaded = await window.page(
      (names) => {
        const failed = [];
        for (const name of names) {
          try {
            const value = require(name);
            if (value === null || !['object', 'function'].includes(typeof value)) failed.push(name);
          } catch (error) {
            failed.push(`${name}: ${error.message}`);
          }
        }
        return failed;
      },
      // Node has it in a main thread only.
      builtinModules.filter((name) => name !== 'trace_events'),
    );
    assert.deepEqual(loaded, []);
  });

  await t.test('has what Node has in each pure module', async () => {
    const pure = ['assert', 'buffer', 'events', 'module', 'path', 'querystring', 'stream'].concat([
      'string_decoder',
      'timers',
      'timers/promises',
      'url',
      'util',
      'util/types',
    ]);
    const names = pure.map((name) => [name, Object.keys(require(`node:${name}`))]);
    const lacking = await window.page(
      (all) =>
        all.flatMap(([name, keys]) =>
          keys.filter((key) => !(key in require(name))).map((key) => `${name}.${key}`),
        ),
      names,
    );
    assert.deepEqual(lacking, []);
  });

  await t.test('has consoles that write to streams', async () => {
    const written = await window.page(() => {
      const { Console } = require('console');
      const { Writable } = require('stream');
      const texts = [];
      const write = (chunk, encoding, done) => done(null, texts.push(String(chunk)));
      new Console(new Writable({ write })).log('%s:', 'a', { b: [1] });
      return texts;
    });
    assert.deepEqual(written, ['a: { b: [ 1 ] }\n']);
  });

  await t.test('uses native modules, their own JavaScript in the page', async () => {
    const modules = path.join(__dirname, '../../node_modules');
    const found = await window.page(
      async (folder, file) => {
        const Database = require(`${folder}/better-sqlite3`);
        const database = new Database(':memory:');
        database.exec('create table t (a); insert into t values (5)');
        const { ClassicLevel } = require(`${folder}/classic-level`);
        const level = new ClassicLevel(file);
        await level.put('key', 'value');
        const rows = database.prepare('select a from t').all();
        const value = await level.get('key');
        await level.close();
        return [rows, value];
      },
      modules,
      path.join(home, 'level'),
    );
    assert.deepEqual(found, [[{ a: 5 }], 'value']);
  });

  await t.test('gives child processes the environment that it has set', async () => {
    const said = await window.page(() => {
      process.env.OF_THE_PAGE = 'set';
      const { execSync } = require('child_process');
      const before = execSync('printf "$OF_THE_PAGE"', { encoding: 'utf8' });
      delete process.env.OF_THE_PAGE;
      return [before, execSync('printf "$OF_THE_PAGE"', { encoding: 'utf8' })];
    });
    assert.deepEqual(said, ['set', '']);
  });

  await t.test('has an order of ticks, promises and immediates', async () => {
    const order = await window.page(async () => {
      const seen = [];
      setImmediate(() => seen.push('immediate'));
      clearImmediate(setImmediate(() => seen.push('never')));
      process.nextTick((word) => seen.push(word), 'tick');
      Promise.resolve().then(() => seen.push('promise'));
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      return seen;
    });
    assert.deepEqual(order, ['tick', 'promise', 'immediate']);
  });

  await t.test('gives its uncaught errors to process', async () => {
    const said = await window.page(
      () =>
        new Promise((resolve) => {
          process.once('uncaughtException', ({ message }) => resolve(message));
          setTimeout(() => {
            throw new Error('uncaught');
          });
        }),
    );
    assert.equal(said, 'uncaught');
    const names = await window.page(async () => {
      const failing = [
        () => require('fs').readFileSync('/nowhere'),
        () => require('./nowhere'),
        () => require('./lib/throws'),
      ];
      const given = [];
      for (const fail of failing) {
        const told = new Promise((resolve) => process.once('uncaughtException', resolve));
        setTimeout(fail);
        const error = await told;
        given.push(error?.code ?? error?.name);
      }
      return given;
    });
    assert.deepEqual(names, ['ENOENT', 'MODULE_NOT_FOUND', 'RangeError']);
  });

  await t.test('prints an error of Node’s that nobody caught', async () => {
    const own = await lab.open(NODE_IN_PAGE);
    await own.page(() => {
      setTimeout(() => require('fs').readFileSync('/nowhere'));
    });
    const { message } = await own.event('console-message');
    assert.match(message, /ENOENT: no such file or directory, open '\/nowhere'/);
  });

  await t.test('is closed by process.exit()', async () => {
    const own = await lab.open(NODE_IN_PAGE);
    await own.page(() => {
      setImmediate(() => process.exit());
    });
    await own.event('closed');
  });

  await t.test('has nothing of it without nodeIntegration', async () => {
    const names = [
      'require',
      'module',
      'process',
      'Buffer',
      'global',
      '__filename',
      '__dirname',
      'setImmediate',
    ];
    for (const preferences of [{}, { nodeIntegration: true }, { ...NODE_IN_PAGE, sandbox: true }]) {
      const own = await lab.open(preferences);
      assert.deepEqual(await own.page((all) => all.filter((name) => name in window), names), []);
    }
  });

  await lab.close();
});
