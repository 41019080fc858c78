// @ts-check
'use strict';

/*
 * A folder is a layer or a process, and this is the table of who may use whom. A new folder needs
 * its line here first; CONTRIBUTING.md has the same table in words.
 */

const path = require('node:path');
const { test } = require('node:test');
const { readSources, findLines, expectNone } = require('./sources');

/**
 * Layers and outside libraries that the C of each folder of src/ may include, besides libc.
 * @type {Record<string, string[]>}
 */
const mayInclude = {
  base: [],
  channel: ['base'],
  asar: ['base', 'yajl', 'nettle'],
  addon: ['base'],
  vfs: ['base', 'asar', 'glib'],
  page: ['base', 'channel', 'glib', 'webkit-page'],
  node: ['base', 'channel', 'node-api'],
  worker: ['base', 'channel', 'asar', 'addon', 'node', 'node-api'],
  main: ['base', 'channel', 'node', 'asar', 'glib', 'gtk', 'x11', 'webkit', 'node-api'],
  launcher: ['base', 'asar', 'addon'],
};

/**
 * Files that may include more than their folder: asar and addon each have a binding for Node.
 * @type {Record<string, string[]>}
 */
const mayIncludeAlso = {
  'src/asar/binding.c': ['node', 'node-api'],
  'src/asar/binding.h': ['node', 'node-api'],
  'src/asar/module.c': ['node', 'node-api'],
  'src/addon/binding.c': ['node', 'node-api'],
  'src/addon/binding.h': ['node', 'node-api'],
  'src/addon/loop-shim.c': ['node', 'node-api'],
  'src/addon/throw-shim.c': ['node', 'node-api'],
  'src/addon/throw-shim.h': ['node', 'node-api'],
};

/** Headers that the build makes, each beside the only file that includes it. */
const generated = ['src/page/modules.c: resources.h'];

/**
 * Folders of lib/ that the JavaScript of each may require, and whether it may require Node.
 * @type {Record<string, { folders: string[], node: boolean }>}
 */
const mayRequire = {
  common: { folders: ['common'], node: false },
  page: { folders: ['page', 'common'], node: false },
  asar: { folders: ['asar', 'common'], node: true },
  node: { folders: ['node', 'common'], node: true },
  worker: { folders: ['worker', 'node', 'asar', 'common'], node: true },
  main: { folders: ['main', 'node', 'asar', 'common'], node: true },
};

/**
 * What single files may require beyond that.
 * @type {Record<string, string[]>}
 */
const mayRequireAlso = {
  // Only where the engine is Node's; in the page there is no require to call.
  'lib/common/structured-clone/primordials.js': ['node:util', 'node:worker_threads'],
};

/** Outside headers, by the first pattern that matches. */
const libraries = [
  {
    name: 'webkit-page',
    header: /^(webkit\/webkit-web-process-extension\.h|jsc\/)/,
  },
  { name: 'webkit', header: /^(webkit|jsc|libsoup)\// },
  { name: 'gtk', header: /^(gtk|gdk|gsk|pango|cairo|graphene)/ },
  { name: 'x11', header: /^X11\// },
  { name: 'glib', header: /^(glib|gio|gobject|gmodule)/ },
  { name: 'yajl', header: /^yajl\// },
  { name: 'nettle', header: /^nettle\// },
  { name: 'node-api', header: /^(node_api|js_native_api|uv)\b/ },
  // The compiler's own: a processor's instructions.
  { name: 'libc', header: /^(cpuid|immintrin)\.h$/ },
  {
    name: 'libc',
    header: new RegExp(
      '^((sys|linux|asm|arpa|net|netinet)/.*|assert|ctype|dirent|dlfcn|elf|endian|err|errno|fcntl|' +
        'fenv|float|fnmatch|fts|ftw|getopt|glob|grp|inttypes|libgen|limits|link|locale|malloc|math|' +
        'netdb|poll|pthread|pwd|sched|semaphore|setjmp|signal|spawn|stdalign|stdarg|stdatomic|' +
        'stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|termios|threads|time|' +
        'unistd|wchar|wctype)(\\.h)?$',
    ),
  },
];

/** @param {string} file */
const folderOf = (file) => file.split('/')[1];

/**
 * A test beside its source may use GLib's test functions, and what all tests share.
 * @param {string} file
 */
const isTest = (file) => path.basename(file).startsWith('test-');

/**
 * @param {string} line
 * @param {string} file
 */
function judgeInclude(line, file) {
  const match = /^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")/.exec(line);
  if (!match) return null;
  const folder = folderOf(file);
  const allowed = ['libc', folder, ...mayInclude[folder], ...(mayIncludeAlso[file] ?? [])];
  if (isTest(file)) allowed.push('glib', 'test');

  const [, system, own] = match;
  if (own !== undefined) {
    if (generated.includes(`${file}: ${own}`)) return null;
    if (!own.includes('/')) return `"${own}" must name its layer, as "${folder}/${own}"`;
    return allowed.includes(own.split('/')[0]) ? null : `${folder} may not include "${own}"`;
  }
  const library = libraries.find(({ header }) => header.test(system));
  if (!library) return `<${system}> belongs to no library that test/style/layers.test.js knows`;
  return allowed.includes(library.name)
    ? null
    : `${folder} may not include <${system}> (${library.name})`;
}

const REQUIRE = /\brequire\(\s*['"]([^'"]+)['"]\s*\)|^import\b.*\bfrom\s+['"]([^'"]+)['"]/g;

/**
 * @param {string} file
 * @param {string} target
 */
function isAllowed(file, target) {
  const folder = folderOf(file);
  const { folders, node } = mayRequire[folder];
  if (mayRequireAlso[file]?.includes(target)) return true;
  if (!target.startsWith('.')) return node && target.startsWith('node:');

  const resolved = path.posix.join(path.posix.dirname(file), target);
  if (resolved === 'package.json' && node) return true;
  const isModule = resolved === `build/src/${folder}/weft-${folder}.node`;
  return isModule || (resolved.startsWith('lib/') && folders.includes(folderOf(resolved)));
}

/**
 * @param {string} line
 * @param {string} file
 */
function judgeRequire(line, file) {
  const code = line.replace(/^\s*(\/?\*|\/\/).*/, '');
  const targets = [...code.matchAll(REQUIRE)].map(([, required, imported]) => required ?? imported);
  const wrong = targets.find((target) => !isAllowed(file, target));
  return wrong === undefined ? null : `${folderOf(file)} may not require '${wrong}'`;
}

/**
 * @param {string} root
 * @param {object} table
 */
function findUnknownFolders(root, table) {
  const names = readSources([root], [''])
    .map(({ file }) => file.split('/'))
    .filter((parts) => parts.length > 2);
  return [...new Set(names.map((parts) => parts[1]))]
    .filter((folder) => !Object.hasOwn(table, folder))
    .map((folder) => `${root}/${folder} has no line in test/style/layers.test.js`);
}

test('every folder of src and lib is in the table', () => {
  expectNone([...findUnknownFolders('src', mayInclude), ...findUnknownFolders('lib', mayRequire)]);
});

test('C includes only what its layer may include', () => {
  expectNone(findLines(readSources(['src'], ['.c', '.h']), judgeInclude));
});

test('JavaScript requires only what its process may require', () => {
  const sources = readSources(['lib'], ['.js', '.mjs']).filter(
    ({ file }) => !/\.test\.m?js$/.test(file),
  );
  expectNone(findLines(sources, judgeRequire));
});

test('what the table forbids is found', (t) => {
  const { assert } = t;
  assert.match(
    judgeInclude('#include <glib.h>', 'src/worker/port.c') ?? '',
    /worker may not include <glib.h>/,
  );
  assert.match(
    judgeInclude('#include "page/bridge.h"', 'src/channel/ring.c') ?? '',
    /channel may not include/,
  );
  assert.match(
    judgeInclude('#include "ring.h"', 'src/channel/ring.c') ?? '',
    /must name its layer/,
  );
  assert.match(
    judgeRequire("const fs = require('node:fs');", 'lib/page/worker.js') ?? '',
    /page may not require/,
  );
  assert.match(
    judgeRequire("require('../main/app');", 'lib/worker/supervisor.js') ?? '',
    /worker may not require/,
  );
  assert.equal(judgeInclude('#include "channel/ring.h"', 'src/page/bridge.c'), null);
});
