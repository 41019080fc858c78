'use strict';

/*
 * What trial.js runs in a page, as source, and what that page runs in its workers; the other
 * functions that it uses are of test/support/lab/page-tools.js.
 */

/** Runs the work in workers, all at once; returns their host and what each has loaded. */
async function workAtOnce({ file, folder, count, isLeft }) {
  const work = async (file, index, folder) => {
    require('node:fs').mkdirSync(folder, { recursive: true });
    await require(`./tasks/${file}.js`).work(index, folder);
    return { pid: process.pid, loaded: process.getWeftNativeModules?.() ?? [] };
  };
  const workers = Array.from({ length: count }, startTool);
  try {
    return await Promise.all(
      workers.map((worker, index) => run(worker, work, file, index, `${folder}/${index}`)),
    );
  } finally {
    if (!isLeft) for (const worker of workers) worker.terminate();
  }
}

/** Starts workers that are busy, ends each as told, and returns their errors and their threads. */
async function terminateBusy({ file, folder, endings }) {
  const errors = [];
  const threads = [];
  const endOne = async ({ isBusy, delay }, index) => {
    const worker = new Worker('busy.js');
    const begun = new Promise((resolve) => {
      worker.onmessage = ({ data: { thread, error } }) => {
        if (thread) return void threads.push(thread);
        resolve(error && errors.push(error));
      };
      worker.onerror = ({ message }) => resolve(errors.push(message));
    });
    worker.postMessage({ file, index, folder: `${folder}/${index}` });
    if (isBusy) await begun;
    await new Promise((resolve) => setTimeout(resolve, delay));
    worker.terminate();
  };
  await Promise.all(endings.map(endOne));
  return { errors, threads };
}

/** The script of a worker that is busy until it is terminated. */
const BUSY_WORKER = `onmessage = async ({ data: { file, index, folder } }) => {
  try {
    const fs = require('node:fs');
    postMessage({ thread: fs.readlinkSync('/proc/thread-self') });
    fs.mkdirSync(folder, { recursive: true });
    const { busy } = require('./tasks/' + file + '.js');
    postMessage({ isBusy: true });
    await busy(index, folder);
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};`;

module.exports = { workAtOnce, terminateBusy, BUSY_WORKER };
