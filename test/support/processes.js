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
 * The processes with this in their environment: those of one app, orphans among them.
 * @param {string} variable `NAME=value`
 */
function processesWith(variable) {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && has(name, variable))
    .map((name) => ({ pid: Number(name), command: readOr(`/proc/${name}/cmdline`, '') }));
}

/** @param {string} pid @param {string} variable */
function has(pid, variable) {
  return `\0${readOr(`/proc/${pid}/environ`, '')}`.includes(`\0${variable}\0`);
}

/** @param {string} file @param {string} missing */
function readOr(file, missing) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return missing; // it has ended
  }
}

/** How many descriptors the process has open; 0 when it has ended. @param {number} pid */
function descriptorCount(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** How often a name occurs in the memory map of a process; 0 when it has ended.
 * @param {number} pid @param {string} name */
function mappingCount(pid, name) {
  return readOr(`/proc/${pid}/maps`, '').split(name).length - 1;
}

/** How many threads the process has; 0 when it has ended. @param {number} pid */
function threadCount(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

/**
 * How many worker threads of Node's the process has. A worker host keeps one as a spare, which it
 * starts a little after the last was used.
 * @param {number} pid
 */
function workerCount(pid) {
  const tasks = `/proc/${pid}/task`;
  try {
    const names = fs.readdirSync(tasks).map((task) => readOr(`${tasks}/${task}/comm`, ''));
    return names.filter((name) => name.trim() === 'WorkerThread').length;
  } catch {
    return 0;
  }
}

/**
 * Memory of a process that is its own or in shared memory, in bytes.
 * @param {number} pid
 */
function residentBytes(pid) {
  const status = readOr(`/proc/${pid}/status`, '');
  const kilobytes = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return 1024 * (kilobytes('RssAnon') + kilobytes('RssShmem'));
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

module.exports = {
  isAlive,
  childrenOf,
  commandOf,
  until,
  processesWith,
  descriptorCount,
  mappingCount,
  threadCount,
  workerCount,
  residentBytes,
};
