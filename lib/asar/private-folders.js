'use strict';

/** The folder for what is written out of archives: each process has its own, and it goes with it. */

const os = require('node:os');
const path = require('node:path');
const { systemError } = require('./errors');

const PREFIX = 'weft-asar-';

/** fs without archives, and src/asar: needed when there is something to write or to remove. */
const plainFs = () => require('./original-fs');
const binding = () => require('./binding');

function remove(folder) {
  try {
    plainFs().rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another user's.
  }
}

/** With the number of the namespace in which numbers of processes mean something. */
function prefix() {
  return `${PREFIX}${/\d+/.exec(plainFs().readlinkSync('/proc/self/ns/pid'))[0]}-`;
}

function namesIn(folder) {
  try {
    return plainFs().readdirSync(folder);
  } catch {
    return []; // one that may be written to need not be readable; making a folder in it says the rest
  }
}

/** Those of processes that were killed. */
function removeLeft() {
  const ours = prefix();
  for (const name of namesIn(os.tmpdir())) {
    const pid = name.startsWith(ours) ? parseInt(name.slice(ours.length), 10) : 0;
    if (pid > 0 && !plainFs().existsSync(`/proc/${pid}`)) remove(path.join(os.tmpdir(), name));
  }
}

/** That of this process, which ends, if any of its threads has made it. */
function removeOwn() {
  const folder = binding().privateFolder('');
  if (typeof folder === 'string') remove(folder);
}

let isToBeRemoved = false;

/** For the process's main thread: others may need the folder until it ends. */
function removeAtExit() {
  if (isToBeRemoved) return;
  isToBeRemoved = true;
  process.once('exit', removeOwn);
}

function cannotMake(errno, template) {
  const error = systemError(errno, 'mkdtemp', template);
  error.message +=
    `: what the system itself loads or runs of an archive is written to the folder for temporary files, ` +
    `and that is '${os.tmpdir()}' (see TMPDIR)`;
  return error;
}

let folder = '';

/** @returns {string} the one of this process, for all of its threads; only this user may enter it */
function privateFolder() {
  if (folder !== '') return folder;
  removeLeft();
  const template = path.join(os.tmpdir(), `${prefix()}${process.pid}-XXXXXX`);
  const made = binding().privateFolder(template);
  if (typeof made === 'number') throw cannotMake(made, template);
  if (require('node:worker_threads').isMainThread) removeAtExit();
  folder = made;
  return folder;
}

module.exports = { privateFolder, removeAtExit, removeOwn };
