'use strict';

/**
 * The main thread of a worker host. It runs no code of the app's, so it always answers: it starts
 * worker threads, ends them, and keeps a spare one warm.
 *
 * In: packets of pages (src/worker/supervisor.c). Out: threads that run lib/worker/init.js.
 */

const path = require('node:path');
const { parseArgs } = require('node:util');
const { Worker } = require('node:worker_threads');
const { removeOwn } = require('../asar/private-folders');
const binding = require('./binding');
const families = require('./families');
const meetings = require('./meetings');
const { notify, wait, forgetPage } = require('./page-atomics');
const { parseWorkerOptions } = require('./worker-options');

/** Time that threads have to end once the window has gone; then the process is killed. */
const HOST_END_TIMEOUT_MS = 2000;

/** Web interfaces that Node has only on demand, and Electron's workers always. */
const EXEC_ARGV = ['--experimental-eventsource'];

const { values: flags } = parseArgs({
  options: {
    'app-path': { type: 'string', default: '' },
    'no-asar-integrity': { type: 'boolean', default: false },
  },
});

/** The next spare starts this much later, so that it does not compete with the worker just started. */
const SPARE_DELAY_MS = 4;

/** Threads that have been given a script: page -> id -> thread. */
const threadsOfPages = new Map();

/** The warm thread that waits for a script. */
let spare = null;

let isEnding = false;

function startThread() {
  const thread = new Worker(path.join(__dirname, 'init.js'), {
    workerData: { appPath: flags['app-path'], checksArchives: !flags['no-asar-integrity'] },
    execArgv: EXEC_ARGV,
  });
  setMember(thread, null, 0, 0);
  // Errors of the app are reported inside the thread; one that arrives here ended it.
  thread.on('error', (error) => {
    thread.weft.why = error?.message ?? String(error);
  });
  thread.on('exit', (code) => onThreadExit(thread, code));
  thread.on('message', (message) => onThreadMessage(thread, message));
  return thread;
}

/** What we keep with a thread. */
function setMember(thread, page, id, key) {
  thread.weft = { page, id, key, why: '', token: '', parent: null, children: new Set() };
}

/** From lib/worker/supervisor-line.js. */
function onThreadMessage(thread, { meet, announce, endChild }) {
  if (meet !== undefined) meetings.meet(thread, meet);
  else if (announce !== undefined) families.announce(thread, announce);
  else if (endChild !== undefined) families.endChild(thread, endChild);
}

function onThreadExit(thread, code) {
  const { page, id, key, why } = thread.weft;
  if (thread === spare) {
    spare = null; // Not started anew here: a host that can't start threads would do so for ever.
    if (!isEnding) {
      process.stderr.write(`weft: a worker thread ended while it was starting: ${why || code}\n`);
    }
    return;
  }
  binding.discard(key); // of a thread that was ended before it took its channel
  threadsOfPages.get(page)?.delete(id);
  meetings.leave(thread);
  families.leave(thread, why);
  page.exited(id, code, why.slice(0, 4096));
}

function takeThread() {
  const thread = spare ?? startThread();
  spare = null;
  setTimeout(() => {
    if (!isEnding) spare ??= startThread();
  }, SPARE_DELAY_MS);
  return thread;
}

function spawn(page, id, json, key) {
  let threads = threadsOfPages.get(page);
  if (!threads) threadsOfPages.set(page, (threads = new Map()));

  let options;
  let child = null;
  try {
    if (threads.has(id)) throw new Error(`worker ${id} runs already`);
    if (threads.size >= binding.WORKERS_MAX) throw new Error('the page has too many workers');
    options = parseWorkerOptions(json);
    if (options.nested !== '') child = families.claim(page, options.nested);
  } catch (error) {
    binding.discard(key);
    page.exited(id, 1, `The worker was refused: ${error.message}`);
    return;
  }
  const thread = takeThread();
  setMember(thread, page, id, key);
  threads.set(id, thread);
  if (child) families.join(thread, child.parent, options.nested);
  const parent = child?.port ?? null;
  thread.postMessage({ start: { key, options, parent } }, parent ? [parent] : []);
}

function terminate(page, id) {
  threadsOfPages.get(page)?.get(id)?.terminate();
}

function disconnected(page) {
  const threads = threadsOfPages.get(page);
  threadsOfPages.delete(page);
  for (const thread of threads?.values() ?? []) thread.terminate();
  forgetPage(page);
  meetings.forgetPage(page);
}

async function ended() {
  isEnding = true;
  // A thread that is stuck in native code can't be ended; the process can.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), HOST_END_TIMEOUT_MS);
  const threads = [...threadsOfPages.values()].flatMap((ofPage) => [...ofPage.values()]);
  await Promise.allSettled([...threads, spare].map((thread) => thread?.terminate()));
  removeOwn(); // threads that were ended have not
  process.exit(0);
}

process.title = 'weft-worker-host';
spare = startThread();
binding.supervise({ spawn, terminate, disconnected, ended, notify, wait });
