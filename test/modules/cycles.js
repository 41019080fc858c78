// @ts-check
'use strict';

/*
 * Workers that load a native module and are terminated, one after the other in one host: what is left of
 * them? Beside it the same without a module. Prints a table; the last line is "N passed, N failed".
 *
 *   node test/modules/cycles.js [--cycles=N] [file or package...]
 *
 * A package is one of the root's node_modules.
 */

const { parseArgs } = require('node:util');
const { buildAddon } = require('../support/addons');
const { startLab } = require('../support/lab');
const {
  descriptorCount,
  mappingCount,
  residentBytes,
  until,
  workerCount,
} = require('../support/processes');

const CYCLES = 500;
/** Not counted: engines fill their caches first. */
const WARM_UP = 20;
/**
 * How much more the host's memory may have grown after the warm-up than that of one without a module: in
 * parts of the latter's. What a module has for itself, once, is there after the warm-up.
 */
const MOST_MORE = 0.1;
/** Not koffi: it leaves some 40 KB a worker, in plain worker_threads too. */
const MODULES = ['better-sqlite3', 'bcrypt', 'bufferutil', '@parcel/watcher', 'sharp'];
/** Each module's host has so long. */
const TIMEOUT_MS = 900_000;

/** The worker host; runs in a page. */
const hostOf = () => /** @type {any} */ (globalThis).runAlone(() => process.pid);

/** @typedef {{ start: number, end: number, mappings: number, descriptors: number }} Left bytes after the
 *   warm-up and at the end; copies of modules that are still mapped; descriptors that were not there before */

/**
 * Runs in a page: so many workers, one after the other.
 * @param {string} file to require; '' for none @param {number} count
 */
async function cycle(file, count) {
  const { fromText, next } = /** @type {any} */ (globalThis);
  const load = file === '' ? '' : `require(${JSON.stringify(file)});`;
  for (let i = 0; i < count; i++) {
    const worker = fromText(`${load} postMessage('loaded');`);
    await next(worker);
    worker.terminate();
  }
}

/**
 * @param {InstanceType<typeof import('../support/lab').LabWindow>} win @param {string} file @param {number} cycles
 * @returns {Promise<Left>}
 */
async function measure(win, file, cycles) {
  const host = await win.page(hostOf);
  const ended = () => until('the threads have ended', () => workerCount(host) <= 1);
  const run = async (/** @type {number} */ count) => {
    // In parts: one call in a page must not take too long.
    for (let left = count; left > 0; left -= 50) await win.page(cycle, file, Math.min(left, 50));
    await ended();
  };
  await run(WARM_UP);
  const start = residentBytes(host);
  const descriptors = descriptorCount(host);
  await run(cycles - WARM_UP);
  return {
    start,
    end: residentBytes(host),
    mappings: mappingCount(host, '/memfd:'),
    descriptors: descriptorCount(host) - descriptors,
  };
}

/**
 * In an app of its own.
 * @param {import('node:test').TestContext} t @param {string} file '' for none @param {number} cycles
 */
async function measureAlone(t, file, cycles) {
  const lab = await startLab(t, {}, { timeout: TIMEOUT_MS });
  const left = await measure(await lab.open(), file, cycles);
  await lab.close();
  return left;
}

/** What tests are given, as far as the lab wants it. */
async function withCleanUp(/** @type {(t: any) => Promise<any>} */ body) {
  /** @type {Function[]} */
  const after = [];
  try {
    return await body({ after: (/** @type {Function} */ fn) => after.push(fn) });
  } finally {
    for (const fn of after.reverse()) await fn();
  }
}

/** @param {Left} left @param {Left} none @returns {number} how much more it has grown, in parts of none's memory */
const compare = (left, none) => (left.end - left.start - (none.end - none.start)) / none.end;

const mebibytes = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(1).padStart(8);

/** @param {string} name @param {Left} left @param {Left} none */
function describe(name, left, none) {
  const more = (compare(left, none) * 100).toFixed(1).padStart(6);
  return (
    `${name.padEnd(20)}${mebibytes(left.start)} ->${mebibytes(left.end)} MiB, ${more} %, ` +
    `${left.mappings} mappings of copies, ${left.descriptors} descriptors`
  );
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { cycles: { type: 'string', default: String(CYCLES) } },
    allowPositionals: true,
  });
  const cycles = Number(values.cycles);
  const names = positionals.length > 0 ? positionals : [...MODULES, buildAddon('endings')];
  const alone = (/** @type {string} */ file) => withCleanUp((t) => measureAlone(t, file, cycles));
  // What Node keeps without a module differs from run to run, too.
  const none = [await alone(''), await alone('')].sort(
    (a, b) => a.end - a.start - (b.end - b.start),
  )[1];
  console.log(describe('(none)', none, none));
  let failed = 0;
  for (const name of names) {
    const left = await alone(require.resolve(name));
    const isFine = compare(left, none) <= MOST_MORE;
    if (!isFine) failed++;
    const short = name.split('/').slice(-2).join('/');
    console.log(`${describe(short, left, none)}${isFine ? '' : '  FAILED'}`);
  }
  console.log(`${names.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (require.main === module) main();

module.exports = { MOST_MORE, compare, measureAlone };
