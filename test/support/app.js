// @ts-check
'use strict';

/*
 * Runs real apps in real windows, on a display of their own.
 *
 * An app's main script says what it found with report(value), which is defined for it: one line
 * `RESULT <json>` on stdout, and one element of `results` here.
 */

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { childrenOf, commandOf } = require('./processes');
const { hasSandbox, sandboxOptions } = require('./sandbox');

const WEFT = path.resolve(__dirname, '../../build/src/launcher/weft');

/** An app that runs longer has hung. */
const APP_TIMEOUT_MS = 60_000;

/** On the first line, so that the lines of an app's main script keep their numbers. */
const PRELUDE =
  "globalThis.report = (value) => process.stdout.write('RESULT ' + JSON.stringify(value) + '\\n'); ";

const PAGE = '<!doctype html><title>Page</title><body>page</body>';

/**
 * @typedef {Record<string, string | Uint8Array>} Files by name; `main.js` is the main script
 * @typedef {{ args?: string[], env?: NodeJS.ProcessEnv, options?: string[], wrap?: string[],
 *   timeout?: number }} How
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string,
 *   results: any[] }} Outcome
 */

/**
 * A folder that goes with the test.
 * @param {import('node:test').TestContext} t
 */
function scratch(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weft-test-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/**
 * @param {string} folder
 * @param {Files} files
 */
function writeApp(folder, files) {
  const all = {
    'package.json': JSON.stringify({ name: 'test-app', version: '1.2.3', main: 'main.js' }),
    'page.html': PAGE,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, /^main\.m?js$/.test(name) ? PRELUDE + text : text);
  }
}

/**
 * The environment of an app under test: nothing of the user's own is read or written.
 * @param {string} home
 * @param {NodeJS.ProcessEnv} [more]
 */
function cleanEnvironment(home, more) {
  const runtime = path.join(home, 'run');
  fs.mkdirSync(runtime, { mode: 0o700, recursive: true });
  return {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_DATA_HOME: path.join(home, 'data'),
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    DBUS_SESSION_BUS_ADDRESS: undefined,
    NODE_TEST_CONTEXT: undefined,
    ...more,
  };
}

/** An app that runs. */
class App {
  /** @type {any[]} */
  results = [];
  /** @type {Promise<Outcome>} */
  outcome;
  #stdout = '';
  #stderr = '';
  /** @type {((value: any) => void)[]} */
  #waiting = [];
  #taken = 0;
  #hasEnded = false;

  /** @param {import('node:child_process').ChildProcessByStdio<null, any, any>} child */
  constructor(child, home = '') {
    this.child = child;
    this.home = home;
    readline.createInterface({ input: child.stdout }).on('line', (line) => this.#line(line));
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      this.#stderr += text;
    });
    this.outcome = once(child, 'close').then(([code, signal]) => {
      this.#hasEnded = true;
      for (const give of this.#waiting.splice(0)) give(undefined);
      return { code, signal, stdout: this.#stdout, stderr: this.stderr, results: this.results };
    });
  }

  /** Without what weft says of a sandbox that the tests have switched off. */
  get stderr() {
    return hasSandbox ? this.#stderr : this.#stderr.replace(/^weft: warning: --no-sandbox.*\n/m, '');
  }

  /** The main process: the launcher's child, or what the launcher has become. */
  get mainPid() {
    const pid = /** @type {number} */ (this.child.pid);
    const isMain = (/** @type {number} */ candidate) =>
      commandOf(candidate).some((word) => word.endsWith('lib/main/init.js'));
    return [pid, ...childrenOf(pid)].find(isMain) ?? pid;
  }

  /** The next result that nobody has asked for yet. @returns {Promise<any>} */
  async next() {
    if (this.#taken === this.results.length && !this.#hasEnded) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    if (this.#taken < this.results.length) return this.results[this.#taken++];
    throw new Error(`the app has ended without a result; it said:\n${this.stderr}`);
  }

  /** @param {string} line */
  #line(line) {
    this.#stdout += `${line}\n`;
    if (!line.startsWith('RESULT ')) return;
    this.results.push(JSON.parse(line.slice('RESULT '.length)));
    this.#waiting.shift()?.(undefined);
  }
}

/**
 * Starts an app.
 * @param {import('node:test').TestContext} t ends it, if it is still there
 * @param {Files | string} files of the app, or a folder or script that is there
 * @param {How} [how] arguments of the app, options of weft, a command to run weft under
 */
function startApp(t, files, how = {}) {
  const { args = [], env = {}, options = [], wrap = [], timeout = APP_TIMEOUT_MS } = how;
  const home = scratch(t);
  const target = typeof files === 'string' ? files : path.join(home, 'app');
  if (typeof files !== 'string') writeApp(target, files);
  const [command, ...rest] = [
    ...[...wrap, WEFT, '--headless'],
    ...[...sandboxOptions, ...options],
    ...[target, ...args],
  ];
  const child = spawn(command, rest, {
    env: cleanEnvironment(home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  t.after(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  return new App(child, home);
}

/**
 * Runs an app to its end.
 * @param {import('node:test').TestContext} t
 * @param {Files | string} files
 * @param {How} [how]
 * @returns {Promise<Outcome>}
 */
function runApp(t, files, how) {
  return startApp(t, files, how).outcome;
}

/**
 * Runs the body of an async function in the main process, after `ready`, with Electron's modules
 * in scope and `page.html` beside it; then the app exits with 0. Returns what it reported.
 * @param {import('node:test').TestContext} t
 * @param {string} body
 * @param {Files} [files]
 * @returns {Promise<any[]>}
 */
async function inMain(t, body, files = {}) {
  const main = `
    const { app, BrowserWindow, ipcMain, webContents } = require('electron');
    const { once } = require('node:events');
    app.on('window-all-closed', () => {});
    app.whenReady().then(async () => {${body}}).then(() => app.exit(0), (error) => {
      console.error(error);
      app.exit(1);
    });`;
  const { code, stderr, results } = await runApp(t, { 'main.js': main, ...files });
  if (code !== 0) throw new Error(`the app has ended with ${code}:\n${stderr}`);
  return results;
}

module.exports = { App, startApp, runApp, inMain, scratch, writeApp, cleanEnvironment, WEFT };
