// @ts-check
'use strict';

/*
 * A running app in whose main process, pages and workers a test runs functions.
 *
 * A function goes there as its source, so it can use its arguments and what is global there:
 * in the main process its first argument is the scope of lab/main.js, in a page there are the
 * functions of lab/page-tools.js, and those of a worker run through `run` of the same file.
 * Arguments and results are structured clones.
 */

const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const readline = require('node:readline');
const v8 = require('node:v8');
const { startApp, scratch } = require('./app');
const { until, processesWith } = require('./processes');

/** Longest time for a function that a test runs somewhere, and for an event that it waits for. */
const CALL_TIMEOUT_MS = 100_000;
/** Longest life of one app; a lab has many tests, and the machine may be busy. */
const LAB_TIMEOUT_MS = 240_000;

/** A line of lib/main/host-gone.js. */
const HOST_GONE = /^weft: warning: the worker host of .*; its workers have ended\n/gm;

const PARTS = path.join(__dirname, 'lab');

const PAGE = `<!doctype html><meta charset="utf-8"><title>Lab</title>
<script src="page-tools.js"></script><body>lab</body>`;

/** What a page needs for workers with Node; `nodeIntegration` is not part of it. */
const NODE_IN_WORKER = { nodeIntegrationInWorker: true };

const pack = (/** @type {any} */ value) => v8.serialize(value).toString('base64');
const unpack = (/** @type {string} */ text) => v8.deserialize(Buffer.from(text, 'base64'));

/**
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
async function inTime(what, promise) {
  const { promise: late, reject } = Promise.withResolvers();
  const timer = setTimeout(
    () => reject(new Error(`not done after ${CALL_TIMEOUT_MS} ms: ${what}`)),
    CALL_TIMEOUT_MS,
  );
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** A window of a lab. */
class LabWindow {
  /** @param {Lab} lab @param {number} id */
  constructor(lab, id) {
    this.lab = lab;
    this.id = id;
  }

  /**
   * Runs a function in the page.
   * @param {Function} fn @param {any[]} args JSON @returns {Promise<any>}
   */
  page(fn, ...args) {
    const call = `(${fn})(...${JSON.stringify(args)})`;
    return this.main(
      (/** @type {any} */ { contents }, /** @type {number} */ id, /** @type {string} */ source) =>
        contents(id).executeJavaScript(source),
      call,
    );
  }

  /**
   * Runs a function in the main process, with the scope and the window's id.
   * @param {Function} fn @param {any[]} args @returns {Promise<any>}
   */
  main(fn, ...args) {
    return this.lab.main(fn, this.id, ...args);
  }

  /** The next event of this window that no one has waited for yet. @param {string} name */
  event(name) {
    return this.lab.event(`${name} ${this.id}`);
  }

  /** Loads a file of the app. @param {string} file */
  load(file) {
    return this.main(
      (
        /** @type {any} */ { BrowserWindow },
        /** @type {number} */ id,
        /** @type {string} */ name,
      ) => BrowserWindow.fromId(id).loadFile(name),
      file,
    );
  }

  /** @returns {Promise<number>} */
  processId() {
    return this.main((/** @type {any} */ { contents }, /** @type {number} */ id) =>
      contents(id).getOSProcessId(),
    );
  }
}

/** The app. */
class Lab {
  /** @type {Map<number, { resolve: Function, reject: Function }>} */
  #calls = new Map();
  /** @type {Map<string, any[]>} */
  #events = new Map();
  /** @type {Map<string, { resolve: Function, reject: Function }[]>} */
  #listeners = new Map();
  #lastId = 0;
  /** @type {net.Socket | null} */
  #socket = null;

  /** @param {ReturnType<typeof startApp>} app @param {net.Server} server */
  constructor(app, server) {
    this.app = app;
    server.once('connection', (socket) => {
      this.#socket = socket;
      socket.on('error', () => {}); // the app was killed
      readline
        .createInterface({ input: socket })
        .on('line', (line) => this.#received(unpack(line)));
    });
    app.outcome.then(({ code, signal, stderr }) => {
      const error = new Error(`the app has ended with ${signal ?? code}:\n${stderr}`);
      const waiting = [...this.#calls.values(), ...[...this.#listeners.values()].flat()];
      for (const { reject } of waiting) reject(error);
      this.#calls.clear();
      this.#listeners.clear();
    });
  }

  /**
   * Runs a function in the main process; its first argument is the scope of lab/main.js.
   * @param {Function} fn @param {any[]} args @returns {Promise<any>}
   */
  main(fn, ...args) {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#calls.set(id, { resolve, reject });
    this.#socket?.write(`${pack({ id, source: `${fn}`, args })}\n`);
    return inTime(`${args[1] ?? fn}`, promise);
  }

  /**
   * The next event of this name that no one has waited for yet.
   * @param {string} name @returns {Promise<any>}
   */
  event(name) {
    const come = this.#events.get(name);
    if (come?.length) return Promise.resolve(come.shift());
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { resolve, reject }]);
    return inTime(`event ${name}`, promise);
  }

  /**
   * Opens a window with a page that has the tools of lab/page-tools.js.
   * @param {object} [webPreferences]
   * @param {string | null} [file] null loads nothing
   * @param {object} [options] of the window; a hidden page has its timers once a second at most
   */
  async open(webPreferences = NODE_IN_WORKER, file = 'page.html', options = { show: false }) {
    const id = await this.main(
      (/** @type {any} */ { BrowserWindow }, /** @type {object} */ all) =>
        new BrowserWindow(all).id,
      { ...options, webPreferences },
    );
    const window = new LabWindow(this, id);
    if (file !== null) {
      await window.load(file);
      await window.event('did-finish-load');
    }
    return window;
  }

  /** Opens a window that is shown: its page has timers and frames at the usual pace. */
  openShown() {
    return this.open(undefined, undefined, { show: true });
  }

  /** The processes of the app, the launcher's display among them. */
  processes() {
    return processesWith(`HOME=${this.app.home}`);
  }

  /** @param {string} part of the command line */
  processesNamed(part) {
    return this.processes().filter(({ command }) => command.includes(part));
  }

  /**
   * Ends the app, and checks that it said nothing and left nothing.
   * @param {object} [what] has happened
   * @param {number} [what.hostsGone] so many worker hosts ended by themselves, or a little before the app
   */
  async close({ hostsGone = 0 } = {}) {
    this.main((/** @type {any} */ { app }) => app.exit(0)).catch(() => {});
    await this.expectEnd();
    const told = this.stderr.match(HOST_GONE) ?? [];
    assert.equal(this.stderr.replace(HOST_GONE, ''), '', 'stderr of an app that is well');
    assert.ok(told.length <= hostsGone, `worker hosts have ended:\n${this.stderr}`);
  }

  /** What the app said that is not about the test machine. */
  get stderr() {
    return this.app.stderr.replace(/^weft: warning: --no-sandbox: .*\n/, '');
  }

  /** Waits for the end of the app and of all its processes. @param {number | null} [expected] */
  async expectEnd(expected = 0) {
    const { code } = await inTime('the end of the app', this.app.outcome);
    assert.equal(code, expected, `exit code; the app said:\n${this.app.stderr}`);
    await until('no process of the app is left', () => this.processes().length === 0);
  }

  /** @param {any} message */
  #received({ id, value, error, event }) {
    if (event !== undefined) {
      const listener = this.#listeners.get(event)?.shift();
      if (listener) listener.resolve(value);
      else this.#events.set(event, [...(this.#events.get(event) ?? []), value]);
      return;
    }
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  }
}

/**
 * Starts an app without a window.
 * @param {import('node:test').TestContext} t
 * @param {import('./app').Files} [files] beside page.html and its tools
 * @param {import('./app').How} [how]
 */
async function startLab(t, files = {}, how = {}) {
  const folder = scratch(t);
  const server = net.createServer().listen(path.join(folder, 'lab'));
  t.after(() => server.close());
  const parts = fs.readdirSync(PARTS).filter((name) => name !== 'main.js');
  const app = startApp(
    t,
    {
      ...Object.fromEntries(
        parts.map((name) => [name, fs.readFileSync(path.join(PARTS, name), 'utf8')]),
      ),
      'page.html': PAGE,
      'main.js': fs.readFileSync(path.join(PARTS, 'main.js'), 'utf8'),
      ...files,
    },
    { timeout: LAB_TIMEOUT_MS, ...how, args: [path.join(folder, 'lab'), ...(how.args ?? [])] },
  );
  const lab = new Lab(app, server);
  await lab.event('ready');
  return lab;
}

module.exports = { startLab, Lab, LabWindow, NODE_IN_WORKER, PAGE, inTime };
