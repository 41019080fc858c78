'use strict';

const assert = require('node:assert/strict');
const childProcess = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const { packArchive } = require('../asar');

/** @param {import('node:child_process').ChildProcess} child @param {any} message */
async function ask(child, message) {
  const answer = once(child, 'message');
  child.send(message);
  const [[value]] = await Promise.all([answer, once(child, 'exit')]);
  return value;
}

/** The first copy of a process is original-fs's, and the next is of a folder with an archive. */
const COPY_FIRST = `
  const fs = require('fs');
  const original = require('original-fs');
  const [name, archive, target] = process.argv.slice(2);
  const options = { recursive: true, filter: () => true };
  const calls = {
    cp: (api, from, to) =>
      new Promise((resolve, reject) => api.cp(from, to, options, (error) => (error ? reject(error) : resolve()))),
    cpSync: async (api, from, to) => api.cpSync(from, to, options),
    promises: (api, from, to) => api.promises.cp(from, to, options),
  };
  (async () => {
    await calls[name](original, archive, target + '/first/a.asar');
    await calls[name](fs, target + '/first', target + '/second');
    const isFile = (folder) => original.statSync(target + folder + '/a.asar').isFile();
    console.log(isFile('/first'), isFile('/second'));
  })();`;

/** @type {import('./forms').Cases} */
const cases = {
  'child_process.fork': {
    'opens a normal js file': async (folder) => {
      const child = childProcess.fork(`${folder}/a.asar/ping.js`);
      assert.equal(await ask(child, 'message'), 'message');
    },
    'supports asar in the forked js': async (folder) => {
      const child = childProcess.fork(`${folder}/read-forked.js`);
      const { text } = await ask(child, `${folder}/a.asar/file1`);
      assert.equal(text, 'file1\n');
    },
  },
  'child_process.exec': {
    'should not try to extract the command if there is a reference to a file inside an .asar':
      async (folder) => {
        const { stdout } = await promisify(childProcess.exec)(
          `echo ${folder}/echo.asar/echo foo bar`,
        );
        assert.equal(stdout, `${folder}/echo.asar/echo foo bar\n`);
      },
  },
  'child_process.execSync': {
    'should not try to extract the command if there is a reference to a file inside an .asar': (
      folder,
    ) => {
      const stdout = childProcess.execSync(`echo ${folder}/echo.asar/echo foo bar`).toString();
      assert.equal(stdout, `${folder}/echo.asar/echo foo bar\n`);
    },
  },
  'child_process.execFile': {
    'executes binaries': async (folder) => {
      const { stdout } = await promisify(childProcess.execFile)(`${folder}/echo.asar/echo`, [
        'test',
      ]);
      assert.equal(stdout, 'test\n');
      const called = await new Promise((resolve, reject) => {
        childProcess.execFile(`${folder}/echo.asar/echo`, ['called'], (error, text) =>
          error ? reject(error) : resolve(text),
        );
      });
      assert.equal(called, 'called\n');
    },
    'executes binaries without callback': async (folder) => {
      const child = childProcess.execFile(`${folder}/echo.asar/echo`, ['test']);
      const [code] = await once(child, 'close');
      assert.equal(code, 0);
    },
    'execFileSync executes binaries': (folder) => {
      const file = `${folder}/echo.asar/echo`;
      assert.equal(childProcess.execFileSync(file, ['test'], { encoding: 'utf8' }), 'test\n');
    },
  },
  'worker threads': {
    'should start worker thread from asar file': async (folder) => {
      const thread = new Worker(`${folder}/worker_threads.asar/worker.js`);
      const [message] = await once(thread, 'message');
      assert.equal(message, 'ping');
      await thread.terminate();
    },
  },
  'util.promisify': {
    'can promisify all fs functions': async (folder) => {
      const originalFs = require('original-fs');
      for (const [name, value] of Object.entries(fs)) {
        const isFunction = typeof value === 'function' && !/Sync$|^_|^[A-Z]/.test(name);
        if (isFunction && promisify.custom in value)
          assert.equal(typeof promisify(value), 'function', name);
        assert.equal(value?.length, originalFs[name]?.length, name);
        assert.equal(value?.name, originalFs[name]?.name, name);
      }
      assert.equal(await promisify(fs.readFile)(`${folder}/a.asar/file1`, 'utf8'), 'file1\n');
      const fd = await promisify(fs.open)(`${folder}/a.asar/file1`, 'r');
      const { bytesRead, buffer } = await promisify(fs.read)(fd, Buffer.alloc(9), 0, 9, 0);
      assert.deepEqual([bytesRead, buffer.length], [6, 9]);
      await promisify(fs.close)(fd);
    },
  },
};

/** In an archive: what a process says of itself, and what is run before it. @param {string} folder */
function packHelper(folder) {
  const root = path.join(fs.mkdtempSync(path.join(folder, 'a helper-')), 'app.asar');
  packArchive(root, {
    'before.js': `globalThis.before = 'before';`,
    'registers.js': `require('node:module').register('./hooks.mjs', require('node:url').pathToFileURL(__filename));`,
    'hooks.mjs': `export async function load(url, context, next) {
      const result = await next(url, context);
      return url.endsWith('/value.mjs') ? { ...result, source: 'export default "hooked"' } : result;
    }`,
    'value.mjs': `export default 'as it was';`,
    'hooked.mjs': `import value from './value.mjs'; process.send(value);`,
    'helper.js': `
      const fs = require('node:fs');
      const found = [globalThis.before, ...process.argv.slice(2), fs.existsSync(__filename)];
      const { parentPort } = require('node:worker_threads');
      if (parentPort) parentPort.postMessage(found);
      else if (process.send) process.send(found);
      else console.log(JSON.stringify(found));`,
  });
  return { root, helper: `${root}/helper.js`, before: `${root}/before.js` };
}

/** @param {import('node:events').EventEmitter} started */
async function firstMessage(started) {
  const failed = once(started, 'exit').then(([code]) => assert.fail(`exit code ${code}`));
  const [message] = await Promise.race([once(started, 'message'), failed]);
  return message;
}

const asNode = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };

cases['process.execPath'] = {
  'runs scripts of archives by spawn': async (folder) => {
    const { helper } = packHelper(folder);
    const child = childProcess.spawn(process.execPath, [helper, 'given'], { env: asNode });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    await once(child, 'close');
    assert.deepEqual(JSON.parse(text), [null, 'given', true]);
  },
  'runs scripts of archives by spawnSync, execFile and execFileSync': async (folder) => {
    const { helper } = packHelper(folder);
    const { execPath } = process;
    const options = { encoding: /** @type {const} */ ('utf8'), env: asNode };
    const { stdout } = childProcess.spawnSync(execPath, [helper], options);
    assert.equal(stdout, '[null,true]\n');
    assert.equal(childProcess.execFileSync(execPath, [helper], options), stdout);
    assert.equal((await promisify(childProcess.execFile)(execPath, [helper])).stdout, stdout);
    const called = new Promise((resolve, reject) => {
      childProcess.execFile(execPath, [helper], (error, text) =>
        error ? reject(error) : resolve(text),
      );
    });
    assert.equal(await called, stdout);
  },
  'takes its options as before': () => {
    const { stdout } = childProcess.spawnSync(process.execPath, ['-p', '1 + 1'], { env: asNode });
    assert.equal(stdout.toString(), '2\n');
    assert.throws(() => childProcess.spawnSync(process.execPath, [], /** @type {any} */ ('no')), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  },
};

cases['scripts that are run before others'] = {
  'by an option of fork': async (folder) => {
    const { helper, before } = packHelper(folder);
    for (const execArgv of [['-r', before], ['--require', before], [`--require=${before}`]]) {
      const child = childProcess.fork(helper, ['given'], { execArgv });
      assert.deepEqual(await firstMessage(child), ['before', 'given', true]);
    }
  },
  'and may register hooks': async (folder) => {
    const { root } = packHelper(folder);
    const execArgv = ['--no-deprecation', '--require', `${root}/registers.js`];
    const child = childProcess.fork(`${root}/hooked.mjs`, [], { execArgv });
    assert.equal(await firstMessage(child), 'hooked');
  },
  'by NODE_OPTIONS': async (folder) => {
    const { helper, before } = packHelper(folder);
    const env = { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(before)}` };
    const child = childProcess.fork(helper, [], { env });
    assert.deepEqual(await firstMessage(child), ['before', true]);
    const { stdout } = childProcess.spawnSync(process.execPath, [helper], { env });
    assert.equal(stdout.toString(), '["before",true]\n');
  },
  'by an option of a thread': async (folder) => {
    const { helper, before } = packHelper(folder);
    const thread = new Worker(helper, { execArgv: ['-r', before] });
    assert.deepEqual(await firstMessage(thread), ['before', true]);
    await thread.terminate();
  },
};

const NO_ASAR = (/** @type {string} */ folder, /** @type {() => any} */ call) => async () => {
  const before = process.noAsar;
  process.noAsar = true;
  try {
    return await call();
  } finally {
    process.noAsar = before;
    void folder;
  }
};

cases['process.noAsar'] = {
  'disables asar support in sync API': (folder) =>
    NO_ASAR(folder, () => {
      for (const call of [fs.readFileSync, fs.lstatSync, fs.realpathSync, fs.readdirSync]) {
        assert.throws(() => call(`${folder}/a.asar/file1`), { code: 'ENOTDIR' });
      }
    })(),
  'disables asar support in async API': (folder) =>
    NO_ASAR(folder, async () => {
      for (const call of [fs.readFile, fs.lstat, fs.realpath, fs.readdir]) {
        await assert.rejects(promisify(/** @type {any} */ (call))(`${folder}/a.asar/file1`), {
          code: 'ENOTDIR',
        });
      }
    })(),
  'disables asar support in promises API': (folder) =>
    NO_ASAR(folder, async () => {
      const { lstat, readdir, readFile, realpath } = fs.promises;
      for (const call of [readFile, lstat, realpath, readdir]) {
        await assert.rejects(call(`${folder}/a.asar/file1`), { code: 'ENOTDIR' });
      }
    })(),
  'treats *.asar as normal file': (folder) =>
    NO_ASAR(folder, () => assert.ok(fs.statSync(`${folder}/a.asar`).isFile()))(),
  'is reset to its original value when execSync throws an error': () => {
    process.noAsar = false;
    assert.throws(() => childProcess.execSync('some-command-that-is-not-there 2>/dev/null'));
    assert.equal(process.noAsar, false);
  },
};

cases['process.env.ELECTRON_NO_ASAR'] = {
  'disables asar support in forked processes': async (folder) => {
    const child = childProcess.fork(`${folder}/read-forked.js`, [], {
      env: { ...process.env, ELECTRON_NO_ASAR: 'true' },
    });
    const { text } = await ask(child, `${folder}/a.asar/file1`);
    assert.equal(text, 'ENOTDIR');
  },
  'disables asar support in spawned processes': (folder) => {
    const read = `try { require('fs').readFileSync(process.argv[1]) } catch (error) { console.log(error.code) }`;
    const env = { ...process.env, ELECTRON_NO_ASAR: 'true', ELECTRON_RUN_AS_NODE: 'true' };
    const { stdout } = childProcess.spawnSync(
      process.execPath,
      ['-e', read, `${folder}/a.asar/file1`],
      { env },
    );
    assert.equal(stdout.toString(), 'ENOTDIR\n');
  },
};

cases['original-fs module'] = {
  'treats .asar as file': (folder) => {
    const stats = require('original-fs').statSync(`${folder}/a.asar`);
    assert.ok(stats.isFile());
  },
  'is available in forked scripts': async (folder) => {
    const child = childProcess.fork(`${folder}/read-forked.js`);
    assert.equal((await ask(child, `${folder}/a.asar/file1`)).isFile, true);
  },
  'can be used with streams': (folder) =>
    assert.ok(require('original-fs').createReadStream(`${folder}/a.asar`).destroy()),
  'can recursively delete a directory with an asar file in itremote using rmdirSync': (folder) => {
    const target = fs.mkdtempSync(path.join(folder, 'remove-'));
    require('original-fs').copyFileSync(`${folder}/a.asar`, `${target}/a.asar`);
    require('original-fs').rmSync(target, { recursive: true });
    assert.ok(!fs.existsSync(target));
  },
  'can recursively delete a directory with an asar file in itremote using promises.rmdir': async (
    folder,
  ) => {
    for (const api of [require('original-fs'), fs]) {
      const target = fs.mkdtempSync(path.join(folder, 'remove-'));
      require('original-fs').copyFileSync(`${folder}/a.asar`, `${target}/a.asar`);
      await api.promises.rm(target, { recursive: true });
      assert.ok(!fs.existsSync(target));
    }
  },
  'copies archives as files, whatever is first to copy': (folder) => {
    fs.writeFileSync(`${folder}/copy-first.js`, COPY_FIRST);
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    for (const name of ['cp', 'cpSync', 'promises']) {
      const target = fs.mkdtempSync(path.join(folder, 'copy-first-'));
      const given = [`${folder}/copy-first.js`, name, `${folder}/a.asar`, target];
      const output = childProcess.execFileSync(process.execPath, given, { env, encoding: 'utf8' });
      assert.equal(output, 'true true\n');
    }
  },
  'has two names': () => assert.equal(require('node:original-fs'), require('original-fs')),
  'has the same APIs as fs': () => {
    const original = require('original-fs');
    assert.deepEqual(Object.keys(original).sort(), Object.keys(fs).sort());
    assert.deepEqual(Object.keys(original.promises).sort(), Object.keys(fs.promises).sort());
  },
};

module.exports = cases;
