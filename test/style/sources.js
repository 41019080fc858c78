// @ts-check
'use strict';

/*
 * What the style tests look at: the project's own text files.
 */

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');

/**
 * @param {string} name a file, or a folder
 * @returns {string[]} files, from the root
 */
function listFiles(name) {
  if (!fs.statSync(path.join(ROOT, name)).isDirectory()) return [name];
  return fs
    .readdirSync(path.join(ROOT, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** @typedef {{ file: string, lines: string[] }} Source */

/**
 * Every file at or below the given paths whose name ends in one of the extensions.
 * @param {string[]} folders
 * @param {string[]} extensions "" for any
 * @returns {Source[]}
 */
function readSources(folders, extensions) {
  return folders
    .flatMap(listFiles)
    .filter((file) => extensions.some((extension) => file.endsWith(extension)))
    .map((file) => ({
      file,
      lines: fs.readFileSync(path.join(ROOT, file), 'utf8').replace(/\n$/, '').split('\n'),
    }));
}

/**
 * The lines that match, as "file:line: text".
 * @param {Source[]} sources
 * @param {(line: string, file: string) => string | null | undefined | false} judge
 *     says what is wrong with the line, if anything
 */
function findLines(sources, judge) {
  return sources.flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => {
      const complaint = judge(line, file);
      return complaint ? [`${file}:${index + 1}: ${complaint}`] : [];
    }),
  );
}

/**
 * Fails with one complaint a line.
 * @param {string[]} complaints
 */
function expectNone(complaints) {
  if (complaints.length > 0) throw new Error(`\n  ${complaints.join('\n  ')}`);
}

module.exports = { ROOT, readSources, findLines, expectNone };
