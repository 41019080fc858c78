'use strict';

const { EventEmitter } = require('node:events');
const path = require('node:path');
const { AppPaths } = require('./app-paths');
const { CommandLine } = require('./command-line');
const { Lifetime } = require('./lifetime');
const startOptions = require('./start-options');
const { defineMissing } = require('./unsupported');
const names = require('./electron-names');

/** Chromium's bounds for user names and such are not ours; a name is one path component. */
const DEFAULT_NAME = 'weft';

/** Electron's `app`. */
class App extends EventEmitter {
  #name = DEFAULT_NAME;
  #version = require('../../package.json').version;
  #appPath = process.cwd();
  #paths = new AppPaths(() => this.#name);
  #lifetime = new Lifetime(this);
  #agent = '';
  #hardwareAcceleration = true;
  #sandboxed = false;

  commandLine = new CommandLine(process.argv.slice(2));
  isPackaged = false;

  /** For init.js: what the app's package.json says. */
  describe({ appPath, description }) {
    const name = description.productName ?? description.name;
    if (typeof name === 'string' && name !== '') this.#name = name;
    if (typeof description.version === 'string') this.#version = description.version;
    this.#appPath = appPath;
  }

  /** For windows and init.js. */
  get lifetime() {
    return this.#lifetime;
  }

  whenReady() {
    return this.#lifetime.whenReady();
  }

  isReady() {
    return this.#lifetime.isReady;
  }

  quit() {
    this.#lifetime.quit();
  }

  exit(exitCode = 0) {
    this.#lifetime.exit(Number(exitCode) | 0);
  }

  /** Starts the app again when this one has ended. */
  focus() {
    require('./browser-window').BrowserWindow.getAllWindows().at(-1)?.focus();
  }

  getAppPath() {
    return this.#appPath;
  }

  getPath(name) {
    return this.#paths.get(name);
  }

  setPath(name, value) {
    this.#paths.set(name, value);
  }

  setAppLogsPath(value = path.join(this.getPath('userData'), 'logs')) {
    this.#paths.set('logs', value);
  }

  getVersion() {
    return this.#version;
  }

  getName() {
    return this.#name;
  }

  setName(name) {
    if (typeof name !== 'string') throw new TypeError('app.setName: name must be a string');
    this.#name = name;
  }

  get name() {
    return this.#name;
  }

  set name(name) {
    this.setName(name);
  }

  getLocale() {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }

  getSystemLocale() {
    return this.getLocale();
  }

  getPreferredSystemLanguages() {
    return [this.getLocale()];
  }

  get userAgentFallback() {
    return this.#agent || require('./user-agent').defaultUserAgent(this);
  }

  set userAgentFallback(agent) {
    this.#agent = String(agent);
  }

  disableHardwareAcceleration() {
    this.#beforeReady('disableHardwareAcceleration');
    this.#hardwareAcceleration = false;
  }

  isHardwareAccelerationEnabled() {
    return this.#hardwareAcceleration;
  }

  enableSandbox() {
    this.#beforeReady('enableSandbox');
    this.#sandboxed = true;
  }

  /** For windows: `app.enableSandbox()` was called, or `--enable-sandbox` was given. */
  get isSandboxForced() {
    const isSwitched = startOptions.enableSandbox || this.commandLine.hasSwitch('enable-sandbox');
    return this.#sandboxed || isSwitched;
  }

  #beforeReady(method) {
    if (this.isReady()) throw new Error(`app.${method}() can only be called before app is ready`);
  }
}

Object.defineProperty(App.prototype, 'lifetime', { enumerable: false });
defineMissing(App.prototype, 'app', names.app, 'app');

module.exports = { app: new App() };
