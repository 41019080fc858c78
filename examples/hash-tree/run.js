'use strict';

/** A worker has a second batch at hand, so that it does not wait for the page; but none behind a
 * large file, which others could take meanwhile. */
const MAX_BATCHES_AT_HAND = 2;
const MAX_BYTES_AT_HAND = 4 * 1024 * 1024;

/** Batches that wait for a worker; with more of them the walk waits. */
const MAX_WAITING_BATCHES = 4096;

const MOST_LARGEST = 10;
const MOST_ERRORS = 200;

function sizeOf(files) {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** One worker that hashes, as the page sees it. */
class Hasher {
  files = 0;
  bytes = 0; // of whole batches
  batchBytes = 0; // of the one that is under way
  /** The file it reads now, and how far it is. */
  current = null;
  done = 0;
  #batches = [];
  #worker = new Worker('hash-worker.js');

  /** @param {{ hashed: Function, failed: (message: string) => void }} told */
  constructor(told) {
    this.#worker.onmessage = ({ data }) => {
      if (data.type === 'progress') this.#progress(data);
      else told.hashed(data.files, this.#finishBatch(data.files));
    };
    this.#worker.onerror = (event) => told.failed(`A worker has failed: ${event.message}`);
  }

  get isIdle() {
    return this.#batches.length === 0;
  }

  get hasRoom() {
    const bytes = this.#batches.reduce((sum, batch) => sum + sizeOf(batch), 0);
    return this.#batches.length < MAX_BATCHES_AT_HAND && bytes < MAX_BYTES_AT_HAND;
  }

  give(batch) {
    this.#batches.push(batch);
    this.current ??= batch[0];
    this.#worker.postMessage(batch);
  }

  end() {
    this.#worker.terminate();
    this.current = null;
    this.bytes += this.batchBytes;
    this.batchBytes = 0;
  }

  #progress({ file, done, batchBytes }) {
    this.current = file;
    this.done = done;
    this.batchBytes = batchBytes;
  }

  /** @returns the batch as it was given */
  #finishBatch(files) {
    const batch = this.#batches.shift();
    this.current = this.#batches[0]?.[0] ?? null;
    this.done = 0;
    this.batchBytes = 0;
    this.files += files.length;
    this.bytes += sizeOf(files);
    return batch;
  }
}

/**
 * One folder, walked by one worker and hashed by as many others as there are cores. It only counts;
 * the page looks at it when it likes (view.js).
 */
class Run {
  /** walking, hashing; then done, cancelled or failed */
  state = 'walking';
  message = '';
  folder;
  digest = '';
  folders = 0;
  found = { files: 0, bytes: 0 };
  hashed = { files: 0, bytes: 0 }; // of whole batches
  largest = [];
  errors = 0;
  errorList = [];
  hashers = [];
  /** Resolves when the run has come to its end, whichever. */
  ended;
  #onEnded;
  #startTime = performance.now();
  #endTime = 0;
  #waiting = [];
  #unaccepted = 0;
  #tree = new Worker('tree-worker.js');

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    this.ended = new Promise((resolve) => (this.#onEnded = resolve));
    this.#tree.onmessage = ({ data }) => this.#toldByTree(data);
    this.#tree.onerror = (event) => this.#end('failed', `A worker has failed: ${event.message}`);
    this.#tree.postMessage({ type: 'start', folder });
  }

  get isRunning() {
    return this.state === 'walking' || this.state === 'hashing';
  }

  get seconds() {
    return ((this.#endTime || performance.now()) - this.#startTime) / 1000;
  }

  /** Of finished batches and of what is under way. */
  get bytes() {
    return this.hashers.reduce((sum, { batchBytes }) => sum + batchBytes, this.hashed.bytes);
  }

  cancel() {
    if (this.isRunning) this.#end('cancelled', 'Cancelled');
  }

  /** Plain data, for main.js. */
  summary() {
    const { state, message, folder, folders, digest, largest, errors, errorList, seconds } = this;
    const { files, bytes } = this.hashed;
    const workers = this.hashers.length;
    return {
      ...{ state, message, folder, files, folders, bytes, seconds, workers, digest },
      ...{ largest, errors, errorList },
    };
  }

  #toldByTree(message) {
    switch (message.type) {
      case 'started':
        this.folder = message.folder;
        this.#startHashers(message.cores);
        break;
      case 'files':
        this.#take(message);
        break;
      case 'unreadable':
        this.#addError(message.path, message.message);
        break;
      case 'walked':
        this.state = 'hashing';
        break;
      case 'failed':
        this.#end('failed', message.message);
        break;
      case 'done':
        this.digest = message.digest;
        this.#end('done', '');
        break;
    }
  }

  #startHashers(count) {
    const told = {
      hashed: (files, batch) => this.#takeHashed(files, batch),
      failed: (message) => this.#end('failed', message),
    };
    for (let i = 0; i < count; i++) this.hashers.push(new Hasher(told));
  }

  #take({ files, folders }) {
    this.folders += folders;
    this.found.files += files.length;
    this.found.bytes += sizeOf(files);
    if (files.length > 0) this.#waiting.push(files);
    this.#unaccepted++;
    this.#feed();
    this.#accept();
  }

  /** Those that have nothing to do come first. */
  #feed() {
    for (const hasher of this.hashers) if (hasher.isIdle) this.#give(hasher);
    for (const hasher of this.hashers) if (hasher.hasRoom) this.#give(hasher);
  }

  #give(hasher) {
    if (this.#waiting.length > 0) hasher.give(this.#waiting.shift());
  }

  #accept() {
    while (this.#unaccepted > 0 && this.#waiting.length < MAX_WAITING_BATCHES) {
      this.#unaccepted--;
      this.#tree.postMessage({ type: 'accept' });
    }
  }

  #takeHashed(files, batch) {
    this.#feed();
    this.#accept();
    this.found.bytes += sizeOf(files) - sizeOf(batch); // some have changed, or could not be read
    for (const file of files) this.#count(file);
    this.#tree.postMessage({ type: 'hashed', files: files.map(({ id, digest }) => ({ id, digest })) });
  }

  #count({ path, size, digest, error }) {
    this.hashed.files++;
    this.hashed.bytes += size;
    if (error) {
      this.#addError(path, error);
      return;
    }
    const smallest = this.largest.at(-1);
    if (this.largest.length === MOST_LARGEST && size <= smallest.size) return;
    this.largest.push({ path, size, digest });
    this.largest.sort((a, b) => b.size - a.size);
    this.largest.length = Math.min(this.largest.length, MOST_LARGEST);
  }

  #addError(path, message) {
    this.errors++;
    if (this.errorList.length < MOST_ERRORS) this.errorList.push({ path, message });
  }

  /** Workers are ended, whatever they do: no need to ask them. */
  #end(state, message) {
    if (!this.isRunning) return;
    this.hashed.bytes = this.bytes;
    this.#tree.terminate();
    for (const hasher of this.hashers) hasher.end();
    this.#waiting = [];
    this.#endTime = performance.now();
    this.state = state;
    this.message = message;
    this.#onEnded(this.summary());
  }
}
