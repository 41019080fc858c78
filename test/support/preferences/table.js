// @ts-check
'use strict';

/*
 * A table of what was found, in few rows: for each place, the values with which it has something else than
 * with most; each row takes in as many values as it can. Rows may overlap.
 */

/** @typedef {{ given: Record<string, string>, found: Record<string, string> }} Row */
/** @typedef {Record<string, string[]>} Values of each column */

/** All combinations. @param {Record<string, any[]>} axes @returns {any[]} */
function product(axes) {
  return Object.entries(axes).reduce(
    (rows, [name, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    /** @type {any[]} */ ([{}]),
  );
}

const keyOf = (/** @type {Record<string, string>} */ given) => JSON.stringify(Object.values(given));

/**
 * All values that give the same as these. @param {Record<string, string>} given
 * @param {Map<string, string>} results @param {Values} axes
 */
function grow(given, results, axes) {
  const result = results.get(keyOf(given));
  /** @type {Values} */
  let grown = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]]));
  for (const [name, all] of Object.entries(axes)) {
    for (const value of all) {
      const some = all.filter((one) => one === value || grown[name].includes(one));
      const more = { ...grown, [name]: some };
      if (product(more).every((one) => results.get(keyOf(one)) === result)) grown = more;
    }
  }
  return grown;
}

/** What one place has, but for what it has otherwise. @param {Row[]} rows @param {string} place
 * @param {Values} axes */
function describePlace(rows, place, axes) {
  const results = new Map(rows.map(({ given, found }) => [keyOf(given), found[place]]));
  const otherwise = rows[0].found[place];
  const covered = new Set();
  const some = rows.flatMap(({ given, found }) => {
    if (found[place] === otherwise || covered.has(keyOf(given))) return [];
    const values = grow(given, results, axes);
    for (const one of product(values)) covered.add(keyOf(one));
    return [{ what: found[place], values }];
  });
  return { some, otherwise };
}

/**
 * @param {Row[]} rows of all combinations; the first is what is usual
 * @param {Values} axes
 * @param {Record<string, string>} titles of places, in their order
 */
function formatTable(rows, axes, titles) {
  const columns = Object.keys(axes);
  const cell = (/** @type {string} */ column, /** @type {string[]} */ values) =>
    values.length === axes[column].length ? '' : values.join(', ');
  const lines = [['in', 'there is', ...columns], ['in', ...columns, ''].map(() => '---')];
  for (const [place, title] of Object.entries(titles)) {
    const { some, otherwise } = describePlace(rows, place, axes);
    for (const { what, values } of some) {
      lines.push([title, what, ...columns.map((column) => cell(column, values[column]))]);
    }
    lines.push([
      title,
      otherwise,
      some.length === 0 ? 'always' : 'otherwise',
      ...columns.slice(1).map(() => ''),
    ]);
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

module.exports = { formatTable, product };
