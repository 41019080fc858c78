'use strict';

/**
 * Two threads of one page that name the same key get the two ends of a channel (message-port/switch.js).
 * Runs in the supervisor. The keys come from the page, and mean something to its threads alone.
 */

const { MessageChannel } = require('node:worker_threads');

/** Far more than the ports that change their route at a time. */
const WAITING_MAX = 16_384;
const KEY_LENGTH_MAX = 128;

/** Who came first: page -> key -> thread. */
const waiting = new Map();

function canWait(ofPage, key) {
  return typeof key === 'string' && key.length <= KEY_LENGTH_MAX && ofPage.size < WAITING_MAX;
}

/** @param {import('node:worker_threads').Worker} thread @param {string} key */
function meet(thread, key) {
  const { page } = thread.weft;
  if (!waiting.has(page)) waiting.set(page, new Map());
  const ofPage = waiting.get(page);
  const first = ofPage.get(key);
  if (first === undefined) {
    if (canWait(ofPage, key)) ofPage.set(key, thread);
    else thread.postMessage({ met: { key, port: null } });
    return;
  }
  ofPage.delete(key);
  const { port1, port2 } = new MessageChannel();
  first.postMessage({ met: { key, port: port1 } }, [port1]);
  thread.postMessage({ met: { key, port: port2 } }, [port2]);
}

/** The thread has ended. */
function leave(thread) {
  const ofPage = waiting.get(thread.weft.page) ?? [];
  for (const [key, first] of ofPage) if (first === thread) ofPage.delete(key);
}

function forgetPage(page) {
  waiting.delete(page);
}

module.exports = { meet, leave, forgetPage };
