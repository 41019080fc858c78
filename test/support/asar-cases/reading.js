'use strict';

const assert = require('node:assert/strict');
const { MAX_STRING_LENGTH } = require('node:buffer').constants;
const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const { writeArchive } = require('../asar');
const { fails, formsOf, isMissing } = require('./forms');

/** @type {import('./forms').Cases} */
const cases = {
  'node api': {
    'supports paths specified as a Buffer': (folder) => {
      const file = `${folder}/a.asar/file1`;
      assert.equal(fs.existsSync(Buffer.from(file)), true);
      assert.equal(fs.readFileSync(pathToFileURL(file), 'utf8'), 'file1\n');
    },
  },
};

for (const [group, readFile] of formsOf('readFile')) {
  /** @param {string} inner @param {string} text @returns {import('./forms').Case} */
  const reads = (inner, text) => async (folder) =>
    assert.equal((await readFile(`${folder}/${inner}`)).toString().trim(), text);
  cases[group] = {
    'reads a normal file': async (folder) => {
      for (const name of ['file1', 'file2', 'file3']) await reads(`a.asar/${name}`, name)(folder);
    },
    'reads from a empty file': async (folder) => {
      const bytes = await readFile(`${folder}/empty.asar/file1`);
      assert.ok(Buffer.isBuffer(bytes) && bytes.length === 0);
    },
    'reads from a empty file with encoding': async (folder) =>
      assert.equal(await readFile(`${folder}/empty.asar/file1`, 'utf8'), ''),
    'reads a linked file': reads('a.asar/link1', 'file1'),
    'reads a file from linked directory': async (folder) => {
      await reads('a.asar/link2/file1', 'file1')(folder);
      await reads('a.asar/link2/link2/link1', 'file1')(folder);
    },
    'throws ENOENT error when can not find file': (folder) =>
      isMissing(readFile(`${folder}/a.asar/not-exist`)),
    'leaves wrong options to Node': async (folder) => {
      for (const options of [5, true, { signal: {} }, { buffer: 'text' }]) {
        await fails(readFile(`${folder}/a.asar/file1`, options), 'ERR_INVALID_ARG_TYPE');
      }
      for (const options of ['nonsense', { encoding: 5 }, { flag: 'nonsense' }]) {
        await fails(readFile(`${folder}/a.asar/file1`, options), 'ERR_INVALID_ARG_VALUE');
      }
    },
    'refuses flags that write': async (folder) => {
      assert.equal(`${await readFile(`${folder}/a.asar/file1`, { flag: 'rs' })}`, 'file1\n');
      for (const flag of ['w', 'r+', 'ax'])
        await fails(readFile(`${folder}/a.asar/file1`, { flag }), 'EACCES');
    },
    'reads a normal file with unpacked files': reads('unpack.asar/a.txt', 'a'),
    'reads a file in filesystem': reads('plain.txt', 'plain'),
  };
}

Object.assign(cases['fs.readFileSync'], {
  'does not leak fd': async (/** @type {string} */ folder) => {
    const count = () => fs.readdirSync('/proc/self/fd').length;
    fs.readFileSync(`${folder}/a.asar/file1`);
    const before = count();
    for (let i = 0; i < 100; i++) fs.readFileSync(`${folder}/a.asar/file1`);
    assert.equal(count(), before);
  },
  'passes ENOENT error to callback when can not find file': (/** @type {string} */ folder) =>
    new Promise((resolve) => {
      fs.readFile(`${folder}/a.asar/not-exist`, (error) => {
        assert.equal(error?.code, 'ENOENT');
        resolve(undefined);
      });
    }),
});

cases['fs.readFileSync options handling'] = {
  'returns a Buffer for empty files when options is an object without an encoding': (folder) => {
    const file = `${folder}/empty.asar/file1`;
    assert.ok(Buffer.isBuffer(fs.readFileSync(file, {})));
    assert.equal(fs.readFileSync(file, { encoding: 'utf8' }), '');
    assert.equal(
      fs.readFileSync(`${folder}/a.asar/file1`, 'hex'),
      Buffer.from('file1\n').toString('hex'),
    );
    assert.throws(() => fs.readFileSync(file, /** @type {any} */ ('nonsense')), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  },
};

cases['fs.readFileSync of what no string can hold'] = {
  'fails as Node does': (folder) => {
    const archive = `${folder}/long-text.asar`;
    const size = MAX_STRING_LENGTH + 1;
    writeArchive(archive, { files: { text: { size, offset: '0' } } });
    const original = require('original-fs');
    original.truncateSync(archive, original.statSync(archive).size + size); // without taking room
    const read = () => fs.readFileSync(`${archive}/text`, 'utf8');
    assert.throws(read, { code: 'ERR_STRING_TOO_LONG' });
    original.unlinkSync(archive);
  },
};

const CYCLES = ['cyclic-link.asar/a', 'cyclic-link2.asar/a', 'cyclic-dir-link.asar/a'];
cases['archives with self-referential link entries'] = {
  'has the link-cycle fixtures on disk': (folder) => {
    for (const name of CYCLES) assert.ok(fs.lstatSync(`${folder}/${name}`).isSymbolicLink());
  },
  'throws instead of hanging on a self-linked file': (folder) =>
    assert.throws(() => fs.readFileSync(`${folder}/${CYCLES[0]}`), { code: 'ENOENT' }),
  'throws instead of hanging on a two-node link cycle': (folder) =>
    assert.throws(() => fs.readFileSync(`${folder}/${CYCLES[1]}`), { code: 'ENOENT' }),
  'throws instead of hanging on a link that resolves through itself': (folder) =>
    assert.throws(() => fs.readFileSync(`${folder}/${CYCLES[2]}/b`), { code: 'ENOENT' }),
  'reports the missing entry from statSync without hanging': (folder) => {
    for (const name of CYCLES)
      assert.throws(() => fs.statSync(`${folder}/${name}`), { code: 'ENOENT' });
  },
};

module.exports = cases;
