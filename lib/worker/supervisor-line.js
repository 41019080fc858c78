'use strict';

/**
 * The line to the supervisor (supervisor.js), of which the script sees nothing. Each message is an
 * object with one property that says what it is about.
 */

const { parentPort } = require('node:worker_threads');

const listeners = new Map();
/** What to do with an end of a channel when it comes, by the key that the other end has, too. */
const meetings = new Map();

parentPort.on('message', (message) => {
  const [kind] = Object.keys(message);
  listeners.get(kind)?.(message[kind]);
});

/** @param {string} kind @param {(value: any) => void} listener */
function on(kind, listener) {
  listeners.set(kind, listener);
}

/** @param {string} kind @param {unknown} value @param {object[]} [transfer] */
function send(kind, value, transfer) {
  parentPort.postMessage({ [kind]: value }, transfer);
}

on('met', ({ key, port }) => {
  const waiting = meetings.get(key);
  const take = waiting?.shift();
  if (waiting?.length === 0) meetings.delete(key);
  take?.(port);
});

/**
 * Asks for one end of a channel whose other end whoever else names the key gets.
 * @param {string} key
 * @param {(port: import('node:worker_threads').MessagePort) => void} take
 */
function meet(key, take) {
  meetings.set(key, [...(meetings.get(key) ?? []), take]);
  send('meet', key);
}

module.exports = { meet, on, send };
