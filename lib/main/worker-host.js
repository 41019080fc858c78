'use strict';

const { appEnvironment } = require('./environment');
const native = require('./native');
const paths = require('./paths');

const NODE_FLAGS = [
  // Electron's workers have it.
  '--experimental-eventsource',
  // Else V8 collects in each thread once it is idle, some 40 ms of CPU time a worker.
  '--no-memory-reducer',
];

/** Hosts whose processes have not ended. */
const alive = new Set();
const waiting = [];

/** The process with the Node threads of one window's workers. It is started when it is made. */
class WorkerHost {
  #appPath;
  #nativeModules;
  /** The process to which pages are given, if it is there. */
  #current = null;

  /**
   * @param {string} appPath
   * @param {import('./native-module-settings').NativeModuleSettings} [nativeModules]
   */
  constructor(appPath, nativeModules) {
    this.#appPath = appPath;
    this.#nativeModules = nativeModules;
    this.#start();
  }

  get pid() {
    return this.#current?.pid;
  }

  /** Gives the host a page's socket; one that has died is replaced first. */
  attach(descriptor) {
    if (!this.#current) this.#start();
    if (this.#current.attach(descriptor)) return;
    this.#start(); // it has died, and its exit has not been told yet
    if (!this.#current.attach(descriptor)) throw new Error('it has ended at once');
  }

  /** Ends it: it goes when it sees its leash closed, and is killed if it does not. */
  close() {
    this.#current?.close();
    this.#current = null;
  }

  #start() {
    const args = [...NODE_FLAGS, paths.supervisor, `--app-path=${this.#appPath}`];
    if (this.#nativeModules) {
      args.push(`--native-modules=${JSON.stringify(this.#nativeModules)}`);
    }
    const options = {
      file: process.execPath,
      args,
      env: appEnvironment(),
    };
    const host = new native.Host(options, () => this.#ended(host));
    alive.add(host);
    this.#current = host;
  }

  #ended(host) {
    if (this.#current === host) this.#current = null;
    alive.delete(host);
    if (alive.size === 0) for (const resolve of waiting.splice(0)) resolve();
  }
}

/** Lets every host go. @returns {Promise<void>} done when their processes have ended */
function allEnded() {
  if (alive.size === 0) return Promise.resolve();
  for (const host of alive) host.close();
  return new Promise((resolve) => waiting.push(resolve));
}

module.exports = { WorkerHost, allEnded };
