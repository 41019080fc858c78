'use strict';

const { dispatchInvoke, dispatchPosted, dispatchSend, dispatchSync } = require('./ipc-dispatch');
const { openLine } = require('./ipc-line');
const { ipcMain } = require('./ipc-main');
const { SenderWorker } = require('./sender-worker');
const { answerApp } = require('./worker-app');
const { APP_CHANNEL } = require('../common/worker-app');

const text = (value) => (typeof value === 'string' ? value : '');

function answerOrDispatch(source, channel, args, reply) {
  if (channel === APP_CHANNEL) reply(answerApp(args));
  else dispatchSync(source, channel, args, reply);
}

/** The lines of a window's workers, which they make themselves; they come up the leash of their host. */
class WorkerLines {
  #contents;
  /** Whose workers have not ended. @type {Set<SenderWorker>} */
  #workers = new Set();

  /** @param {object} contents */
  constructor(contents) {
    this.#contents = contents;
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

  #open(key, { name, url }) {
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
    const source = this.#sourceOf(worker);
    this.#workers.add(worker);
  }

  /** The page has gone, and its workers with it. */
  close() {
    for (const worker of [...this.#workers]) this.#closed(worker);
  }

  /** @returns {import('./ipc-dispatch').Source} */
  #sourceOf(worker) {
    const contents = this.#contents;
    const { frameTree, mainFrame } = contents;
    return {
      contents,
      place: frameTree.placeOf(mainFrame.routingId),
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
