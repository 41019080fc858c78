// @ts-check
'use strict';

/*
 * Native modules of npm in Weft's workers: each does real work there in every way that an app may
 * ask for. Prints a table and writes build/test-modules.json; when all modules were tried and none failed,
 * the table goes into docs/native-modules.md, too.
 *
 *   node test/modules/run.js [--seed=N] [module...]
 *
 * The last line is "N passed, N failed": one for each module and column.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { startTrialApp, Trial, fileOf } = require('./trial');
const { writePart } = require('../support/page-part');
const { formatTable } = require('./table');

const ROOT = path.resolve(__dirname, '../..');
const NODE_MODULES = path.join(ROOT, 'build/test-modules/node_modules');
const RESULTS = path.join(ROOT, 'build/test-modules.json');
const PAGE = path.join(ROOT, 'docs/native-modules.md');

/** A module whose queries call back into a thread that has ended, and so may take its host along:
 * what must live is the window. */
const MAY_DIE = ['sqlite3'];

/** @typedef {{ name: string, version: string, loaded: import('./trial').Loaded[],
 *   columns: Record<string, Cell>, seconds: number }} Row */
/** @typedef {{ isPassed: boolean, deaths?: number, error?: string }} Cell */

/** The modules that have a file in tasks/. */
function knownModules() {
  const { dependencies } = JSON.parse(
    fs.readFileSync(path.join(__dirname, 'package.json'), 'utf8'),
  );
  const hasWork = (/** @type {string} */ name) =>
    fs.existsSync(path.join(__dirname, 'tasks', `${fileOf(name)}.js`));
  return Object.keys(dependencies).filter(hasWork);
}

/** @param {string[]} args */
function parseOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    options: { seed: { type: 'string' } },
    allowPositionals: true,
  });
  const known = knownModules();
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`unknown module '${unknown}'; there are ${known.join(', ')}`);
  }
  if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
    throw new Error(`--seed: '${values.seed}' is not a number of up to nine digits`);
  }
  return {
    names: positionals.length === 0 ? known : positionals,
    seed: Number(values.seed ?? Math.floor(Math.random() * 1e9)),
    isComplete: positionals.length === 0,
  };
}

/** @param {() => Promise<number | void>} run @returns {Promise<Cell>} */
async function cell(run) {
  try {
    return { isPassed: true, deaths: (await run()) || 0 };
  } catch (error) {
    return { isPassed: false, error: `${error?.stack ?? error}` };
  }
}

/** One module, in an app of its own. @param {string} name @param {number} seed @returns {Promise<Row>} */
async function tryModule(name, seed) {
  /** @type {(() => any)[]} */
  const endings = [];
  const start = performance.now();
  const manifest = path.join(NODE_MODULES, name, 'package.json');
  /** @type {Row} */
  const row = { name, version: '', loaded: [], columns: {}, seconds: 0 };
  try {
    row.version = JSON.parse(fs.readFileSync(manifest, 'utf8')).version;
    const t = { after: (/** @type {() => any} */ done) => endings.push(done) };
    const trial = new Trial(await startTrialApp(t, NODE_MODULES), name, seed);
    const mayDie = MAY_DIE.includes(name);
    row.columns.reload = await cell(() => trial.reload());
    row.columns['at once'] = await cell(() => trial.atOnce());
    row.columns.terminated = await cell(() => trial.terminated({ mayDie }));
    row.columns.end = await cell(() => trial.end(mayDie));
    row.loaded = trial.loaded;
  } catch (error) {
    row.columns.start = { isPassed: false, error: `${error?.stack ?? error}` };
  } finally {
    for (const done of endings.reverse()) await done();
  }
  row.seconds = (performance.now() - start) / 1000;
  return row;
}

/** One line a module as it is done, and what failed in words. @param {Row} row @param {number} seed */
function printProgress({ name, version, columns, seconds }, seed) {
  const cells = Object.entries(columns).map(
    ([column, { isPassed, deaths }]) =>
      `${column}: ${isPassed ? 'ok' : 'FAILED'}${deaths ? ` (${deaths} hosts died)` : ''}`,
  );
  console.log(`${`${name} ${version}`.padEnd(34)} ${cells.join(', ')}  (${seconds.toFixed(1)} s)`);
  for (const [column, { error }] of Object.entries(columns)) {
    if (error === undefined) continue;
    console.error(`\n${name}, ${column}: ${error}`);
    console.error(`Again, this alone: node test/modules/run.js --seed=${seed} ${name}\n`);
  }
}

async function main() {
  const { names, seed, isComplete } = parseOptions(process.argv.slice(2));
  if (!fs.existsSync(NODE_MODULES)) {
    throw new Error(`${NODE_MODULES} is missing; run script/build-modules first`);
  }
  console.log(`${names.length} native modules; the moments of termination are of --seed=${seed}\n`);
  /** @type {Row[]} */
  const rows = [];
  for (const name of names) {
    rows.push(await tryModule(name, seed));
    printProgress(rows[rows.length - 1], seed);
  }
  const table = formatTable(rows);
  console.log(`\n${table}`);
  fs.writeFileSync(RESULTS, JSON.stringify({ seed, machine: os.cpus()[0].model, rows }, null, 2));
  const cells = rows.flatMap(({ columns }) => Object.values(columns));
  const failed = cells.filter(({ isPassed }) => !isPassed).length;
  if (isComplete && failed === 0) writePart(PAGE, 'modules', table);
  console.log(`\n${cells.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(`test-modules: ${error.message}`);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
});
