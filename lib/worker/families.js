'use strict';

/**
 * Nested workers, in the supervisor. A thread announces a child by a secret token and leaves the
 * child's end of their channel; then it asks the page to start a worker with that token, since every
 * worker needs a channel to the page. A child ends with its parent.
 *
 * @typedef {import('./supervisor/threads').Thread} Thread
 */

const { endThread } = require('./supervisor/thread-end');

const TOKEN_LENGTH_MAX = 64;

/** Children that the page has not started yet. @type {Map<string, {parent: Thread, port: object}>} */
const announced = new Map();

/** @param {Thread} parent @param {{token: string, port: import('node:worker_threads').MessagePort}} child */
function announce(parent, { token, port }) {
  if (announced.has(token) || token.length > TOKEN_LENGTH_MAX) return;
  announced.set(token, { parent, port });
  parent.postMessage({ announced: token });
}

/**
 * The page starts a worker with this token.
 * @returns {{parent: Thread, port: import('node:worker_threads').MessagePort}}
 */
function claim(page, token) {
  const child = announced.get(token);
  if (child?.parent.weft.page !== page) throw new Error('no worker of this page has asked for it');
  announced.delete(token);
  return child;
}

/** @param {Thread} thread @param {Thread} parent @param {string} token */
function join(thread, parent, token) {
  thread.weft.parent = parent;
  thread.weft.token = token;
  parent.weft.children.add(thread);
}

/** A thread ends one of its children, or takes an announcement back. */
function endChild(parent, token) {
  if (announced.get(token)?.parent === parent) {
    announced.get(token).port.close();
    announced.delete(token);
    return;
  }
  for (const child of parent.weft.children) if (child.weft.token === token) endThread(child);
}

/** A child could not be started, or has ended. @param {Thread} parent */
function tellEnd(parent, token, why) {
  parent.postMessage({ childEnded: { token, why } });
}

/** A thread has ended. @param {Thread} thread @param {string} why */
function leave(thread, why) {
  const { parent, token, children } = thread.weft;
  for (const [key, child] of announced) if (child.parent === thread) endChild(thread, key);
  for (const child of children) endThread(child);
  if (parent === null) return;
  parent.weft.children.delete(thread);
  tellEnd(parent, token, why);
}

module.exports = { announce, claim, join, endChild, tellEnd, leave };
