// @ts-check
'use strict';

/*
 * Runs the test suites one after the other and adds up what they say.
 *
 *   node test/run.js [suite...]
 *
 * The last line is "N passed, N failed". A suite that fails to start, or that has no test, counts
 * as one failure: a test that does not run must not look like one that passes.
 */

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.dirname(__dirname);
const BUILD = path.join(ROOT, 'build');
const COUNTS = path.join(BUILD, 'test-counts.json');

/** Longest time for one test; the slowest take some ten seconds on an idle machine. */
const TEST_TIMEOUT_MS = 120_000;
/** Longest time for a suite: what hangs must not hang for ever. */
const SUITE_TIMEOUT_MS = 900_000;
/** How long the fuzzers run as part of the tests; `make fuzz` is the long form. */
const SHORT_FUZZ_SECONDS = 20;

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ name: string, about: string, run: () => Promise<Counts> }} Suite */

/** @type {Suite[]} */
const suites = [
  {
    name: 'style',
    about: 'layers and house rules',
    run: () => runNodeTests('test/style/*.test.js'),
  },
  { name: 'unit', about: 'C, beside its source', run: runMesonTests },
  {
    name: 'lib',
    about: 'JavaScript, without a window',
    run: () => runNodeTests('test/unit/**/*.test.js', 'lib/**/*.test.js'),
  },
  {
    name: 'process',
    about: 'several processes, no window',
    run: () => runNodeTests('test/process/**/*.test.js'),
  },
  {
    name: 'api',
    about: 'real windows and workers',
    run: () => runNodeTests('test/api/**/*.test.js'),
  },
  { name: 'fuzz', about: `${SHORT_FUZZ_SECONDS} s; 'make fuzz' is longer`, run: runFuzzers },
];

/**
 * Runs a command from the root with our own output; its stdout is also returned when `capture`.
 * @param {string} command
 * @param {string[]} args
 * @param {{ capture?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args, { capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
      timeout: SUITE_TIMEOUT_MS,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: signal ? 128 : (code ?? 1), output }));
  });
}

/**
 * Runs test files with node:test, one at a time: windows would fight for the processor.
 * @param {...string} patterns
 * @returns {Promise<Counts>}
 */
async function runNodeTests(...patterns) {
  const files = fs.globSync(patterns, { cwd: ROOT }).sort();
  if (files.length === 0) throw new Error(`no file matches ${patterns.join(' or ')}`);

  fs.rmSync(COUNTS, { force: true });
  const { code } = await run(process.execPath, [
    '--test',
    '--test-concurrency=1',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${path.join(__dirname, 'support', 'counts-reporter.js')}`,
    `--test-reporter-destination=${COUNTS}`,
    ...files,
  ]);
  const { passed, failed, cancelled, skipped, todo } = JSON.parse(fs.readFileSync(COUNTS, 'utf8'));
  const counts = { passed, failed: failed + cancelled, skipped: skipped + todo };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The C tests. Meson's JUnit file has one line a test program, or one a TAP test point. */
async function runMesonTests() {
  const file = path.join(BUILD, 'meson-logs', 'testlog.junit.xml');
  fs.rmSync(file, { force: true });
  const { code } = await run('meson', ['test', '-C', BUILD, '--no-rebuild', '--print-errorlogs']);
  const report = fs.readFileSync(file, 'utf8');
  const totals = { tests: 0, failures: 0, errors: 0, skipped: 0 };

  for (const [, attributes] of report.matchAll(/<testsuite\s([^>]*)>/g)) {
    for (const key of /** @type {const} */ (['tests', 'failures', 'errors', 'skipped'])) {
      totals[key] += Number(new RegExp(`\\b${key}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    }
  }
  const failed = totals.failures + totals.errors;
  return {
    passed: totals.tests - failed - totals.skipped,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: totals.skipped,
  };
}

async function runFuzzers() {
  const { code, output } = await run('script/fuzz', [String(SHORT_FUZZ_SECONDS)], {
    capture: true,
  });
  const last = /^(\d+) passed, (\d+) failed$/m.exec(output);
  if (!last) throw new Error(`script/fuzz ended with exit code ${code}`);
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: 0 };
}

/**
 * @param {Suite} suite
 * @returns {Promise<Counts & { name: string, seconds: number }>}
 */
async function runSuite(suite) {
  console.log(`\n== ${suite.name}: ${suite.about}\n`);
  const start = performance.now();
  /** @type {Counts} */
  let counts;
  try {
    counts = await suite.run();
    if (counts.passed + counts.failed === 0) throw new Error('it has no test');
  } catch (error) {
    console.error(
      `test: the suite '${suite.name}' did not run: ${/** @type {Error} */ (error).message}`,
    );
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  return { name: suite.name, ...counts, seconds: (performance.now() - start) / 1000 };
}

/** @param {string[]} names */
function chooseSuites(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    console.error(
      `test: unknown suite '${unknown}'; there are ${suites.map((suite) => suite.name).join(', ')}`,
    );
    process.exit(2);
  }
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

async function main() {
  const results = [];
  for (const suite of chooseSuites(process.argv.slice(2))) results.push(await runSuite(suite));

  console.log('\nsuite     passed  failed  skipped     time');
  for (const { name, passed, failed, skipped, seconds } of results) {
    console.log(
      name.padEnd(8) +
        String(passed).padStart(8) +
        String(failed).padStart(8) +
        String(skipped).padStart(9) +
        `${seconds.toFixed(1)} s`.padStart(9),
    );
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

main();
