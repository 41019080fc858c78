'use strict';

const { emitEvent } = require('./event');

/** What the shell reports for a process that a signal has ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Ready, quit and exit, in Electron's order: before-quit, each window's close, will-quit, quit.
 * Any of the first three can be prevented.
 */
class Lifetime {
  #app;
  #ready = Promise.withResolvers();
  #state = 'running'; // 'quitting': windows are being asked; 'exiting': nobody is asked any more
  #exitCode = undefined;

  isReady = false;
  /** Called when somebody wants to know when the app is ready; see init.js. */
  onWhenReady = null;

  constructor(app) {
    this.#app = app;
  }

  whenReady() {
    this.onWhenReady?.();
    return this.#ready.promise;
  }

  /** Once, after the app's main script has run. */
  start() {
    if (this.isReady || this.#state === 'exiting') return;
    for (const signal of Object.keys(SIGNALS)) process.once(signal, () => this.#signalled(signal));
    emitEvent(this.#app, 'will-finish-launching');
    this.isReady = true;
    emitEvent(this.#app, 'ready', {});
    this.#ready.resolve();
  }

  /** An app's own handler decides; otherwise the app is asked to quit. A second signal kills. */
  #signalled(signal) {
    if (process.listenerCount(signal) > 0) return;
    this.#exitCode = SIGNALS[signal];
    this.quit();
  }

  quit() {
    if (this.#state !== 'running') return;
    this.#state = 'quitting';
    if (emitEvent(this.#app, 'before-quit')) {
      this.cancelQuit();
      return;
    }
    const windows = this.#windows();
    if (windows.length === 0) this.#finish();
    else for (const window of windows) window.close();
  }

  exit(exitCode) {
    if (this.#state === 'exiting') return;
    this.#exitCode = exitCode;
    this.#state = 'exiting';
    const windows = this.#windows();
    if (windows.length === 0) this.#shutDown();
    else for (const window of windows) window.destroy();
  }

  /** A window has refused to close. */
  cancelQuit() {
    if (this.#state !== 'quitting') return;
    this.#state = 'running';
    this.#exitCode = undefined;
  }

  get isQuitting() {
    return this.#state !== 'running';
  }

  /** For windows: one has gone. */
  windowClosed() {
    if (this.#windows().length > 0) return;
    if (this.#state === 'exiting') this.#shutDown();
    else if (this.#state === 'quitting') this.#finish();
    else if (this.#app.listenerCount('window-all-closed') === 0) this.quit();
    else emitEvent(this.#app, 'window-all-closed');
  }

  #windows() {
    return require('./registry').windows();
  }

  #finish() {
    if (emitEvent(this.#app, 'will-quit')) {
      this.cancelQuit();
      return;
    }
    this.#state = 'exiting';
    this.#shutDown();
  }

  #shutDown() {
    const exitCode = this.#exitCode ?? process.exitCode ?? 0;
    emitEvent(this.#app, 'quit', exitCode);
    require('./worker-host').allEnded().then(() => process.exit(exitCode));
  }
}

module.exports = { Lifetime };
