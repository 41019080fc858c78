'use strict';

/**
 * What Node can do only asynchronously, done at once: a thread of ours does it while this one waits.
 * It is started at its first use and kept. terminate() ends a wait, and the thread with its worker.
 */

const path = require('node:path');
const { MessageChannel, receiveMessageOnPort, Worker } = require('node:worker_threads');

const { Atomics, Int32Array, SharedArrayBuffer } = globalThis;

/** @type {{port: import('node:worker_threads').MessagePort, answers: Int32Array} | null} */
let running = null;

function start() {
  const { port1, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(path.join(__dirname, 'sync-thread-main.js'), {
    workerData: { port: port2, answers },
    transferList: [port2],
  });
  thread.unref();
  port1.unref();
  return { port: port1, answers };
}

/**
 * @param {string} operation one of lib/worker/loader/sync-thread-main.js
 * @param {unknown} value its argument, a structured clone
 * @returns {any} what it gives
 */
function callSync(operation, value) {
  running ??= start();
  const { port, answers } = running;
  const seen = Atomics.load(answers, 0);
  port.postMessage({ operation, value });
  for (;;) {
    Atomics.wait(answers, 0, seen); // returns at once when the count has moved on
    const received = receiveMessageOnPort(port);
    if (!received) continue;
    const { result, error } = received.message;
    if (error === undefined) return result;
    throw new DOMException(error.message, error.name);
  }
}

module.exports = { callSync };
