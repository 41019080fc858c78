'use strict';

/**
 * The threads of a worker host: how one is started, and the warm spare that waits for a script.
 *
 * @typedef {import('node:worker_threads').Worker & {weft: Member}} Thread
 * @typedef {object} Member what the supervisor keeps with a thread
 * @property {object | null} page that has given it a script
 * @property {number} id of the worker
 * @property {number} key of its channel
 * @property {string} name
 * @property {string} url of its script
 * @property {string} why it ended, where an error did it
 * @property {Int32Array} stopWords of thread-end.js, as the next two
 * @property {(() => void) | null} parked to be called when it has stopped
 * @property {Promise<unknown> | null} ending
 * @property {string} token of a nested one (families.js), or ''
 * @property {Thread | null} parent
 * @property {Set<Thread>} children
 */

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { createStopWords, endThread } = require('./thread-end');

/** Web interfaces that Node has only on demand, and Electron's workers always. */
const EVENT_SOURCE = '--experimental-eventsource';
/** webPreferences.nodePermissions: a thread has its own, or none. */
const PERMISSIONS = process.execArgv.filter((flag) =>
  /^--(permission|allow-|disable-warning)/.test(flag),
);
const EXEC_ARGV = [EVENT_SOURCE, ...PERMISSIONS];

/** The next spare starts this much later, so that it does not compete with the worker just started. */
const SPARE_DELAY_MS = 4;

/** What a thread is for: the code that it begins with. */
const KINDS = {
  __proto__: null,
  worker: path.join(__dirname, '..', 'init.js'),
  agent: path.join(__dirname, '..', 'agent', 'init.js'),
};

class Threads {
  #data;
  #kind;
  #onMessage;
  #onExit;
  #isEnding = false;
  /** Those that have not ended. @type {Set<Thread>} */
  #living = new Set();

  /** The warm thread that waits for a script. @type {Thread | null} */
  #spare = null;

  /**
   * @param {'worker' | 'agent'} kind
   * @param {object} data for every thread
   * @param {(thread: Thread, message: object) => void} onMessage
   * @param {(thread: Thread, code: number) => void} onExit of one that was taken
   */
  constructor(kind, data, onMessage, onExit) {
    this.#kind = kind;
    this.#data = data;
    this.#onMessage = onMessage;
    this.#onExit = onExit;
    if (this.#isKeptWarm) this.#spare = this.#start();
  }

  get #isKeptWarm() {
    return this.#data.warm.includes(this.#kind);
  }

  /** @returns {Thread} the warm one, if there is one */
  take() {
    const thread = this.#spare ?? this.#start();
    this.#spare = null;
    // In a host of its own, a worker seldom makes others.
    if (this.#isKeptWarm && !this.#data.isOwn) setTimeout(() => this.#startSpare(), SPARE_DELAY_MS);
    return thread;
  }

  /** No more are started. @returns {Promise<unknown>} done when all have ended */
  end() {
    this.#isEnding = true;
    return Promise.allSettled([...this.#living].map(endThread));
  }

  #startSpare() {
    if (!this.#isEnding) this.#spare ??= this.#start();
  }

  #start() {
    const stopWords = createStopWords();
    const workerData = { ...this.#data, stopWords };
    const thread = new Worker(KINDS[this.#kind], { workerData, execArgv: EXEC_ARGV });
    const family = { token: '', parent: null, children: new Set() };
    const end = { stopWords, parked: null, ending: null, why: '' };
    thread.weft = { page: null, id: 0, key: 0, name: '', url: '', ...end, ...family };
    // Errors of the app are reported inside the thread; one that arrives here ended it.
    thread.on('error', (error) => {
      thread.weft.why = error?.message ?? String(error);
    });
    this.#living.add(thread);
    thread.on('exit', (code) => this.#exited(thread, code));
    thread.on('message', (message) => this.#onMessage(thread, message));
    return thread;
  }

  #exited(thread, code) {
    this.#living.delete(thread);
    if (thread !== this.#spare) {
      this.#onExit(thread, code);
      return;
    }
    this.#spare = null; // Not started anew here: a host that can't start threads would do so for ever.
    if (this.#isEnding) return;
    const why = thread.weft.why || code;
    process.stderr.write(`weft: a worker thread ended while it was starting: ${why}\n`);
  }
}

module.exports = { Threads };
