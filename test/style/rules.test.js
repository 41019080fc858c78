// @ts-check
'use strict';

/*
 * House rules that a machine can check; clang-format has the rest.
 */

const { test } = require('node:test');
const { readSources, findLines, expectNone } = require('./sources');

const MAX_C_FILE_LINES = 600;
const MAX_JS_FILE_LINES = 150;
const MAX_FUNCTION_LINES = 60;

const SPDX = '/* SPDX-License-Identifier: MIT */';

/** The clone codec may be longer: one algorithm over one format, and one source for two engines. */
const isCodec = (/** @type {string} */ file) => file.startsWith('lib/common/structured-clone');

const cSources = () => readSources(['src', 'test'], ['.c', '.h']);
const jsSources = () =>
  readSources(['lib'], ['.js', '.mjs']).filter(({ file }) => !/\.test\.m?js$/.test(file));

/** Where a function at column 0 starts, in the format that clang-format gives all C. */
const C_BODY = /^\{$/;
const JS_BODY = /^(?:async )?function\b.*\{$/;

/**
 * @param {import('./sources').Source[]} sources
 * @param {RegExp} start
 */
function findLongFunctions(sources, start) {
  return sources.flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => {
      if (!start.test(line)) return [];
      const length = lines.slice(index).findIndex((candidate) => candidate.startsWith('}')) + 1;
      return length > MAX_FUNCTION_LINES
        ? [`${file}:${index + 1}: a function of ${length} lines; ${MAX_FUNCTION_LINES} at most`]
        : [];
    }),
  );
}

/** Types and reasons in comments do not make a script long. */
const isCode = (/** @type {string} */ line) => !/^\s*(\/\/|\/?\*|$)/.test(line);

/**
 * @param {import('./sources').Source[]} sources
 * @param {number} most
 * @param {(line: string) => boolean} counts
 */
function findLongFiles(sources, most, counts = () => true) {
  return sources
    .filter(({ file }) => !isCodec(file))
    .map(({ file, lines }) => ({ file, length: lines.filter(counts).length }))
    .filter(({ length }) => length > most)
    .map(({ file, length }) => `${file}: ${length} lines; ${most} at most`);
}

test('files are short enough to be read', () => {
  expectNone([
    ...findLongFiles(cSources(), MAX_C_FILE_LINES),
    ...findLongFiles(jsSources(), MAX_JS_FILE_LINES, isCode),
  ]);
});

test('functions are short enough to be read', () => {
  expectNone([
    ...findLongFunctions(cSources(), C_BODY),
    ...findLongFunctions(jsSources(), JS_BODY),
  ]);
});

test('every C file names its licence first', () => {
  expectNone(
    cSources()
      .filter(({ lines }) => lines[0] !== SPDX)
      .map(({ file }) => `${file}:1: must be ${SPDX}`),
  );
});

test('every header is included once', () => {
  const headers = cSources().filter(({ file }) => file.endsWith('.h'));
  expectNone(
    headers
      .filter(({ lines }) => !lines.includes('#pragma once'))
      .map(({ file }) => `${file}: lacks #pragma once`),
  );
});

test('every script is strict', () => {
  const scripts = jsSources().filter(({ file }) => file.endsWith('.js'));
  expectNone(
    scripts
      .filter(({ lines }) => !lines.includes("'use strict';"))
      .map(({ file }) => `${file}: lacks 'use strict'`),
  );
});

test('nothing names a folder of one machine', () => {
  // X keeps its sockets there on every machine.
  const judge = (/** @type {string} */ line) => {
    const match = /(?:^|[\s'"`=(])(\/(?:work|root|home|tmp)\/[^\s'"`]*)/.exec(line);
    return match && !match[1].startsWith('/tmp/.X11-unix/') && `names ${match[1]}`;
  };
  const sources = readSources(
    ['src', 'lib', 'examples', 'bench', 'script', 'Makefile', 'meson.build'],
    [''],
  );
  expectNone(
    findLines(
      sources.filter(({ file }) => !/\.(png|svg|json)$/.test(file)),
      judge,
    ),
  );
});

/**
 * Where atomics are reasoned about: the channel, whose ends are processes; the marks of an archive's
 * blocks that have been compared, which only ever go from no to yes; and what a signal handler reads.
 */
const ATOMICS_HOME = /^src\/(channel\/(ring|wake)|asar\/(archive|cache)|worker\/last-words)\.c$/;

test('atomics and waiting stay where they are reasoned about', () => {
  const atomics = findLines(cSources(), (line, file) => {
    const isHome = ATOMICS_HOME.test(file) || file.startsWith('test/') || /\/test-/.test(file);
    return (
      !isHome &&
      /\b(atomic_\w+|__atomic_\w+|__sync_\w+)\s*\(/.test(line) &&
      'atomics belong to channel/ring.c, channel/wake.c, asar/archive.c and asar/cache.c'
    );
  });
  const pauses = findLines(
    cSources().filter(({ file }) => file.startsWith('src/')),
    (line) =>
      /\b(volatile|sleep|usleep)\b\s*[(\w]/.test(line.replace(/\/?\*.*|\/\/.*/, '')) &&
      'no volatile, no bare sleep',
  );
  expectNone([...atomics, ...pauses]);
});
