'use strict';

/*
 * Worker: walks the folder, hands its files to the page in batches, and folds their digests, which
 * the page passes on, into one for the whole tree.
 *
 * The digest of a folder is the SHA-256 of one line for each of its entries, sorted by name:
 * `<name> NUL <digest> LF`, a folder's name with a `/` behind it, and the word `unreadable` where
 * there is no digest. So the order in which files are hashed does not matter, and a folder is
 * forgotten as soon as all of its entries are known. Links and special files are left out.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { describeError } = require('./describe-error');

const BATCH_FILES = 32;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Batches that the page has not accepted yet: with more, the walk waits. */
const MAX_OPEN_BATCHES = 8;

const FOLDERS_AT_ONCE = 8;
const ENTRIES_IN_ONE_TURN = 512;

/** In the place of a digest. */
const UNREADABLE = 'unreadable';

/** /proc and /sys: what looks like a file there has no end, or waits for ever. */
const KERNEL_FILE_SYSTEMS = new Set([0x9fa0, 0x62656572]);

class Folder {
  #lines = [];
  #awaited = 1; // the walk itself

  constructor(folderPath, device, parent) {
    this.path = folderPath;
    this.device = device;
    this.parent = parent;
  }

  add(name, digest) {
    this.#lines.push(`${name}\0${digest}\n`);
  }

  /** One more entry whose digest comes later. */
  expect() {
    this.#awaited++;
  }

  /** When nothing is awaited any more the folder's own digest goes to its parent. */
  release() {
    if (--this.#awaited > 0) return;
    const digest = createHash('sha256').update(this.#lines.sort().join('')).digest('hex');
    if (!this.parent) {
      self.postMessage({ type: 'done', digest });
      return;
    }
    this.parent.add(`${path.basename(this.path)}/`, digest);
    this.parent.release();
  }
}

/** Files on their way to the page, and those whose digests are awaited. */
class Files {
  #batch = [];
  #batchBytes = 0;
  #folders = 0;
  #openBatches = 0;
  #onAccepted = null;
  #nextId = 0;
  #awaited = new Map();

  add(folder, name, size) {
    const id = this.#nextId++;
    this.#awaited.set(id, { folder, name });
    folder.expect();
    this.#batch.push({ id, path: path.join(folder.path, name), size });
    this.#batchBytes += size;
    if (this.#batch.length >= BATCH_FILES || this.#batchBytes >= BATCH_BYTES) this.flush();
  }

  countFolder() {
    this.#folders++;
  }

  flush() {
    self.postMessage({ type: 'files', files: this.#batch, folders: this.#folders });
    this.#openBatches++;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#folders = 0;
  }

  /** Lets messages in, and waits until the page has room. */
  async pause() {
    await nextTurn();
    while (this.#openBatches >= MAX_OPEN_BATCHES) {
      this.#onAccepted ??= Promise.withResolvers();
      await this.#onAccepted.promise;
    }
  }

  /** The page has room for one more batch. */
  accept() {
    this.#openBatches--;
    this.#onAccepted?.resolve();
    this.#onAccepted = null;
  }

  settle(id, digest) {
    const { folder, name } = this.#awaited.get(id);
    this.#awaited.delete(id);
    folder.add(name, digest);
    folder.release();
  }
}

const files = new Files();

function reportError(name, error) {
  self.postMessage({ type: 'unreadable', path: name, message: describeError(error) });
}

function isOfKernel(folderPath) {
  return KERNEL_FILE_SYSTEMS.has(fs.statfsSync(folderPath).type);
}

/** @returns {Folder | null} the subfolder, if it is to be walked */
function visitFolder(parent, name) {
  const folderPath = path.join(parent.path, name);
  const { dev } = fs.lstatSync(folderPath);
  if (dev !== parent.device && isOfKernel(folderPath)) return null;
  parent.expect();
  return new Folder(folderPath, dev, parent);
}

/** @returns {Folder | null} a subfolder */
function visit(folder, entry) {
  const { name } = entry;
  try {
    if (entry.isDirectory()) return visitFolder(folder, name);
    if (entry.isFile()) files.add(folder, name, fs.lstatSync(path.join(folder.path, name)).size);
  } catch (error) {
    reportError(path.join(folder.path, name), error);
    folder.add(name, UNREADABLE);
  }
  return null;
}

/** Synchronous calls for single entries, a third of the cost; so not too many in one turn. */
async function visitAll(folder, entries) {
  const found = [];
  for (let i = 0; i < entries.length; i += ENTRIES_IN_ONE_TURN) {
    await files.pause();
    for (const entry of entries.slice(i, i + ENTRIES_IN_ONE_TURN)) {
      const subfolder = visit(folder, entry);
      if (subfolder) found.push(subfolder);
    }
  }
  files.countFolder();
  return found;
}

function readFolder(folder) {
  return fs.promises.readdir(folder.path, { withFileTypes: true });
}

async function walkFolder(folder) {
  let entries = [];
  try {
    entries = await readFolder(folder);
  } catch (error) {
    reportError(folder.path, error);
    folder.add('', UNREADABLE);
  }
  const subfolders = await visitAll(folder, entries);
  folder.release();
  return subfolders;
}

async function walk(root) {
  const waiting = await visitAll(root, await readFolder(root));
  while (waiting.length > 0) {
    const some = waiting.splice(-FOLDERS_AT_ONCE);
    const found = await Promise.all(some.map(walkFolder));
    for (const folder of found.flat()) waiting.push(folder);
  }
  files.flush();
  self.postMessage({ type: 'walked' });
  root.release();
}

async function start(given) {
  const root = path.resolve(os.homedir(), given.replace(/^~(?=\/|$)/, '.'));
  try {
    const stat = await fs.promises.stat(root);
    if (!stat.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    // Node knows the cores; browsers blur the number.
    self.postMessage({ type: 'started', folder: root, cores: os.availableParallelism() });
    await walk(new Folder(root, stat.dev, null));
  } catch (error) {
    self.postMessage({ type: 'failed', message: `Cannot read ${root}: ${describeError(error)}` });
  }
}

self.onmessage = ({ data: message }) => {
  if (message.type === 'start') start(message.folder);
  else if (message.type === 'accept') files.accept();
  else for (const { id, digest } of message.files) files.settle(id, digest ?? UNREADABLE);
};
