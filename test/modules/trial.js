// @ts-check
'use strict';

/*
 * One native module in an app of its own: in main, and in the workers of a window. Each run of its
 * work has a folder of its own.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { startLab } = require('../support/lab');
const { workAtOnce, terminateBusy, BUSY_WORKER } = require('./page-work');
const { isAlive, until } = require('../support/processes');

/** @typedef {{ path: string, package: string | null, mode: string, why: string, loadTime: number,
 *   isReused: boolean, error?: string }} Loaded as process.getWeftNativeModules() says */
/** @typedef {InstanceType<typeof import('../support/lab').Lab>} Lab */
/** @typedef {InstanceType<typeof import('../support/lab').LabWindow>} LabWindow */
/** @typedef {{ lab: Lab, win: LabWindow }} TrialApp */
/** @typedef {{ isBusy: boolean, delay: number }} Ending of a worker: after this many ms from its
 *   start, or from when the module is at work */

const WORKERS = 8;
const ROUNDS = 3;
const RELOADED_WORKERS = 4;
const RELOADS = 3;
const TERMINATED_WORKERS = 4;
const TERMINATIONS = 5;
/** A worker is terminated at a random moment between now and then. */
const LONGEST_DELAY_MS = 500;

/** All of one module's columns; the machine may be busy. */
const TRIAL_TIMEOUT_MS = 900_000;

/** What is done with a module: its columns in the table, in this order. */
class Trial {
  #runs = 0;
  /** @type {Loaded[]} what the first worker of all has loaded */
  loaded = [];

  /** @param {TrialApp} app @param {string} name of the package @param {number} seed */
  constructor({ lab, win }, name, seed) {
    this.lab = lab;
    this.win = win;
    this.file = fileOf(name);
    this.random = randomFrom(seed);
  }

  /** A folder that no other run has. */
  #folder() {
    return path.join(this.lab.app.home, 'work', this.file, String(this.#runs++));
  }

  /** The work in this many workers of the page; returns the process id of their host.
   * @param {number} count @param {boolean} [isLeft] whether the workers are not terminated */
  async inWorkers(count, isLeft = false) {
    const { file } = this;
    const all = await this.win.page(workAtOnce, { file, folder: this.#folder(), count, isLeft });
    if (this.loaded.length === 0) this.loaded = all[0].loaded;
    return all[0].pid;
  }

  /** The work in the main process. */
  async inMain() {
    const folder = this.#folder();
    fs.mkdirSync(folder, { recursive: true });
    await this.lab.main(
      (
        /** @type {any} */ { require },
        /** @type {string} */ file,
        /** @type {number} */ index,
        /** @type {string} */ own,
      ) => require(`./tasks/${file}.js`).work(index, own),
      ...[this.file, WORKERS, folder],
    );
  }

  /** Workers of a page that goes, again and again; main does not use the module. */
  async reload(rounds = RELOADS) {
    const hosts = new Set();
    for (let round = 0; round < rounds; round++) {
      hosts.add(await this.inWorkers(RELOADED_WORKERS, true));
      await this.win.main((/** @type {any} */ { contents }, /** @type {number} */ id) =>
        contents(id).reload(),
      );
      await this.win.event('did-finish-load');
    }
    hosts.add(await this.inWorkers(1));
    assert.equal(hosts.size, 1, 'the worker host has died with a page that was reloaded');
  }

  /** Workers at once, and main before, during and after. */
  async atOnce(rounds = ROUNDS) {
    const hosts = new Set();
    for (let round = 0; round < rounds; round++) {
      await this.inMain();
      const [host] = await Promise.all([this.inWorkers(WORKERS), this.inMain()]);
      hosts.add(host);
      await this.inMain();
    }
    assert.equal(hosts.size, 1, 'the worker host has died with a worker that had done its work');
  }

  /** Busy workers, each terminated at a random moment; then a new one works.
   * @param {{ mayDie?: boolean, rounds?: number }} [options] whether their host may die of it
   * @returns {Promise<number>} how often the host has died */
  async terminated({ mayDie = false, rounds = TERMINATIONS } = {}) {
    let deaths = 0;
    for (let round = 0; round < rounds; round++) {
      const host = await this.inWorkers(1);
      const endings = Array.from({ length: TERMINATED_WORKERS }, (_, i) => ({
        isBusy: i < TERMINATED_WORKERS / 2,
        delay: Math.round(this.random() * LONGEST_DELAY_MS),
      }));
      const { file } = this;
      const orders = { file, folder: this.#folder(), endings };
      const { errors, threads } = await this.win.page(terminateBusy, orders);
      await until('the terminated threads have ended', () => !threads.some(isThere));
      await this.inWorkers(1);
      if (!isAlive(host)) deaths++;
      else assert.deepEqual(errors, [], 'errors of workers that were terminated');
      const when = JSON.stringify({ round, endings, errors });
      assert.ok(mayDie || isAlive(host), `the worker host has died: ${when}\n${this.lab.stderr}`);
    }
    return deaths;
  }

  /** The app ends: it has said nothing, but for a host that may die, and leaves no process.
   * @param {boolean} mayDie */
  async end(mayDie) {
    if (!mayDie) return this.lab.close();
    this.lab.main((/** @type {any} */ { app }) => app.exit(0)).catch(() => {});
    await this.lab.expectEnd();
  }
}

/** @param {string} thread as /proc/thread-self names it */
const isThere = (thread) => fs.existsSync(`/proc/${thread}`);

/** @param {string} name of a package @returns {string} of its file in tasks/ */
function fileOf(name) {
  return name.replace('@', '').replace('/', '-');
}

/** @returns {Record<string, string>} */
function appFiles() {
  const folder = path.join(__dirname, 'tasks');
  const tasks = fs.readdirSync(folder).map((file) => [`tasks/${file}`, path.join(folder, file)]);
  const all = [...tasks, ['forever.js', path.join(__dirname, 'forever.js')]];
  const texts = all.map(([name, file]) => [name, fs.readFileSync(file, 'utf8')]);
  return { ...Object.fromEntries(texts), 'busy.js': BUSY_WORKER };
}

/** The same numbers from 0 to 1 for the same seed. @param {number} seed */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/**
 * An app with the packages of this folder, and one window.
 * @param {{ after: (done: () => any) => void }} t
 * @param {string} nodeModules
 * @returns {Promise<TrialApp>}
 */
async function startTrialApp(t, nodeModules) {
  const lab = await startLab(/** @type {any} */ (t), appFiles(), { timeout: TRIAL_TIMEOUT_MS });
  t.after(() => lab.processes().forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  const folder = await lab.main((/** @type {any} */ { app }) => app.getAppPath());
  fs.symlinkSync(nodeModules, path.join(folder, 'node_modules'));
  return { lab, win: await lab.openShown() };
}

module.exports = { startTrialApp, Trial, fileOf };
