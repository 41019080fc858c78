// @ts-check
'use strict';

/*
 * Looking at other processes through /proc.
 */

const fs = require('node:fs');
const { setTimeout: delay } = require('node:timers/promises');

/** Longest wait for what should happen at once, on a busy machine. */
const WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 20;

/**
 * Whether the process runs; one that has ended and waits to be collected does not.
 * @param {number} pid
 */
function isAlive(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** @param {number} pid */
function childrenOf(pid) {
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** @param {number} pid */
function commandOf(pid) {
  return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

/**
 * Looks again and again until `check` returns something true; there is no event for the end of a
 * process that is not our child.
 * @template T
 * @param {string} what for the message when it does not come to that
 * @param {() => T} check
 * @returns {Promise<T>}
 */
async function until(what, check) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await delay(LOOK_AGAIN_MS)) {
    const result = check();
    if (result) return result;
  }
  throw new Error(`waited ${WAIT_MS} ms in vain: ${what}`);
}

module.exports = { isAlive, childrenOf, commandOf, until };
