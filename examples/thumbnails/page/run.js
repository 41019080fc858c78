'use strict';

const WORKERS = 4;

/** New workers that crash before they have done anything: no use in trying again. */
const MOST_CRASHES_WITHOUT_PROGRESS = 3;

/**
 * One folder: a worker looks for pictures, four others make their thumbnails. When the process of the
 * workers crashes, new ones go on. It only counts; the page looks at it when it likes (view.js).
 */
class Run {
  /** finding, making; then done, cancelled or failed */
  state = 'finding';
  message = '';
  folder;
  /** In the order in which they are shown. The state of each: waiting, done, unreadable. */
  pictures = [];
  made = 0;
  stored = 0; // in the database already
  bytes = 0; // of the pictures that were read
  unreadable = [];
  /** Native modules by name, and how they were loaded. */
  #modules = new Map();
  makers = [];
  /** The last crash, and how many there were. */
  crash = null;
  crashes = 0;
  /** Resolves when the run has come to its end, whichever. */
  ended;
  #database;
  #onEnded;
  #startTime = performance.now();
  #endTime = 0;
  #finder = null;
  #known = new Map();
  #waiting = [];
  /** Begun when the process crashed: one of them may be why, so that they are tried one by one. */
  #suspects = [];
  #isCrashWanted = false;
  #crashesWithoutProgress = 0;

  /** @param {string} folder @param {string} database */
  constructor(folder, database) {
    this.folder = folder;
    this.#database = database;
    this.ended = new Promise((resolve) => (this.#onEnded = resolve));
    this.#startFinder();
  }

  get isRunning() {
    return this.state === 'finding' || this.state === 'making';
  }

  get seconds() {
    return ((this.#endTime || performance.now()) - this.#startTime) / 1000;
  }

  /** Pictures that need nothing any more. */
  get finished() {
    return this.#known.size - this.#waiting.length - this.#suspects.length - this.#begun.length;
  }

  get modules() {
    return [...this.#modules.values()];
  }

  get #begun() {
    return this.makers.flatMap(({ pictures }) => pictures);
  }

  cancel() {
    if (this.isRunning) this.#end('cancelled', 'Cancelled');
  }

  /** Has a worker crash the process that all of them share. */
  crashProcess() {
    const [maker] = this.makers;
    if (!maker) return; // none has started yet
    this.#isCrashWanted = true;
    maker.crash();
  }

  /** Plain data, for main.js. */
  summary() {
    const { state, message, folder, made, stored, bytes, seconds, modules, crashes } = this;
    const errors = this.unreadable.map(({ path, message }) => ({ path, message }));
    return {
      ...{ state, message, folder, made, stored, bytes, seconds, modules, crashes, errors },
      pictures: this.pictures.length,
      workers: WORKERS,
    };
  }

  #startFinder() {
    this.#finder = new Worker('worker/find-worker.js');
    this.#finder.onmessage = ({ data }) => this.#toldByFinder(data);
    this.#finder.onerror = (event) => {
      event.preventDefault();
      this.#recover(event.message);
    };
    this.#finder.postMessage({ folder: this.folder, database: this.#database });
  }

  #toldByFinder(message) {
    switch (message.type) {
      case 'prepared':
        this.#startMakers();
        break;
      case 'pictures':
        for (const found of message.pictures) this.#add(found);
        this.#feed();
        break;
      case 'unreadable':
        this.#addUnreadable(message);
        break;
      case 'found':
        this.state = 'making';
        this.#finder.terminate();
        this.#finder = null;
        this.#feed();
        break;
      case 'failed':
        this.#end('failed', message.message);
        break;
    }
  }

  #add({ path, size, mtime }) {
    if (this.#known.has(path)) return; // a finder that crashed had found it
    const picture = { path, size, mtime, name: nameOf(path), state: 'waiting' };
    this.#known.set(path, picture);
    this.pictures.push(picture);
    this.#waiting.push(picture);
  }

  #addUnreadable(entry) {
    if (!this.unreadable.some(({ path }) => path === entry.path)) this.unreadable.push(entry);
  }

  #startMakers() {
    const told = {
      loaded: ({ name, mode, why }) => this.#modules.set(name, { name, mode, why }),
      answered: (picture, answer) => this.#take(picture, answer),
      failed: (message) => this.#end('failed', message),
      died: (message) => this.#recover(message),
    };
    this.makers = Array.from({ length: WORKERS }, () => new Maker(this.#database, told));
    this.#feed();
  }

  /** Those that have nothing to do come first. */
  #feed() {
    const [first] = this.makers;
    if (!first) return;
    if (this.#suspects.length > 0) {
      if (this.#begun.length === 0) first.give(this.#suspects.shift());
      return;
    }
    if (this.#begun.some(({ isSuspect }) => isSuspect)) return;
    for (const maker of this.makers) if (maker.isIdle) this.#give(maker);
    for (const maker of this.makers) if (maker.hasRoom) this.#give(maker);
    if (this.state === 'making' && this.#begun.length === 0) this.#end('done', '');
  }

  #give(maker) {
    if (this.#waiting.length > 0) maker.give(this.#waiting.shift());
  }

  #take(picture, { type, width, height, isStored, message }) {
    this.#crashesWithoutProgress = 0;
    picture.isSuspect = false;
    if (type === 'made') {
      Object.assign(picture, { state: 'done', width, height });
      if (isStored) this.stored++;
      else this.made++;
      if (!isStored) this.bytes += picture.size;
    } else {
      this.#fail(picture, message);
    }
    this.#feed();
  }

  #fail(picture, message) {
    Object.assign(picture, { state: 'unreadable', message, isSuspect: false });
    this.#addUnreadable(picture);
  }

  /** Each worker of a process that has crashed says so: the first is enough, for all are new then. */
  #recover(message) {
    if (!this.isRunning) return;
    const begun = this.makers.flatMap((maker) => maker.end());
    this.#judge(begun);
    this.crashes++;
    this.crash = { message, begun: begun.length };
    if (!this.#isCrashWanted) this.#crashesWithoutProgress++;
    this.#isCrashWanted = false;
    this.makers = [];
    if (this.#crashesWithoutProgress > MOST_CRASHES_WITHOUT_PROGRESS) {
      this.#end('failed', `The workers cannot run: ${message}`);
    } else if (this.state === 'finding') {
      this.#finder.terminate();
      this.#startFinder();
    } else {
      this.#startMakers();
    }
  }

  /** What is done with the pictures that were begun when the process crashed. */
  #judge(begun) {
    if (this.#isCrashWanted) {
      this.#waiting.unshift(...begun);
    } else if (begun.length === 1 && begun[0].isSuspect) {
      this.#fail(begun[0], 'the process crashes when it is read');
    } else {
      for (const picture of begun) picture.isSuspect = true;
      this.#suspects.unshift(...begun);
    }
  }

  /** Workers are ended, whatever they do: no need to ask them. What they have stored stays. */
  #end(state, message) {
    if (!this.isRunning) return;
    this.#finder?.terminate();
    this.#waiting.unshift(...this.makers.flatMap((maker) => maker.end()));
    this.#endTime = performance.now();
    this.state = state;
    this.message = message;
    this.#onEnded(this.summary());
  }
}
