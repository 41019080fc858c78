'use strict';

/** Of frames, over all windows: Electron's `frameTreeNodeId`. */
let lastNodeId = 0;

/** Of an address, an origin or a name: frame-watch.js cuts them too. */
const TEXT_MAX = 65536;

/** @param {any} value of a page's process */
const textOf = (value) => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : '');

/** What is known of one frame: by WebKit of the main frame's address, else by the page's word. */
class FrameState {
  nodeId = ++lastNodeId;
  token = require('node:crypto').randomUUID().replaceAll('-', '').toUpperCase();
  /** @type {Set<FrameState>} */
  children = new Set();
  /** Documents that it has shown. */
  documents = 0;
  /** What the present document has told. @type {Set<string>} */
  told = new Set();
  isGone = false;
  url = '';
  origin = 'null';
  name = '';

  /** @param {number} id WebKit's, in its process @param {FrameState | null} parent */
  constructor(id, parent) {
    this.id = id;
    this.parent = parent;
    parent?.children.add(this);
  }

  /** It shows another one. */
  begin() {
    this.documents++;
    this.told.clear();
  }

  /** @param {any} said {url, origin, name} of a page's process: may be anything */
  place(said) {
    this.url = textOf(said.url);
    this.origin = textOf(said.origin) || 'null';
    this.name = textOf(said.name);
  }

  /**
   * A main document is nobody's unless WebKit and its own process agree whose it is: it may be in a sandbox
   * of its own, and WebKit gives it the address of a load that the app has asked for meanwhile.
   * @param {any} said as in place()
   */
  doubt(said) {
    if (textOf(said.origin) === this.origin) return;
    this.origin = 'null';
    if (originOf(textOf(said.url)) !== originOf(this.url)) this.url = '';
  }

  /** @param {any} order ids of the children, with holes for those that have told nothing yet */
  sort(order) {
    if (!Array.isArray(order)) return;
    const places = new Map(order.map((id, place) => [id, place]));
    const place = ({ id }) => places.get(id) ?? Infinity;
    this.children = new Set([...this.children].sort((a, b) => place(a) - place(b) || 0));
  }

  /** @returns {FrameState[]} itself and all below, each before its own */
  subtree() {
    return [this, ...[...this.children].flatMap((child) => child.subtree())];
  }
}

/** One document of a frame, for as long as the frame shows it. */
class FramePlace {
  #tree;
  #state;
  #documents;

  /** @param {import('./frame-tree').FrameTree} tree @param {FrameState} state */
  constructor(tree, state) {
    this.#tree = tree;
    this.#state = state;
    this.#documents = state.documents;
    this.processId = tree.processId;
    this.frameId = state.id;
    this.frameTreeNodeId = state.nodeId;
  }

  /** @returns {import('./web-frame-main').WebFrameMain | null} null when it shows another one, or nothing */
  get frame() {
    const isShown = !this.#state.isGone && this.#state.documents === this.#documents;
    return isShown ? this.#tree.frameOf(this.#state) : null;
  }
}

/** The origin of a document that is where its address says. */
function originOf(url) {
  if (!URL.canParse(url)) return 'null';
  const { origin, protocol, host } = new URL(url);
  if (protocol === 'file:') return 'file://';
  if (origin !== 'null' || host === '') return origin;
  return `${protocol}//${host}`; // a protocol of the app's
}

module.exports = { FramePlace, FrameState, originOf, textOf };
