'use strict';

/*
 * webPreferences.nodePermissions and archives: what is in one may be read by who may read a folder in its
 * place, and is refused as Node refuses the folder.
 */

const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');

/** What each function says of a folder, or of an archive; the paths that errors name are shortened. */
async function tryAll(folder) {
  const fs = require('node:fs');
  const { pathToFileURL } = require('node:url');
  const file = `${folder}/file.txt`;
  const called = (name, ...args) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    fs[name](...args, (error, value) => (error instanceof Error ? reject(error) : resolve(value)));
    return promise;
  };
  const streamed = async () => {
    for await (const bytes of fs.createReadStream(file)) return `${bytes}`;
  };
  const opened = async (handle) => handle.close();
  const calls = {
    require: () => require(`${folder}/module.js`),
    existsSync: () => fs.existsSync(file),
    openSync: () => fs.closeSync(fs.openSync(file)),
    open: async () => fs.closeSync(await called('open', file)),
    'promises.open': async () => opened(await fs.promises.open(file)),
    stream: streamed,
    openAsBlob: async () => (await fs.openAsBlob(file)).text(),
    'readFileSync, by Buffer': () => fs.readFileSync(Buffer.from(file), 'utf8'),
    'readFileSync, by URL': () => fs.readFileSync(pathToFileURL(file), 'utf8'),
    'readFileSync of nothing': () => fs.readFileSync(`${folder}/nothing`),
    glob: () => fs.globSync('*', { cwd: folder }),
    opendir: async () => opened(await fs.promises.opendir(folder)),
    bigint: () => typeof fs.statSync(file, { bigint: true }).size,
    'realpathSync.native': () => fs.realpathSync.native(file).length > 0,
    'promises.realpath': async () => (await fs.promises.realpath(file)).length > 0,
  };
  for (const [name, ...args] of [
    ['readFile', file, 'utf8'],
    ['readdir', folder],
    ['access', file],
    ['readlink', `${folder}/link`],
  ]) {
    calls[name] = () => called(name, ...args);
    calls[`${name}Sync`] = () => fs[`${name}Sync`](...args);
    calls[`promises.${name}`] = () => fs.promises[name](...args);
  }
  for (const name of ['stat', 'lstat']) {
    calls[name] = async () => (await called(name, file)).size;
    calls[`${name}Sync`] = () => fs[`${name}Sync`](file).size;
    calls[`promises.${name}`] = async () => (await fs.promises[name](file)).size;
  }
  const said = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      said[name] = (await call()) ?? 'ok';
    } catch ({ code, permission, resource }) {
      said[name] = [code, permission, resource?.replace(folder, '')].filter(Boolean).join(' ');
    }
  }
  return said;
}

const CONTENT = { 'file.txt': 'text', 'module.js': 'module.exports = 1;', link: 'file.txt' };

/** The same as a folder and as an archive. */
function makeBoth(folder, name) {
  const plain = path.join(folder, `plain-${name}`);
  const archive = path.join(folder, `${name}.asar`); // their names do not begin alike: Node mistakes that
  fs.mkdirSync(plain, { recursive: true });
  for (const one of ['file.txt', 'module.js']) fs.writeFileSync(`${plain}/${one}`, CONTENT[one]);
  fs.symlinkSync(CONTENT.link, `${plain}/link`);
  packArchive(archive, { ...CONTENT, link: { link: CONTENT.link } });
  return [plain, archive];
}

test('nodePermissions hold for archives', async (t) => {
  const lab = await startLab(t);
  const denied = makeBoth(lab.app.home, 'denied');
  const allowed = makeBoth(lab.app.home, 'allowed');
  const own = makeBoth(path.join(lab.app.home, 'app'), 'own');
  const nodePermissions = { fs: { read: allowed } };

  async function check(said) {
    const [plain, packed] = [await said(denied[0]), await said(denied[1])];
    assert.deepEqual(packed, plain);
    assert.equal(plain.readFileSync, 'ERR_ACCESS_DENIED FileSystemRead /file.txt');
    assert.equal(plain.require, 'ERR_ACCESS_DENIED FileSystemRead /module.js');
    for (const [folder, archive] of [allowed, own]) {
      const [inFolder, inArchive] = [await said(folder), await said(archive)];
      assert.deepEqual(inArchive, inFolder);
      assert.equal(inArchive.readFileSync, 'text');
      assert.equal(inArchive['promises.open'], 'ok');
      assert.equal(inArchive.stream, 'text');
    }
  }

  await t.test('in a worker', async () => {
    const win = await lab.open({ nodeIntegrationInWorker: true, nodePermissions });
    await check((folder) => win.page(`(folder) => runAlone(${tryAll}, folder)`, folder));
  });

  await t.test('in a page', async () => {
    const win = await lab.open({
      ...{ nodeIntegration: true, contextIsolation: false },
      nodePermissions,
    });
    await check((folder) => win.page(tryAll, folder));
  });

  await t.test('import', async () => {
    const win = await lab.open({ nodeIntegrationInWorker: true, nodePermissions });
    const said = (folder) =>
      win.page(
        (file) =>
          runAlone(
            (given) =>
              import(given).then(
                () => 'ok',
                ({ code }) => code,
              ),
            file,
          ),
        `file://${folder}/module.js`,
      );
    for (const folder of denied) assert.equal(await said(folder), 'ERR_ACCESS_DENIED');
    for (const folder of [...allowed, ...own]) assert.equal(await said(folder), 'ok', folder);
  });

  await t.test('copies are made where they may be', async () => {
    const target = path.join(lab.app.home, 'target');
    fs.mkdirSync(target);
    const win = await lab.open({
      nodeIntegrationInWorker: true,
      nodePermissions: { fs: { read: [...allowed, target], write: [target] } },
    });
    await win.page(
      `(from, to) => runAlone(async (from, to) => {
        const fs = require('node:fs');
        fs.copyFileSync(from + '/file.txt', to + '/sync');
        await fs.promises.copyFile(from + '/file.txt', to + '/promise');
        return 'ok';
      }, from, to)`,
      allowed[1],
      target,
    );
    for (const name of ['sync', 'promise']) {
      assert.equal(fs.readFileSync(path.join(target, name), 'utf8'), 'text');
    }
  });
  await lab.close();
});
