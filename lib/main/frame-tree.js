'use strict';

const { emitDetails, emitEvent } = require('./event');
const { FramePlace, FrameState, originOf, textOf } = require('./frame-state');
const { WebFrameMain } = require('./web-frame-main');

/** Most subframes of a page: as many as Chromium and WebKit make. What is told of more is dropped. */
const FRAMES_MAX = 1000;

const NO_STATUS = -1;

/** What a frame tells besides its documents. The first two are told once of each. */
const HAPPENINGS = ['ready', 'loaded', 'moved'];

const isId = (id) => Number.isSafeInteger(id) && id > 0;

/**
 * The frames of a webContents. src/page/frames.c tells of them, in the order in which they come; the
 * main frame is always there, and is the same one in all documents and processes.
 */
class FrameTree {
  #contents;
  #main = new FrameState(0, null);
  /** By WebKit's id. @type {Map<number, FrameState>} */
  #subframes = new Map();
  /** @type {Map<FrameState, WebFrameMain>} */
  #frames = new Map();
  /** The number of the main document that told of these frames. */
  #document = null;

  /** @param {object} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  get mainFrame() {
    return this.frameOf(this.#main);
  }

  /** @param {FrameState} state @returns {WebFrameMain} the one object for it */
  frameOf(state) {
    const known = this.#frames.get(state);
    if (known) return known;
    const frame = new WebFrameMain(this, state);
    this.#frames.set(state, frame);
    return frame;
  }

  get contents() {
    return this.#contents;
  }

  get processId() {
    return this.#contents.getProcessId();
  }

  /** @returns {WebFrameMain | undefined} the frame with WebKit's id */
  find(id) {
    if (id === this.#main.id) return this.mainFrame;
    const state = this.#subframes.get(id);
    return state && this.frameOf(state);
  }

  /** What the frame with WebKit's id shows now. @returns {FramePlace | undefined} */
  placeOf(id) {
    const state = id === this.#main.id ? this.#main : this.#subframes.get(id);
    return state && new FramePlace(this, state);
  }

  /** The main frame has another document, which main knows itself. @param {string} url */
  committed(url) {
    this.#clear();
    this.#main.begin();
    this.#main.url = url;
    this.#main.origin =
      url === 'about:blank' ? (this.#contents.opener?.origin ?? 'null') : originOf(url);
    this.#main.name = '';
  }

  /** Its document is at another address; whose it is does not change. @param {string} url */
  moved(url) {
    if (originOf(url) === originOf(this.#main.url)) this.#main.url = url;
  }

  /** The page's process, or the page, has gone. */
  processGone(reason) {
    this.#clear();
    this.mainFrame.scriptsOf().fail(reason);
  }

  /** The page will never come back. */
  destroy(reason) {
    this.processGone(reason);
    this.#main.isGone = true;
  }

  /** From the page's process. @param {number} document @param {string} json may be anything */
  told(document, json) {
    let message;
    try {
      message = JSON.parse(json);
    } catch {
      return;
    }
    const { type, id } = message ?? {};
    if (type === 'main' && isId(id)) this.#mainDocument(document, message);
    else if (document !== this.#document || !isId(id)) return;
    else if (type === 'document') this.#subframeDocument(message);
    else if (type === 'gone' && Array.isArray(message.ids))
      for (const gone of message.ids) this.#remove(gone);
    else
      this.#happened(
        this.#subframes.get(id) ?? (id === this.#main.id ? this.#main : null),
        message,
      );
  }

  #mainDocument(document, message) {
    const isFirst = this.#document === null;
    this.#clear();
    this.#document = document;
    this.#main.begin();
    this.#main.id = message.id;
    this.#main.name = textOf(message.name);
    this.#main.doubt(message);
    if (isFirst) this.#created(this.#main);
  }

  #subframeDocument(message) {
    const { id, parent } = message;
    const known = this.#subframes.get(id);
    const around = parent === this.#main.id ? this.#main : this.#subframes.get(parent);
    if (id === this.#main.id || (!known && (!around || this.#subframes.size >= FRAMES_MAX))) return;
    const state = known ?? new FrameState(id, around);
    state.place(message);
    state.begin();
    if (!known) {
      this.#subframes.set(id, state);
      around.sort(message.order);
      this.#created(state);
    }
    // The empty document that each frame begins with is not a navigation.
    if (state.documents > 1 || state.url !== 'about:blank') {
      const ids = [false, this.processId, id];
      emitEvent(this.#contents, 'did-frame-navigate', state.url, NO_STATUS, '', ...ids);
    }
  }

  #created(state) {
    emitDetails(
      this.#contents,
      'frame-created',
      { frame: this.frameOf(state) },
      { frame: this.frameOf(state) },
    );
  }

  #happened(state, message) {
    const { type } = message;
    // A window may outlive its first, empty document, with the listeners of frame-watch.js.
    if (!state || !HAPPENINGS.includes(type)) return;
    if (type !== 'moved' && state.told.has(type)) return;
    state.told.add(type);
    const ids = [false, this.processId, state.id];
    if (type === 'ready') emitEvent(this.frameOf(state), 'dom-ready');
    if (state === this.#main) return;
    if (type === 'moved' || type === 'loaded') state.place(message);
    if (type === 'moved') emitEvent(this.#contents, 'did-navigate-in-page', state.url, ...ids);
    if (type === 'loaded') emitEvent(this.#contents, 'did-frame-finish-load', ...ids);
  }

  #remove(id) {
    const state = this.#subframes.get(id);
    if (!state) return;
    state.parent.children.delete(state);
    for (const gone of state.subtree()) {
      gone.isGone = true;
      this.#subframes.delete(gone.id);
      this.#frames.get(gone)?.scriptsOf().fail('the frame has gone');
      this.#frames.delete(gone);
    }
  }

  #clear() {
    for (const child of [...this.#main.children]) this.#remove(child.id);
  }
}

module.exports = { FrameTree };
