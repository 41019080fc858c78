'use strict';

const { dispatchInvoke, dispatchPosted, dispatchSend, dispatchSync } = require('./ipc-dispatch');
const { openLine } = require('./ipc-line');
const { ipcMain } = require('./ipc-main');
const native = require('./native');
const { SenderWorker } = require('./sender-worker');
const { answerApp } = require('./worker-app');
const { APP_CHANNEL } = require('../common/worker-app');

/** In place of WebKit's id of the frame (src/page/host.h). */
const MAIN_FRAME = 0;

/** Documents of a window that are remembered, and own processes of theirs: a reload is a new one. */
const PAGES_MAX = 1024;

const text = (value) => (typeof value === 'string' ? value : '');

function answerOrDispatch(source, channel, args, reply) {
  if (channel === APP_CHANNEL) reply(answerApp(args));
  else dispatchSync(source, channel, args, reply);
}

/** The lines of a window's workers, which they make themselves; they come up the leash of their host. */
class WorkerLines {
  #contents;
  #lastPage = 0;
  /** Documents that were given a host's socket, by the number that their workers' lines bring. */
  #pages = new Map();
  /** Whose workers have not ended. @type {Set<SenderWorker>} */
  #workers = new Set();

  /** @param {object} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  /**
   * A document gets a socket to a host.
   * @param {number} frame WebKit's id, 0 for the main one
   * @returns {number} for the host, which tells it of the lines of the document's workers
   */
  addPage(frame) {
    const { frameTree, mainFrame } = this.#contents;
    const place = frameTree.placeOf(frame === MAIN_FRAME ? mainFrame.routingId : frame);
    this.#pages.set(++this.#lastPage, place);
    if (this.#pages.size > PAGES_MAX) this.#pages.delete(this.#pages.keys().next().value);
    return this.#lastPage;
  }

  /**
   * @param {number} key of our end of the channel
   * @param {string} json of lib/worker/supervisor.js, which says which worker it is
   */
  open(key, json) {
    try {
      this.#open(key, JSON.parse(json));
    } catch (error) {
      process.stderr.write(`weft: warning: a worker has no line to ipcMain: ${error.message}\n`);
    }
  }

  #open(key, { page, name, url }) {
    const place = this.#pages.get(page);
    if (!place) {
      native.discard(key); // the worker of a document that has long gone
      return;
    }
    const from =
      (dispatch) =>
      (...message) =>
        dispatch(source, ...message);
    const line = openLine(key, {
      send: from(dispatchSend),
      invoke: from(dispatchInvoke),
      post: from(dispatchPosted),
      sync: from(answerOrDispatch),
      closed: () => this.#closed(worker),
    });
    const worker = new SenderWorker(line, { name: text(name), url: text(url) });
    const source = this.#sourceOf(worker, place);
    this.#workers.add(worker);
  }

  /** The page has gone, and its workers with it. */
  close() {
    for (const worker of [...this.#workers]) this.#closed(worker);
    this.#pages.clear();
  }

  /** @returns {import('./ipc-dispatch').Source} */
  #sourceOf(worker, place) {
    const contents = this.#contents;
    return {
      contents,
      place,
      more: { type: 'worker', senderWorker: worker },
      targets: [contents.ipc, ipcMain],
      send: (channel, args) => worker.send(channel, ...args),
    };
  }

  #closed(worker) {
    if (this.#workers.delete(worker)) worker.destroy();
  }
}

module.exports = { WorkerLines };
