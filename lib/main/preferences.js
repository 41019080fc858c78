'use strict';

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { readNativeModules } = require('./native-module-settings');
const { documentScript } = require('./document-script');
const { readNodePermissions } = require('./node-permissions');
const { readOrigins } = require('./node-policy');
const { warnOnce } = require('./unsupported');

/** What webPreferences may hold, with Electron's defaults. */
const DEFAULTS = {
  contextIsolation: true,
  devTools: true,
  images: true,
  javascript: true,
  nativeModules: undefined,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  nodeOrigins: undefined,
  nodePermissions: undefined,
  preload: undefined,
  sandbox: undefined,
  webSecurity: true,
  webgl: true,
  zoomFactor: 1,
};

const newToken = () => randomBytes(16).toString('hex');

/** @returns {{path: string, source: string}} */
function readPreload(file) {
  if (!path.isAbsolute(file)) throw new Error('preload script must have absolute path');
  return { path: file, source: fs.readFileSync(file, 'utf8') };
}

/** The webPreferences of one window, resolved. */
class Preferences {
  #values;

  /** The secrets of the documents that may have Node, and of the others. */
  nodeToken = newToken();
  webToken = newToken();

  /** What documents are told of the window: document-script.js. */
  contextIsolation;
  isSandboxed;
  nodeInPage;
  nodeInPreload;
  nodeInWorker;
  nodeInSubFrames;
  preload = null;

  /** Why that cannot be read. @type {Error | null} */
  #preloadError = null;

  /** Called when a page has no preload script for that. @type {(file: string, error: Error) => void} */
  onPreloadError = () => {};

  constructor(given, app) {
    for (const name of Object.keys(given)) {
      if (!(name in DEFAULTS)) warnOnce(`webPreferences.${name}`, 'browser-window');
    }
    this.#values = { ...DEFAULTS, ...given };
    this.appPath = app.getAppPath();
    this.nodeOrigins = readOrigins(this.#values.nodeOrigins);
    this.nativeModules = readNativeModules(this.#values.nativeModules);
    this.permissions = readNodePermissions(this.#values.nodePermissions, this.appPath);
    this.#decide(app.isSandboxForced);
  }

  get(name) {
    return this.#values[name];
  }

  /** Something in the window may have Node: its pages' workers, their script, or the preload script. */
  get hasNode() {
    return this.nodeInPage || this.nodeInWorker || this.nodeInPreload;
  }

  /** What a boolean option is in effect. */
  resolved(name) {
    return name === 'sandbox' ? this.isSandboxed : Boolean(this.#values[name]);
  }

  /** What the documents of the view begin with. The preload script is read anew: Electron does so at
   * each navigation. */
  script() {
    const { preload } = this.#values;
    this.preload = null;
    this.#preloadError = null;
    try {
      if (preload !== undefined) this.preload = readPreload(preload);
    } catch (error) {
      this.#preloadError = error;
    }
    return documentScript(this);
  }

  /** The main frame has its document. Those of subframes are nothing to tell of: they have no such script. */
  committed() {
    if (this.#preloadError) this.onPreloadError(this.#values.preload, this.#preloadError);
  }

  #decide(isSandboxForced) {
    const { nodeIntegration, nodeIntegrationInWorker, sandbox, preload } = this.#values;
    const asksForNode = nodeIntegration || nodeIntegrationInWorker;
    this.contextIsolation = Boolean(this.#values.contextIsolation);
    this.isSandboxed = isSandboxForced || Boolean(sandbox ?? !asksForNode);
    const mayHave = !this.isSandboxed;
    this.nodeInPage = mayHave && Boolean(nodeIntegration) && !this.contextIsolation;
    this.nodeInWorker = mayHave && Boolean(nodeIntegrationInWorker);
    this.nodeInPreload = mayHave && preload !== undefined;
    this.nodeInSubFrames = Boolean(this.#values.nodeIntegrationInSubFrames);
  }
}

module.exports = { Preferences };
