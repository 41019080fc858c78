'use strict';

/*
 * What the functions that a test runs in a page may use: this is the first script of each page.
 */

/** Before anything else of the page has run. */
window.firstWorker = window.Worker;

/** The next event; a worker's error in its place is an error here. */
function next(target, type = 'message') {
  return new Promise((resolve, reject) => {
    const settle = (event) => {
      target.removeEventListener(type, settle);
      target.removeEventListener('error', settle);
      if (event.type === type) resolve(event);
      else reject(new Error(`error event instead of ${type}: ${event.message}`));
    };
    target.addEventListener(type, settle);
    if (type !== 'error') target.addEventListener('error', settle);
  });
}

/** Posts, and waits for what comes back. */
async function ask(worker, message, transfer) {
  const answer = next(worker);
  worker.postMessage(message, transfer);
  return (await answer).data;
}

/** A worker that runs the functions which `run` sends it. */
function startTool() {
  return new Worker('worker-tool.js');
}

/** Runs a function in a tool worker, and waits for its value. */
async function run(worker, fn, ...args) {
  const { value, error } = await ask(worker, { source: `${fn}`, args });
  if (error !== undefined) throw new Error(`in the worker: ${error}`);
  return value;
}

/** Runs a function in a worker of its own. */
async function runAlone(fn, ...args) {
  const worker = startTool();
  try {
    return await run(worker, fn, ...args);
  } finally {
    worker.terminate();
  }
}

/** A worker with this script. */
function fromText(text, options) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(url, options);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The error that a function throws. */
function thrownBy(fn) {
  try {
    fn();
    return null;
  } catch ({ name, message, code }) {
    return { name, message, code };
  }
}

/** What one may know of an error event. */
function describeEvent({ type, message, filename, lineno }) {
  return { type, message, file: filename?.split('/').pop(), lineno };
}
