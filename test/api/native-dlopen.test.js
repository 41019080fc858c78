'use strict';

/*
 * process.dlopen in workers: what require() does with it, who may replace it, and what it says of files
 * that it can't load. Functions passed to `inWorker` run in a worker: test/support/native-app.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { buildAddon, buildShared } = require('../support/addons');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');
const { addToApp, appFolder, openWithWorkers, inWorker } = require('../support/native-app');

/** Loads in two workers and in the main process, at the same time. */
const ROUNDS = 100;

/** Of an ELF header: e_ident[EI_CLASS] and e_machine. */
const ELF_CLASS_AT = 4;
const ELF_MACHINE_AT = 18;
const ELFCLASS32 = 1;
const EM_AARCH64 = 183;

/** Runs in a worker: each way to a native module, and what comes of it. */
async function tryAll(file) {
  const Module = require('node:module');
  const { createRequire } = Module;
  const { pathToFileURL } = require('node:url');
  const ways = {
    require: () => require(file),
    createRequire: () => createRequire(file)(file),
    import: () => import(new URL('index.cjs', pathToFileURL(file))),
    extension: () => Module._extensions['.node']({ exports: {} }, file),
    dlopen: () => process.dlopen({ exports: {} }, file),
  };
  const found = {};
  for (const [name, load] of Object.entries(ways)) {
    try {
      await load();
      found[name] = 'loaded';
    } catch ({ message }) {
      found[name] = message;
    }
  }
  return found;
}

const MESSAGE = 'Load native module is not safe';
const allWays = (outcome) => ({
  ...{ require: outcome, createRequire: outcome, import: outcome },
  ...{ extension: outcome, dlopen: outcome },
});

/** Runs in a worker: Electron's manual, "Multithreading". */
const asInTheManual = () => {
  process.dlopen = () => {
    throw new Error('Load native module is not safe');
  };
};

/** Runs in a worker: the same in a worker of its own. */
function inNested(fn, ...args) {
  const script = `onmessage = async ({ data: { source, args } }) => {
    postMessage(await (0, eval)('(' + source + ')')(...args));
  };`;
  const nested = new Worker(URL.createObjectURL(new Blob([script])));
  nested.postMessage({ source: `${fn}`, args });
  return new Promise((resolve, reject) => {
    nested.onmessage = ({ data }) => resolve(data);
    nested.onerror = ({ message }) => reject(new Error(message));
  });
}

test('process.dlopen replaced', async (t) => {
  const main = fs.readFileSync(require.resolve('../support/lab/main'), 'utf8');
  const lab = await startLab(t, { 'main.js': main });
  const file = await addToApp(lab, buildAddon('tally'), 'node_modules/tally/tally.node');
  fs.writeFileSync(path.join(path.dirname(file), 'index.cjs'), `require('./tally.node')`);

  await t.test(
    'in a worker, as in Electron’s manual, holds there for every way to load',
    async () => {
      const win = await openWithWorkers(lab, ['a', 'b']);
      await inWorker(win, 'a', asInTheManual);
      assert.deepEqual(await inWorker(win, 'a', tryAll, file), allWays(MESSAGE));
      assert.deepEqual(await inWorker(win, 'b', tryAll, file), allWays('loaded'));
      assert.deepEqual(await inWorker(win, 'a', () => process.getWeftNativeModules()), []);
    },
  );

  await t.test('does not take back what is loaded', async () => {
    const win = await openWithWorkers(lab, ['a']);
    const count = (name) => require(name).add();
    assert.equal(await inWorker(win, 'a', count, file), 1);
    await inWorker(win, 'a', asInTheManual);
    assert.equal(await inWorker(win, 'a', count, file), 2);
  });

  await t.test('does not reach a nested worker, whose own it is', async () => {
    const win = await openWithWorkers(lab, ['a', 'b']);
    await inWorker(win, 'a', asInTheManual);
    const nest = async (nested, source, ...args) =>
      (0, eval)(`(${nested})`)((0, eval)(`(${source})`), ...args);
    const found = await inWorker(win, 'a', nest, `${inNested}`, `${tryAll}`, file);
    assert.deepEqual(found, allWays('loaded'));
  });

  await t.test('in the main process does not reach workers', async () => {
    await lab.main((scope) => {
      const { dlopen } = scope.require('node:process');
      scope.electron = dlopen;
      scope.require('node:process').dlopen = () => {
        throw new Error('not in the main process');
      };
    });
    const win = await openWithWorkers(lab, ['a']);
    assert.deepEqual(await inWorker(win, 'a', tryAll, file), allWays('loaded'));
    await lab.main((scope) => {
      scope.require('node:process').dlopen = scope.electron;
    });
  });

  await t.test('may be wrapped, and what it wraps goes on to work', async () => {
    const win = await openWithWorkers(lab, ['a']);
    const found = await inWorker(
      win,
      'a',
      (name) => {
        const { writable, configurable } = Object.getOwnPropertyDescriptor(process, 'dlopen');
        const own = process.dlopen;
        const seen = [];
        process.dlopen = function (module, ...rest) {
          seen.push(rest[0]);
          return own.call(this, module, ...rest);
        };
        return { count: require(name).add(), seen, writable, configurable };
      },
      file,
    );
    assert.deepEqual(found, { count: 1, seen: [file], writable: true, configurable: true });
  });
  await lab.close();
});

test(`a module in the main process and in two workers, loaded at once ${ROUNDS} times`, async (t) => {
  const lab = await startLab(t);
  const file = await addToApp(lab, buildAddon('tally'), 'tally.node');
  const win = await lab.open();
  const loads = win.page(
    async (name, rounds) => {
      const pairs = [];
      const load = (which) => {
        const tally = require(which);
        const [{ isReused }] = process.getWeftNativeModules();
        return { count: tally.add(), address: tally.address(), isReused };
      };
      for (let i = 0; i < rounds; i++) {
        const pair = [startTool(), startTool()];
        pairs.push(await Promise.all(pair.map((worker) => run(worker, load, name))));
        for (const worker of pair) worker.terminate();
      }
      return pairs;
    },
    file,
    ROUNDS,
  );
  await win.main(
    async ({ require: own }, id, name, rounds) => {
      const { setImmediate: turn } = own('node:timers/promises');
      for (let i = 0; i < rounds; i++) {
        delete own.cache[name];
        own(name).add();
        await turn();
      }
    },
    file,
    ROUNDS,
  );
  for (const pair of await loads) {
    assert.notEqual(pair[0].address, pair[1].address);
    // One that an ended worker had goes on from where that was.
    for (const { count, isReused } of pair) assert.equal(count > 1, isReused);
  }
  await lab.close();
});

test('a module of V8’s interface that is not context-aware works in each worker', async (t) => {
  const lab = await startLab(t);
  const file = await addToApp(lab, buildAddon('tally-v8'), 'tally-v8.node');
  const win = await openWithWorkers(lab, ['a', 'b']);
  const count = (name) => require(name).add();

  await t.test('in two at once, and in those that come after them', async () => {
    for (const round of [1, 2]) {
      const counts = await Promise.all(['a', 'b'].map((name) => inWorker(win, name, count, file)));
      assert.deepEqual(counts, [1, 1], `round ${round}`);
      await win.page(() => {
        for (const [name, worker] of Object.entries(workers)) {
          worker.terminate();
          workers[name] = startTool();
        }
      });
    }
  });

  await t.test('a second load in the same worker is the error that Node has', async () => {
    const found = await inWorker(
      win,
      'a',
      (name) => {
        require(name);
        try {
          return process.dlopen({ exports: {} }, name);
        } catch ({ message, code }) {
          return { message, code };
        }
      },
      file,
    );
    const message = `Module did not self-register: '${file}'.`;
    assert.deepEqual(found, { message, code: 'ERR_DLOPEN_FAILED' });
  });
  await lab.close();
});

test('a module in an archive is loaded from beside it', async (t) => {
  const lab = await startLab(t);
  const place = 'node_modules/tally/tally.node';
  const archive = path.join(fs.realpathSync(await appFolder(lab)), 'app.asar');
  const bytes = fs.readFileSync(buildAddon('tally'));
  const module = { 'tally.node': { bytes, unpacked: true } };
  packArchive(archive, { node_modules: { tally: module } });
  const win = await openWithWorkers(lab, ['a', 'b'], { modules: { tally: 'share' } });
  const load = (file) => {
    const module = { exports: {} };
    process.dlopen(module, file);
    const [{ path: from, package: name, mode }] = process.getWeftNativeModules();
    return { count: module.exports.add(), from, name, mode };
  };
  for (const [i, worker] of ['a', 'b'].entries()) {
    const expected = {
      count: i + 1,
      from: path.join(archive, place),
      name: 'tally',
      mode: 'share',
    };
    assert.deepEqual(await inWorker(win, worker, load, path.join(archive, place)), expected);
  }
  const missing = path.join(archive, 'no.node');
  const message = await inWorker(
    win,
    'a',
    (file) => {
      try {
        return process.dlopen({ exports: {} }, file);
      } catch (error) {
        return error.message;
      }
    },
    missing,
  );
  assert.equal(message, `ENOENT, no.node not found in ${archive}`);
  await lab.close();
});

test('files that can’t be loaded', async (t) => {
  const lab = await startLab(t);
  const folder = await appFolder(lab);
  const good = fs.readFileSync(buildAddon('tally'));
  const changed = (at, byte) => Buffer.from(good.with(at, byte));
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n';
  /** @type {Record<string, [string | Buffer, RegExp]>} */
  const files = {
    empty: ['', /empty/],
    text: ['not a module', /not an ELF/],
    'git-lfs': [pointer, /Git LFS/],
    windows: [Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), /Windows/],
    macos: [Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(200)]), /macOS/],
    half: [good.subarray(0, good.length / 2), /truncated/],
    header: [good.subarray(0, 40), /truncated/],
    arm64: [changed(ELF_MACHINE_AT, EM_AARCH64), /arm64/],
    bits: [changed(ELF_CLASS_AT, ELFCLASS32), /x32/],
    library: [fs.readFileSync(buildShared('plain-library')), /no module of Node/],
  };
  for (const [name, [bytes]] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, `${name}.node`), bytes);
  }
  const win = await openWithWorkers(lab, ['a']);
  const requireThere = (file) => {
    try {
      require(file);
      return { code: 'none', message: 'loaded' };
    } catch ({ message, code }) {
      return { message, code };
    }
  };

  for (const [name, [, clause]] of Object.entries(files)) {
    await t.test(`${name}: says why, and the worker goes on`, async () => {
      const file = path.join(folder, `${name}.node`);
      const { code, message } = await inWorker(win, 'a', requireThere, file);
      assert.equal(code, 'ERR_DLOPEN_FAILED');
      const start = `Cannot load native module '${file}': `;
      assert.ok(message.startsWith(start), message);
      assert.match(message.slice(start.length), clause);
      assert.doesNotMatch(message, /proc\/self|memfd|\n/);
    });
  }

  await t.test('are in the list, with the reason', async () => {
    const found = await inWorker(win, 'a', () => process.getWeftNativeModules());
    assert.equal(found.length, Object.keys(files).length);
    for (const { error } of found) assert.match(error, /^Cannot load native module/);
  });

  await t.test('a module works after all of them', async () => {
    const file = await addToApp(lab, buildAddon('tally'), 'tally.node');
    assert.equal(await inWorker(win, 'a', (name) => require(name).add(), file), 1);
  });
  await lab.close();
});
