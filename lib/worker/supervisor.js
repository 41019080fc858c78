'use strict';

/**
 * The main thread of a worker host. It runs no code of the app's, so it always answers: it starts
 * worker threads, ends them, and keeps a spare one warm.
 *
 * In: packets of pages (src/worker/supervisor.c). Out: threads that run lib/worker/init.js.
 */

const { removeOwn } = require('../asar/private-folders');
const binding = require('./binding');
const families = require('./families');
const hostSettings = require('./host-settings');
const meetings = require('./meetings');
const { notify, wait, forgetPage } = require('./page-atomics');
const { reapNativeModules } = require('./supervisor/native-reap');
const { endThread } = require('./supervisor/thread-end');
const { Threads } = require('./supervisor/threads');
const { parseWorkerOptions } = require('./worker-options');

/** Time that threads have to end once the window has gone; then the process is killed. */
const HOST_END_TIMEOUT_MS = 2000;

/** Longest name and address of a worker that main is told. */
const LINE_TEXT_MAX = 4096;

/** Threads that have been given a script: page -> id -> thread. */
const threadsOfPages = new Map();

/** From lib/worker/supervisor-line.js. */
function onThreadMessage(thread, { meet, announce, endChild, parked, line }) {
  if (meet !== undefined) meetings.meet(thread, meet);
  else if (announce !== undefined) families.announce(thread, announce);
  else if (endChild !== undefined) families.endChild(thread, endChild);
  else if (parked !== undefined) thread.weft.parked?.();
  else if (line !== undefined) sendLine(thread, line);
}

/** A worker has made a channel to main: of lib/main/worker-lines.js. @param {number} key of main's end */
function sendLine(thread, key) {
  const { page, id, name, url } = thread.weft;
  const cut = (text) => text.slice(0, LINE_TEXT_MAX);
  const worker = { page: page.number, id, name: cut(name), url: cut(url) };
  binding.sendLine(key, JSON.stringify(worker));
}

function onThreadExit(thread, code) {
  const { page, id, key, why } = thread.weft;
  binding.discard(key); // of a thread that was ended before it took its channel
  threadsOfPages.get(page)?.delete(id);
  meetings.leave(thread);
  families.leave(thread, why);
  page.exited(id, code, why.slice(0, 4096));
  reapNativeModules();
}

function spawn(page, id, json, key) {
  let ofPage = threadsOfPages.get(page);
  if (!ofPage) threadsOfPages.set(page, (ofPage = new Map()));

  let options;
  let child = null;
  try {
    if (ofPage.has(id)) throw new Error(`worker ${id} runs already`);
    if (ofPage.size >= binding.WORKERS_MAX) throw new Error('the page has too many workers');
    options = parseWorkerOptions(json);
    if (options.nested !== '') child = families.claim(page, options.nested);
  } catch (error) {
    binding.discard(key);
    page.exited(id, 1, `The worker was refused: ${error.message}`);
    return;
  }
  const thread = (options.isAgent ? agents : threads).take();
  Object.assign(thread.weft, { page, id, key, name: options.name, url: options.url });
  ofPage.set(id, thread);
  if (child) families.join(thread, child.parent, options.nested);
  const parent = child?.port ?? null;
  thread.postMessage({ start: { key, options, parent } }, parent ? [parent] : []);
}

function terminate(page, id) {
  const thread = threadsOfPages.get(page)?.get(id);
  if (thread) endThread(thread);
}

function disconnected(page) {
  const ofPage = threadsOfPages.get(page);
  threadsOfPages.delete(page);
  for (const thread of ofPage?.values() ?? []) endThread(thread);
  forgetPage(page);
  meetings.forgetPage(page);
  if (hostSettings.isOwn) ended(); // its worker has ended, or the page
}

/** Nobody needs this process any more. */
async function ended() {
  // A thread that is stuck in native code can't be ended; the process can.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), HOST_END_TIMEOUT_MS);
  await Promise.all([threads.end(), agents.end()]);
  removeOwn(); // threads that were ended have not
  process.exit(0);
}

process.title = 'weft-worker-host';
const threads = new Threads('worker', hostSettings, onThreadMessage, onThreadExit);
/** Those that have Node for pages and preload scripts. */
const agents = new Threads('agent', hostSettings, onThreadMessage, onThreadExit);
binding.supervise({ spawn, terminate, disconnected, ended, notify, wait });
