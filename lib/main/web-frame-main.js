'use strict';

const { EventEmitter } = require('node:events');
const names = require('./electron-names');
const { IpcMain } = require('./ipc-main');
const { viewOf } = require('./live-view');
const { PageScripts } = require('./page-scripts');
const registry = require('./registry');
const { defineMissing } = require('./unsupported');

/** The page's own world, and that of preload scripts: src/page/worlds.h. */
const MAIN_WORLD = 0;
const ISOLATED_WORLD = 999;

/** In place of the main frame's id for the page's process. */
const MAIN_FRAME = 0;

const DISPOSED = 'Render frame was disposed before WebFrameMain could be accessed';

/** Electron's WebFrameMain: one frame, with all the documents that it shows. */
class WebFrameMain extends EventEmitter {
  #tree;
  #state;
  #scripts = new PageScripts();
  #ipc = null;

  /** For frame-tree.js. @param {import('./frame-tree').FrameTree} tree */
  constructor(tree, state) {
    super();
    this.#tree = tree;
    this.#state = state;
  }

  /** For this process's own code: the webContents whose frame it is. */
  static contentsOf = (frame) => (#tree in Object(frame) ? frame.#tree.contents : undefined);

  get ipc() {
    return (this.#ipc ??= new IpcMain());
  }

  get url() {
    return this.#live().url;
  }

  get origin() {
    return this.#live().origin;
  }

  get name() {
    return this.#live().name;
  }

  get top() {
    this.#live();
    return this.#tree.mainFrame;
  }

  get parent() {
    const { parent } = this.#live();
    return parent && this.#tree.frameOf(parent);
  }

  get frames() {
    return [...this.#live().children].map((state) => this.#tree.frameOf(state));
  }

  get framesInSubtree() {
    return this.#live()
      .subtree()
      .map((state) => this.#tree.frameOf(state));
  }

  get frameTreeNodeId() {
    return this.#state.nodeId;
  }

  get frameToken() {
    return this.#state.token;
  }

  get routingId() {
    return this.#state.id;
  }

  get processId() {
    return this.#tree.processId;
  }

  get osProcessId() {
    return this.#tree.processId;
  }

  get detached() {
    return this.#state.isGone;
  }

  isDestroyed() {
    return this.#state.isGone;
  }

  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    this.#tree.contents.lines.send(this.#lineId(), channel, args);
  }

  /**
   * @param {string} channel
   * @param {any} message
   * @param {(Electron.MessagePortMain | ArrayBuffer)[]} [transfer] Electron takes ports only
   */
  postMessage(channel, message, transfer = []) {
    if (arguments.length < 2) throw new TypeError('Insufficient number of arguments.');
    if (typeof channel !== 'string') {
      throw new TypeError(
        `Error processing argument at index 0, conversion failure from ${channel}`,
      );
    }
    if (!Array.isArray(transfer)) throw new TypeError('Invalid value for transfer');
    this.#tree.contents.lines.post(this.#lineId(), channel, message, transfer);
  }

  /** @returns {Promise<any>} what the last expression of @code gives */
  async executeJavaScript(code) {
    return this.executeIn(MAIN_WORLD, [String(code), '']);
  }

  /** @returns {boolean} whether it could be asked to */
  reload() {
    const { isGone, parent } = this.#state;
    if (isGone) return false;
    if (parent) this.executeIn(ISOLATED_WORLD, ['location.reload()', '']).catch(() => {});
    else this.#tree.contents.reload();
    return true;
  }

  /** For webContents: @param {string[]} scripts code, URL, code, URL... */
  executeIn(world, scripts) {
    return this.#scripts.execute(viewOf(this.#tree.contents), this.#lineId(), world, scripts);
  }

  /** WebKit's, or the main frame's own, which has another one in each process. */
  #lineId() {
    const { id, parent } = this.#live();
    return parent ? id : MAIN_FRAME;
  }

  /** For frame-tree.js. */
  scriptsOf() {
    return this.#scripts;
  }

  #live() {
    if (this.#state.isGone) throw new Error(DISPOSED);
    return this.#state;
  }
}

defineMissing(WebFrameMain.prototype, 'webFrameMain', names.webFrameMain, 'web-frame-main');

/** @param {(tree: import('./frame-tree').FrameTree) => WebFrameMain | undefined} choose */
function findFrame(processId, choose) {
  for (const contents of registry.allContents()) {
    const frame = contents.getProcessId() === processId ? choose(contents.frameTree) : undefined;
    if (frame) return frame;
  }
  return undefined;
}

/** Electron's module `webFrameMain`. */
const webFrameMain = {
  fromId: (processId, routingId) => findFrame(processId, (tree) => tree.find(routingId)),
  fromFrameToken(processId, token) {
    const isIt = (frame) => frame.frameToken === token;
    return findFrame(processId, (tree) => tree.mainFrame.framesInSubtree.find(isIt)) ?? null;
  },
};

module.exports = { WebFrameMain, webFrameMain, MAIN_WORLD };
