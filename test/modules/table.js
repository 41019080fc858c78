// @ts-check
'use strict';

/*
 * The table of the native modules that were tried, for docs/native-modules.md.
 */

/** @typedef {import('./run').Row} Row */

/** @type {[string, (row: Row) => string][]} */
const COLUMNS = [
  ['module', ({ name, version }) => `${name} ${version}`],
  ['in workers', describeMode],
  ['first load', describeLoad],
  ['8 at once, main too', ({ columns }) => describeCell(columns['at once'])],
  ['page reloads', ({ columns }) => describeCell(columns.reload)],
  ['terminated in flight', ({ columns }) => describeCell(columns.terminated)],
  ['the app ends', ({ columns }) => describeCell(columns.end)],
];

/** The mode of each file that the module brings, and why where it is not the usual one.
 * @param {Row} row */
function describeMode({ loaded }) {
  const modes = loaded.map(({ package: name, mode, why }) => {
    const text = mode === 'private' ? mode : `${mode} (${why})`;
    return loaded.length === 1 ? text : `${name}: ${text}`;
  });
  return modes.join('; ') || '?';
}

/** @param {Row} row */
function describeLoad({ loaded }) {
  return `${loaded.reduce((total, { loadTime }) => total + loadTime, 0).toFixed(1)} ms`;
}

/** @param {import('./run').Cell | undefined} cell */
function describeCell(cell) {
  if (cell === undefined) return 'not reached';
  if (!cell.isPassed) return '**fails**';
  return cell.deaths ? 'the host may die, the window lives' : 'ok';
}

/** @param {Row[]} rows */
function formatTable(rows) {
  const lines = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map(() => '---'),
    ...rows.map((row) => COLUMNS.map(([, describe]) => describe(row).replaceAll('|', '\\|'))),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

module.exports = { formatTable };
