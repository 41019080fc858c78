'use strict';

const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { readNativeModules } = require('./native-module-settings');
const startOptions = require('./start-options');
const { allowedInPage, patterns, readOrigins } = require('./node-policy');
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
  preload: undefined,
  sandbox: undefined,
  webSecurity: true,
  webgl: true,
  zoomFactor: 1,
};

const newToken = () => randomBytes(16).toString('hex');

/** @returns {{path: string, source: string} | null}; @report gets why it cannot be had */
function readPreload(file, report) {
  if (file === undefined) return null;
  try {
    if (!path.isAbsolute(file)) throw new Error('preload script must have absolute path');
    return { path: file, source: fs.readFileSync(file, 'utf8') };
  } catch (error) {
    report(file, error);
    return null;
  }
}

/** A document in a CSP sandbox is nobody's, wherever it comes from. */
const HAS_ORIGIN = `origin !== 'null'`;

/** The webPreferences of one window, resolved. */
class Preferences {
  #values;
  #preload;
  #appPath;

  /** The secrets of the documents that may have Node, and of the others. */
  nodeToken = newToken();
  webToken = newToken();

  constructor(given, app, reportPreload) {
    for (const name of Object.keys(given)) {
      if (!(name in DEFAULTS)) warnOnce(`webPreferences.${name}`, 'browser-window');
    }
    this.#values = { ...DEFAULTS, ...given };
    this.#appPath = app.getAppPath();
    this.nodeOrigins = readOrigins(this.#values.nodeOrigins);
    this.nativeModules = readNativeModules(this.#values.nativeModules);
    const asksForNode = this.#values.nodeIntegration || this.#values.nodeIntegrationInWorker;
    this.isSandboxed = app.isSandboxForced || Boolean(this.#values.sandbox ?? !asksForNode);
    this.nodeInPage = Boolean(this.#values.nodeIntegration) && !this.isSandboxed;
    this.nodeInWorker = Boolean(this.#values.nodeIntegrationInWorker) && !this.isSandboxed;
    this.#preload = readPreload(this.#values.preload, reportPreload);
  }

  get(name) {
    return this.#values[name];
  }

  /** Scripts that configure the page extension in each document, before any script of the page.
   * Documents that may not have Node do not learn the secret that would ask for it. */
  scripts() {
    const without = this.#configureScript(this.webToken, this.#configuration(false));
    if (!this.nodeInPage && !this.nodeInWorker) return [{ source: without }];
    const allow = patterns(this.nodeOrigins);
    const having = this.#configureScript(this.nodeToken, this.#configuration(true));
    const test = `${HAS_ORIGIN} && (${allowedInPage(this.nodeOrigins)})(location)`;
    const scripts = [
      { source: `if (${test}) ${having}; else ${without}`, allow },
      { source: without, block: allow },
    ];
    if (this.nodeInWorker && this.#values.nodeIntegrationInSubFrames) {
      scripts.push({ source: this.#subframeScript(), allow, allFrames: true });
    }
    return scripts;
  }

  /** A subframe has Node only where every frame around it may have it too. */
  #subframeScript() {
    const options = { nodeIntegrationInWorker: true, isSubframe: true };
    const configure = this.#configureScript(this.nodeToken, options);
    return `if (window !== top && ${HAS_ORIGIN}) {
      const mayHaveNode = ${allowedInPage(this.nodeOrigins)};
      const isAllowed = (origin) =>
        origin === 'file://' || (origin !== 'null' && mayHaveNode(new URL(origin)));
      const { ancestorOrigins } = location;
      if (mayHaveNode(location) && [...ancestorOrigins].every(isAllowed)) {
        ${configure};
      }
    }`;
  }

  #configuration(withNode) {
    return {
      enableLogging: startOptions.logging,
      nodeIntegrationInWorker: withNode && this.nodeInWorker,
      nodeIntegration: withNode && this.nodeInPage,
      contextIsolation: Boolean(this.#values.contextIsolation),
      sandbox: this.isSandboxed,
      preload: this.#preload,
      appPath: this.#appPath,
    };
  }

  /** The options travel as text: each world of the page makes an object of its own of them. */
  #configureScript(token, options) {
    return `weft.configure(${JSON.stringify(token)}, ${JSON.stringify(JSON.stringify(options))})`;
  }
}

module.exports = { Preferences };
