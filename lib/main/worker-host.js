'use strict';

const { appEnvironment } = require('./environment');
const native = require('./native');
const paths = require('./paths');
const { noAsarIntegrity } = require('./start-options');

const NODE_FLAGS = [
  // Electron's workers have it.
  '--experimental-eventsource',
  // Else V8 collects in each thread once it is idle, some 40 ms of CPU time a worker.
  '--no-memory-reducer',
];

/** Hosts whose processes have not ended. */
const alive = new Set();
/** Those of them that were told to end. */
const closing = new Set();
const waiting = [];

/**
 * @typedef {object} HostSettings
 * @property {string} appPath
 * @property {import('./native-module-settings').NativeModuleSettings} [nativeModules]
 * @property {(key: number, json: string) => void} onLine a worker has made a channel to main
 * @property {string[]} warm of which kinds it keeps a thread ready (lib/worker/supervisor/threads.js)
 * @property {import('./node-permissions').Permissions} [permissions]
 * @property {boolean} [isOwn] for one worker and those that it makes
 *
 * @typedef {object} HostEnd of a host that was not told to end
 * @property {number} code
 * @property {number} signal or 0
 * @property {string} module the native module that was running then, or ''
 */

/** The process with the Node threads of one window: start() or the first page's socket starts it. */
class WorkerHost {
  #settings;
  #onGone;
  /** The process to which pages are given, if it is there. */
  #current = null;

  /** @param {HostSettings} settings @param {(end: HostEnd) => void} onGone */
  constructor(settings, onGone) {
    this.#settings = settings;
    this.#onGone = onGone;
  }

  get pid() {
    return this.#current?.pid;
  }

  /** Does nothing for one that is there. */
  start() {
    if (!this.#current) this.#start();
  }

  /**
   * Gives the host a page's socket; one that has died is replaced first.
   * @param {object} descriptor
   * @param {number} page by which lines of the page's workers name it
   */
  attach(descriptor, page) {
    this.start();
    if (this.#current.attach(descriptor, page)) return;
    this.#start(); // it has died, and its exit has not been told yet
    if (!this.#current.attach(descriptor, page)) throw new Error('it has ended at once');
  }

  /** Ends it: it goes when it sees its leash closed, and is killed if it does not. */
  close() {
    if (this.#current) close(this.#current);
    this.#current = null;
  }

  #start() {
    const { appPath, nativeModules, permissions, warm, isOwn = false } = this.#settings;
    const flags = [...NODE_FLAGS, ...(permissions?.flags ?? [])];
    const args = [...flags, paths.supervisor, `--app-path=${appPath}`];
    for (const name of permissions?.drops ?? []) args.push(`--drop=${name}`);
    if (nativeModules) args.push(`--native-modules=${JSON.stringify(nativeModules)}`);
    for (const kind of warm) args.push(`--warm=${kind}`);
    if (isOwn) args.push('--own');
    if (noAsarIntegrity) args.push('--no-asar-integrity');
    const options = {
      file: process.execPath,
      args,
      env: appEnvironment(),
    };
    const host = new native.Host(options, (event, ...args) => {
      if (event === 'line') this.#settings.onLine(...args);
      else this.#ended(host, ...args);
    });
    alive.add(host);
    this.#current = host;
  }

  #ended(host, code, signal, module) {
    if (this.#current === host) this.#current = null;
    alive.delete(host);
    const wasTold = closing.delete(host);
    if (alive.size === 0) for (const resolve of waiting.splice(0)) resolve();
    if (!wasTold) this.#onGone({ code, signal, module });
  }
}

function close(host) {
  closing.add(host);
  host.close();
}

/** Lets every host go. @returns {Promise<void>} done when their processes have ended */
function allEnded() {
  if (alive.size === 0) return Promise.resolve();
  for (const host of alive) close(host);
  return new Promise((resolve) => waiting.push(resolve));
}

module.exports = { WorkerHost, allEnded };
