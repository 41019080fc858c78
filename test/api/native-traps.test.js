'use strict';

/*
 * What goes wrong when a native module is loaded more than once, or unloaded: each trap has a module
 * of test/addons/trap.cc. Functions passed to `inWorker` run in a worker: test/support/native-app.js.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { buildAddon, buildShared } = require('../support/addons');
const { startLab } = require('../support/lab');
const { appFolder, addToApp, openWithWorkers, inWorker } = require('../support/native-app');
const {
  descriptorCount,
  isAlive,
  mappingCount,
  until,
  workerCount,
} = require('../support/processes');

/** Of `startWith`. */
const WORKERS_AND_SPARE = 3;

const trap = (name, flags = []) => buildAddon('trap', { flags: [`-D${name}`, ...flags] });

/** Run in a worker. */
const add = (file) => require(file).add();
const last = () => process.getWeftNativeModules().at(-1);
const pid = () => process.pid;

const end = (win, name) => win.page((worker) => workers[worker].terminate(), name);

const task = () => require('node:fs').readlinkSync('/proc/thread-self');

/** Ends a worker, and puts a new one in its place once the thread has gone. */
async function replace(win, name) {
  const thread = await inWorker(win, name, task);
  await end(win, name);
  await until('the thread has ended', () => !fs.existsSync(path.join('/proc', thread)));
  await win.page((worker) => void (workers[worker] = startTool()), name);
}

/** A lab with the module 'NAME.node' of the app. */
async function startWith(t, name, built, settings) {
  const lab = await startLab(t);
  const file = await addToApp(lab, built, `${name}.node`);
  const win = await openWithWorkers(lab, ['a', 'b'], settings);
  const host = await inWorker(win, 'a', pid);
  return { lab, win, file, host };
}

const isUnloaded = (host, file) => () => mappingCount(host, path.basename(file)) === 0;

test('what is left of instances when their workers have ended', async (t) => {
  const { lab, win, file, host } = await startWith(t, 'ordinary', trap('NONE'));
  // What a first load does once.
  await inWorker(win, 'a', add, file);
  await replace(win, 'a');
  await inWorker(win, 'a', pid);
  await until('the first is unloaded', isUnloaded(host, file));
  const isComplete = () => workerCount(host) === WORKERS_AND_SPARE;

  await t.test('no mapping, and no descriptor', async () => {
    await until('the spare thread is there', isComplete);
    const before = descriptorCount(host);
    for (let i = 0; i < 10; i++) {
      assert.equal(await inWorker(win, 'a', add, file), 1);
      await replace(win, 'a');
      await inWorker(win, 'a', pid);
    }
    await until('all are unloaded', isUnloaded(host, file));
    await until('no more descriptors', () => isComplete() && descriptorCount(host) <= before);
  });
  await lab.close();
});

test('one file by several ways', async (t) => {
  const { lab, win, file, host } = await startWith(t, 'ordinary', trap('NONE'));

  await t.test('is one instance in a worker: loaded twice, and through a link', async () => {
    const link = path.join(await appFolder(lab), 'link.node');
    fs.symlinkSync(file, link);
    const counts = await inWorker(
      win,
      'a',
      (one, other) => {
        const [again, linked] = [{ exports: {} }, { exports: {} }];
        const first = require(one);
        process.dlopen(again, one);
        process.dlopen(linked, other);
        return [first.add(), again.exports.add(), linked.exports.add()];
      },
      file,
      link,
    );
    assert.deepEqual(counts, [1, 2, 3]);
    assert.equal(await inWorker(win, 'b', add, file), 1);
  });

  await t.test('shows its path to debuggers and profilers', async () => {
    const maps = fs.readFileSync(`/proc/${host}/maps`, 'utf8').split('\n');
    const code = maps.filter((line) => / r-xp .*ordinary\.node/.test(line));
    assert.equal(code.length, 2);
    for (const line of code) assert.ok(line.endsWith(` ${file}`), line);
  });

  await t.test('that is replaced while the app runs is another module', async () => {
    assert.equal(await inWorker(win, 'b', add, file), 2);
    fs.copyFileSync(buildAddon('racy'), `${file}.new`);
    fs.renameSync(`${file}.new`, file);
    const load = (name) => {
      delete require.cache[name];
      return Object.keys(require(name));
    };
    assert.deepEqual(await inWorker(win, 'b', load, file), ['work']);
    await replace(win, 'a');
    assert.deepEqual(await inWorker(win, 'a', load, file), ['work']);
  });
  await lab.close();
});

test('a module in whose file segments share a page, as lld links', async (t) => {
  const built = trap('NONE', ['-fuse-ld=lld']);
  const { lab, win, file, host } = await startWith(t, 'lld', built);
  for (let i = 0; i < 3; i++) {
    assert.equal(await inWorker(win, 'a', add, file), 1);
    assert.equal(await inWorker(win, 'a', add, file), 2);
    await replace(win, 'a');
  }
  assert.equal(await inWorker(win, 'a', pid), host);
  await lab.close();
});

test('symbols of one instance do not bind to another’s', async (t) => {
  await t.test('STB_GNU_UNIQUE; and it can be unloaded', async (t) => {
    const { lab, win, file, host } = await startWith(t, 'unique', trap('UNIQUE'));
    assert.deepEqual(await inWorker(win, 'a', add, file), 1);
    assert.deepEqual(await inWorker(win, 'b', add, file), 1);
    await end(win, 'a');
    await end(win, 'b');
    await until('both are unloaded', isUnloaded(host, file));
    await lab.close();
  });

  await t.test('RTLD_GLOBAL', async (t) => {
    const { lab, win, file } = await startWith(t, 'global', trap('GLOBAL'));
    const addGlobal = (name) => {
      const { RTLD_NOW, RTLD_GLOBAL } = require('node:os').constants.dlopen;
      const module = { exports: {} };
      process.dlopen(module, name, RTLD_NOW | RTLD_GLOBAL);
      return module.exports.add();
    };
    assert.equal(await inWorker(win, 'a', addGlobal, file), 1);
    assert.equal(await inWorker(win, 'b', addGlobal, file), 1);
    await lab.close();
  });

  await t.test('nor to Weft’s own: a module finds its own init', async (t) => {
    const { lab, win, file } = await startWith(t, 'own-init', trap('OWN_INIT'));
    assert.equal(await inWorker(win, 'a', add, file), 1);
    assert.equal(await inWorker(win, 'b', add, file), 1);
    await lab.close();
  });
});

test('libraries in the folder of a module', async (t) => {
  for (const [title, flags] of [
    ['with a name of their own', ['-Wl,-soname,libsibling.so']],
    ['without one', []],
  ]) {
    const sibling = buildShared('sibling', { flags, output: 'libsibling.so' });
    const link = [`-L${path.dirname(sibling)}`, '-lsibling', '-Wl,-rpath,$ORIGIN'];
    const built = trap('SIBLING', link);
    for (const [mode, counts] of [
      ['private', [1, 2, 3]],
      ['deep', [1, 1, 1]],
    ]) {
      await t.test(`${title}: ${mode}`, async (t) => {
        const settings = { default: 'private', modules: { '**/*.node': mode } };
        const { lab, win, file } = await startWith(t, 'with-sibling', built, settings);
        await addToApp(lab, sibling, 'libsibling.so');
        const found = [await inWorker(win, 'a', add, file), await inWorker(win, 'b', add, file)];
        assert.equal((await inWorker(win, 'a', last)).mode, mode);
        await replace(win, 'a');
        found.push(await inWorker(win, 'a', add, file));
        assert.deepEqual(found, counts);
        await lab.close();
      });
    }
  }

  await t.test('one that is missing is named', async (t) => {
    const sibling = buildShared('sibling', { output: 'libsibling.so' });
    const link = [`-L${path.dirname(sibling)}`, '-lsibling', '-Wl,-rpath,$ORIGIN'];
    const { lab, win, file } = await startWith(t, 'alone', trap('SIBLING', link));
    const load = (name) => {
      try {
        return require(name);
      } catch ({ code, message }) {
        return { code, message };
      }
    };
    const { code, message } = await inWorker(win, 'a', load, file);
    assert.equal(code, 'ERR_DLOPEN_FAILED');
    assert.match(message, /libsibling\.so/);
    assert.ok(message.includes(file), message);
    assert.doesNotMatch(message, /proc\/self/);
    await lab.close();
  });
});

test('a module with static TLS is shared by those who come too late for an own', async (t) => {
  const { lab, file } = await startWith(t, 'tls', trap('STATIC_TLS'));
  const names = Array.from({ length: 12 }, (_, i) => `worker ${i}`);
  const win = await openWithWorkers(lab, names);
  const modes = [];
  for (const name of names) {
    assert.equal(await inWorker(win, name, add, file), 1); // each thread has its own variables
    const { mode, why } = await inWorker(win, name, last);
    modes.push(mode);
    if (mode === 'share') assert.match(why, /thread-local variables have no room/);
  }
  assert.ok(modes.includes('private') && modes.includes('share'), `${modes}`);
  await lab.close();
});

test('who may still run the code of a worker that has ended', async (t) => {
  await t.test('the system, when the thread ends', async (t) => {
    const { lab, win, file, host } = await startWith(t, 'tsd', trap('TSD'));
    for (let i = 0; i < 10; i++) {
      assert.equal(await inWorker(win, 'a', add, file), 1);
      await replace(win, 'a');
    }
    assert.equal(await inWorker(win, 'a', pid), host);
    await until('all are unloaded', isUnloaded(host, file));
    await lab.close();
  });

  await t.test('a thread of its own: the instance waits for a later worker', async (t) => {
    const { lab, win, file, host } = await startWith(t, 'thread', trap('THREAD'));
    // At first it could be that the thread just ends.
    let count = await inWorker(win, 'a', add, file);
    while (!(await inWorker(win, 'a', last)).isReused) {
      assert.equal(count, 1);
      await replace(win, 'a');
      count = await inWorker(win, 'a', add, file);
    }
    assert.equal(count, 2);
    assert.equal(await inWorker(win, 'a', pid), host);
    await lab.close();
  });

  await t.test('a handler of a signal', async (t) => {
    const { lab, win, file, host } = await startWith(t, 'signal', trap('SIGNAL'));
    assert.equal(await inWorker(win, 'a', add, file), 1);
    await replace(win, 'a');
    process.kill(host, 'SIGUSR2');
    assert.equal(await inWorker(win, 'a', pid), host);
    assert.equal(await inWorker(win, 'a', add, file), 1);
    assert.equal(isAlive(host), true);
    await lab.close();
  });
});

test('a module that can’t be unloaded waits for the next worker', async (t) => {
  const built = trap('NONE', ['-Wl,-z,nodelete']);
  const { lab, win, file, host } = await startWith(t, 'nodelete', built);
  for (let i = 1; i <= 5; i++) {
    assert.equal(await inWorker(win, 'a', add, file), i);
    assert.equal((await inWorker(win, 'a', last)).isReused, i > 1);
    await replace(win, 'a');
    await inWorker(win, 'a', pid);
  }
  const maps = fs.readFileSync(`/proc/${host}/maps`, 'utf8');
  assert.equal(maps.split('\n').filter((line) => / r-xp .*nodelete\.node/.test(line)).length, 1);
  await lab.close();
});

test('a module whose init throws', async (t) => {
  const { lab, win, file, host } = await startWith(t, 'throws', trap('THROWS'));
  const load = (name) => {
    try {
      return require(name);
    } catch ({ message }) {
      return message;
    }
  };
  assert.equal(await inWorker(win, 'a', load, file), 'thrown by init');
  assert.equal(await inWorker(win, 'a', load, file), 'thrown by init');
  assert.equal((await inWorker(win, 'a', last)).error, 'thrown by init');
  await end(win, 'a');
  await until('it is unloaded', isUnloaded(host, file));
  await lab.close();
});

test('a module that uses the process’s default loop uses that of its worker', async (t) => {
  for (const mode of ['private', 'share']) {
    await t.test(mode, async (t) => {
      const settings = { modules: { '**/loop.node': mode } };
      const { lab, win, file, host } = await startWith(t, 'loop', trap('LOOP'), settings);
      assert.equal(await inWorker(win, 'a', add, file), 1);
      assert.equal((await inWorker(win, 'a', last)).mode, mode);
      await replace(win, 'a'); // what it has left open does not abort the process
      assert.equal(await inWorker(win, 'a', pid), host);
      await lab.close();
    });
  }
});
