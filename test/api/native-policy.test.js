'use strict';

/*
 * webPreferences.nativeModules: which instance of a native module the workers of a window get. The module
 * tally (test/addons/tally.c) counts in a static variable: each instance counts from 1. Functions passed to
 * `inWorker` run in a worker: test/support/native-app.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { buildAddon } = require('../support/addons');
const { startLab } = require('../support/lab');
const { addToApp, appFolder, openWithWorkers, inWorker } = require('../support/native-app');

const OPTION = 'webPreferences.nativeModules';
const SHARP = require.resolve('sharp');

/** Runs in a worker: counts once in a module. */
const count = (file) => require(file).add();

/** Runs in a worker: what has been decided about its modules. */
const decisions = () =>
  process
    .getWeftNativeModules()
    .map(({ path, package: name, mode, why }) => ({ path, name, mode, why }));

/** Runs in a worker: the error of a load. */
function refused(file) {
  try {
    require(file);
    return 'loaded';
  } catch ({ name, message, code }) {
    return { name, message, code };
  }
}

/** Counts twice in worker a and once in b, and says what a was told of the module. */
async function countIn(lab, nativeModules, ...files) {
  const win = await openWithWorkers(lab, ['a', 'b'], nativeModules);
  const found = [];
  for (const file of files) {
    const counts = [];
    for (const worker of ['a', 'a', 'b']) counts.push(await inWorker(win, worker, count, file));
    found.push({ counts: counts.join() });
  }
  for (const [i, decision] of (await inWorker(win, 'a', decisions)).entries()) {
    assert.equal(decision.path, files[i]);
    Object.assign(found[i], decision);
  }
  await win.main(({ BrowserWindow }, id) => BrowserWindow.fromId(id).destroy());
  return found;
}

test('the modules of a window', async (t) => {
  const lab = await startLab(t);
  const plain = await addToApp(
    lab,
    buildAddon('tally'),
    'node_modules/tally/build/Release/tally.node',
  );
  const once = await addToApp(lab, buildAddon('tally-v8'), 'node_modules/tally-v8/tally-v8.node');

  await t.test('are private, when nothing else is said', async () => {
    for (const settings of [undefined, {}, { default: 'private' }]) {
      const found = await countIn(lab, settings, plain, once);
      assert.deepEqual(
        found.map(({ counts, name, mode }) => [counts, name, mode]),
        [
          ['1,2,1', 'tally', 'private'],
          ['1,2,1', 'tally-v8', 'private'],
        ],
      );
      for (const { why } of found) assert.ok(why.length > 10, why);
    }
  });

  await t.test('are shared by default: "share", but what Node takes once a process', async () => {
    const found = await countIn(lab, { default: 'share' }, plain, once);
    assert.deepEqual([found[0].counts, found[0].mode], ['1,2,3', 'share']);
    assert.equal(found[0].why, `${OPTION}.default is 'share'`);
    assert.deepEqual([found[1].counts, found[1].mode], ['1,2,1', 'private']);
    assert.match(found[1].why, /default is 'share', but Node takes this module once a process: /);
  });

  await t.test('are what the rule for their package, or their path, says', async () => {
    const rules = {
      'a name': { tally: 'share' },
      'a glob': { tally: 'deny', '**/build/Release/*.node': 'share' },
      'a path of the app': { '**': 'deny', 'node_modules/tally/build/Release/tally.node': 'share' },
      'an absolute path': { '**/*.node': 'deny', [plain]: 'share' },
    };
    for (const [name, modules] of Object.entries(rules)) {
      const [key] = Object.entries(modules).find(([, mode]) => mode === 'share');
      const [found] = await countIn(lab, { default: 'private', modules }, plain);
      assert.deepEqual([found.counts, found.mode], ['1,2,3', 'share'], name);
      assert.equal(found.why, `${OPTION}.modules['${key}'] is 'share'`);
    }
  });

  await t.test('are private under a default of sharing, when a rule says so', async () => {
    const settings = { default: 'share', modules: { tally: 'private' } };
    const [found] = await countIn(lab, settings, plain);
    assert.deepEqual([found.counts, found.mode], ['1,2,1', 'private']);
  });

  await t.test('each window has its own', async () => {
    const sharing = { default: 'share' };
    const one = await openWithWorkers(lab, ['a'], sharing);
    const other = await openWithWorkers(lab, ['a'], sharing);
    assert.equal(await inWorker(one, 'a', count, plain), 1);
    assert.equal(await inWorker(other, 'a', count, plain), 1);
    assert.equal(await inWorker(one, 'a', count, plain), 2);
  });
  await lab.close();
});

test('a rule for a package speaks of its binary in another one', async (t) => {
  const lab = await startLab(t);
  const modules = { sharp: 'deep' };
  const win = await openWithWorkers(lab, ['a', 'b'], { modules });
  const encode = async (folder) => {
    const create = { width: 8, height: 8, channels: 3, background: 'red' };
    const { info } = await require(folder)({ create }).png().toBuffer({ resolveWithObject: true });
    return info.format;
  };
  for (const worker of ['a', 'b']) {
    assert.equal(await inWorker(win, worker, encode, SHARP), 'png');
    const [{ name, mode, why }] = await inWorker(win, worker, decisions);
    assert.match(name, /^@img\/sharp-linux/);
    assert.deepEqual([mode, why], ['deep', `${OPTION}.modules['sharp'] is 'deep'`]);
  }
  await lab.close();
});

test('what is denied', async (t) => {
  const lab = await startLab(t);
  const plain = await addToApp(lab, buildAddon('tally'), 'node_modules/tally/tally.node');
  const other = await addToApp(lab, buildAddon('tally'), 'node_modules/other/tally.node');
  const text = path.join(await appFolder(lab), 'text.node');
  fs.writeFileSync(text, 'not a module');
  const win = await openWithWorkers(lab, ['a', 'b'], {
    default: 'deny',
    modules: { other: 'private' },
  });
  const message = (file, by) => `Cannot load native module '${file}': ${by} is 'deny'`;

  await t.test('throws ERR_DLOPEN_DISABLED in each worker, with the option’s name', async () => {
    for (const worker of ['a', 'b']) {
      assert.deepEqual(await inWorker(win, worker, refused, plain), {
        name: 'Error',
        message: message(plain, `${OPTION}.default`),
        code: 'ERR_DLOPEN_DISABLED',
      });
    }
  });

  await t.test('is not looked at before', async () => {
    const { code } = await inWorker(win, 'a', refused, text);
    assert.equal(code, 'ERR_DLOPEN_DISABLED');
  });

  await t.test(
    'is what no file has the name of, too: the system’s loader might find it',
    async () => {
      for (const name of ['libm.so.6', '/no/such/file.node']) {
        const found = await inWorker(
          win,
          'a',
          (file) => {
            try {
              return process.dlopen({ exports: {} }, file);
            } catch ({ message, code }) {
              return { message, code };
            }
          },
          name,
        );
        const expected = message(name, `${OPTION}.default`);
        assert.deepEqual(found, { message: expected, code: 'ERR_DLOPEN_DISABLED' });
      }
    },
  );

  await t.test('throws in nested workers', async () => {
    const found = await inWorker(
      win,
      'a',
      (file) => {
        const script = `try { require(${JSON.stringify(file)}); postMessage('loaded'); }
          catch ({ code }) { postMessage(code); }`;
        const nested = new Worker(URL.createObjectURL(new Blob([script])));
        return new Promise((resolve, reject) => {
          nested.onmessage = ({ data }) => resolve(data);
          nested.onerror = ({ message }) => reject(new Error(message));
        });
      },
      plain,
    );
    assert.equal(found, 'ERR_DLOPEN_DISABLED');
  });

  await t.test('is loaded by a thread of Node’s own, as the manual says', async () => {
    const found = await inWorker(
      win,
      'a',
      (file) => {
        const { Worker: Thread } = require('node:worker_threads');
        const thread = new Thread(
          `const { parentPort, workerData } = require('node:worker_threads');
          parentPort.postMessage(require(workerData).add());`,
          { eval: true, workerData: file },
        );
        return new Promise((resolve, reject) => thread.on('message', resolve).on('error', reject));
      },
      plain,
    );
    assert.equal(found, 1);
  });

  await t.test('leaves what a rule allows', async () => {
    assert.equal(await inWorker(win, 'a', count, other), 1);
  });

  await t.test('is told with the others', async () => {
    const found = await inWorker(win, 'b', () => process.getWeftNativeModules());
    assert.equal(found.length, 1);
    assert.deepEqual([found[0].path, found[0].package, found[0].mode], [plain, 'tally', 'deny']);
    assert.equal(found[0].error, message(plain, `${OPTION}.default`));
  });

  await t.test('by a rule for one package', async () => {
    const one = await openWithWorkers(lab, ['a'], { modules: { tally: 'deny' } });
    assert.deepEqual(await inWorker(one, 'a', refused, plain), {
      name: 'Error',
      message: message(plain, `${OPTION}.modules['tally']`),
      code: 'ERR_DLOPEN_DISABLED',
    });
    assert.equal(await inWorker(one, 'a', count, other), 1);
  });

  await t.test('is denied after the worker host has been replaced, too', async () => {
    const host = await inWorker(win, 'a', () => process.pid);
    await win.page(() => void (window.ended = next(window.workers.a, 'error')));
    process.kill(host, 'SIGKILL');
    await win.page(async () => {
      await ended;
      window.workers.a = startTool();
    });
    const { code } = await inWorker(win, 'a', refused, plain);
    assert.equal(code, 'ERR_DLOPEN_DISABLED');
  });

  await t.test('is none of the main process’s business', async () => {
    const loaded = await win.main(({ require }, id, file) => require(file).add(), plain);
    assert.equal(loaded, 1);
  });
  await lab.close({ hostsGone: 1 });
});

test('a mistake in the option is a TypeError where the window is made', async (t) => {
  const lab = await startLab(t);
  const make = ({ BrowserWindow }, nativeModules) => {
    try {
      new BrowserWindow({ show: false, webPreferences: { nativeModules } });
      return 'made';
    } catch ({ name, message }) {
      return `${name}: ${message}`;
    }
  };
  const allowed = `must be 'private', 'share', 'deep' or 'deny' (see docs/native-modules.md)`;
  assert.equal(
    await lab.main(make, { modules: { sharp: 'shared' } }),
    `TypeError: ${OPTION}.modules['sharp'] is 'shared', but ${allowed}`,
  );
  assert.match(await lab.main(make, { Default: 'deny' }), /^TypeError: .*\.Default is not known/);
  assert.match(await lab.main(make, 'deny'), /^TypeError: .* is 'deny', but must be an object/);
  await lab.close();
});
