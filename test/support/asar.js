// @ts-check
'use strict';

/*
 * Archives for tests: a small packer of their own, so that what Weft packs and what it reads are not
 * judged by each other.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * @typedef {{ link: string }} Link to a path from the root
 * @typedef {{ bytes: Buffer | string, executable?: boolean, unpacked?: boolean }} File
 * @typedef {{ [name: string]: string | Buffer | Link | File | Folder }} Folder
 */

const BLOCK_SIZE = 4 * 1024 * 1024;

/** @param {Buffer} bytes */
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {Buffer} bytes */
function integrityOf(bytes) {
  const blocks = [];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK_SIZE) {
    blocks.push(hash(bytes.subarray(at, at + BLOCK_SIZE)));
  }
  return { algorithm: 'SHA256', hash: hash(bytes), blockSize: BLOCK_SIZE, blocks };
}

/** @param {string} file @param {object} header @param {Buffer[]} [data] */
function writeArchive(file, header, data = []) {
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 4) * 4;
  const start = Buffer.alloc(16 + padded);
  [4, padded + 8, padded + 4, json.length].forEach((number, i) =>
    start.writeUInt32LE(number, i * 4),
  );
  json.copy(start, 16);
  fs.writeFileSync(file, Buffer.concat([start, ...data]));
}

/**
 * Writes an archive, and what lies beside it.
 * @param {string} file
 * @param {Folder} content
 */
function packArchive(file, content) {
  /** @type {Buffer[]} */
  const data = [];
  let offset = 0;

  /** @param {any} given @param {string} inner */
  function nodeOf(given, inner) {
    if (typeof given !== 'string' && !Buffer.isBuffer(given) && typeof given.link === 'string') {
      return { link: given.link };
    }
    const isFile = typeof given === 'string' || Buffer.isBuffer(given) || 'bytes' in given;
    if (!isFile) return folderOf(given, inner);
    const {
      bytes: text,
      executable,
      unpacked,
    } = given.bytes === undefined ? { bytes: given } : given;
    const bytes = Buffer.from(text);
    const facts = {
      size: bytes.length,
      integrity: integrityOf(bytes),
      ...(executable && { executable }),
    };
    if (unpacked) {
      const beside = path.join(`${file}.unpacked`, inner);
      fs.mkdirSync(path.dirname(beside), { recursive: true });
      fs.writeFileSync(beside, bytes, { mode: executable ? 0o755 : 0o644 });
      return { ...facts, unpacked };
    }
    data.push(bytes);
    offset += bytes.length;
    return { ...facts, offset: String(offset - bytes.length) };
  }

  /** @param {Folder} folder @param {string} inner @returns {object} */
  function folderOf(folder, inner) {
    const names = Object.keys(folder);
    return {
      files: Object.fromEntries(
        names.map((name) => [name, nodeOf(folder[name], path.join(inner, name))]),
      ),
    };
  }

  const header = folderOf(content, '');
  writeArchive(file, header, data);
}

const three = () => ({ file1: 'file1\n', file2: 'file2\n', file3: 'file3\n' });

/** Bytes that are not all the same. */
const BIG = Buffer.from(Array.from({ length: 300_001 }, (_, i) => (i * 7919) % 251));

/** The archives that Electron's own cases read, by name. @type {Record<string, Folder>} */
const ARCHIVES = {
  'a.asar': {
    dir1: { ...three(), link1: { link: 'dir1/file1' }, link2: { link: 'dir1' } },
    dir2: three(),
    dir3: three(),
    ...three(),
    link1: { link: 'file1' },
    link2: { link: 'dir1' },
    'ping.js': `process.on('message', (message) => { process.send(message); process.disconnect(); });`,
  },
  'empty.asar': { file1: '', 'empty-dir': {} },
  'unpack.asar': { 'a.txt': { bytes: 'a\n', unpacked: true }, 'b.txt': 'b\n' },
  'big.asar': { big: BIG, run: { bytes: '#!/bin/sh\necho run "$@"\n', executable: true } },
  'echo.asar': { echo: { bytes: '#!/bin/sh\necho "$@"\n', executable: true } },
  'cyclic-link.asar': { a: { link: 'a' } },
  'cyclic-link2.asar': { a: { link: 'b' }, b: { link: 'a' } },
  'cyclic-dir-link.asar': { a: { link: 'a/b' } },
  'script.asar': {
    'index.js': `module.exports = [__filename, __dirname, require('./dir/other')];`,
    dir: { 'other.js': `module.exports = 'other';` },
  },
  'worker_threads.asar': {
    'worker.js': `require('worker_threads').parentPort.postMessage(require('./message'));`,
    'message.js': `module.exports = 'ping';`,
  },
};

/** Writes all of them, and a file that is no archive, to a folder. @param {string} folder */
function writeArchives(folder) {
  for (const [name, content] of Object.entries(ARCHIVES))
    packArchive(path.join(folder, name), content);
  fs.writeFileSync(path.join(folder, 'invalid.asar'), 'this is no archive at all');
  fs.mkdirSync(path.join(folder, 'real-folder.asar'));
  fs.writeFileSync(path.join(folder, 'real-folder.asar', 'file'), 'in a folder');
  fs.writeFileSync(path.join(folder, 'plain.txt'), 'plain\n');
  fs.writeFileSync(
    path.join(folder, 'read-forked.js'),
    `process.on('message', (file) => {
      let text;
      try { text = require('fs').readFileSync(file, 'utf8'); } catch (error) { text = error.code; }
      process.send({ text, isFile: (() => { try { return require('original-fs').statSync(require('path').dirname(file)).isFile(); } catch (e) { return e.code; } })() });
      process.disconnect();
    });`,
  );
}

/** The same as a plain folder: texts alone. @param {string} folder @param {Folder} content */
function writeFolder(folder, content) {
  fs.mkdirSync(folder);
  for (const [name, given] of Object.entries(content)) {
    const file = path.join(folder, name);
    if (typeof given === 'string') fs.writeFileSync(file, given);
    else writeFolder(file, /** @type {Folder} */ (given));
  }
}

module.exports = { BIG, packArchive, writeArchive, writeArchives, writeFolder };
