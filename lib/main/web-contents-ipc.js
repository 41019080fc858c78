'use strict';

const context = require('./context');
const { DocumentLines } = require('./document-lines');
const { FrameTree } = require('./frame-tree');
const { IpcMain } = require('./ipc-main');
const { isolatedScripts } = require('./isolated-scripts');
const { viewOf } = require('./live-view');
const { WebContentsControls } = require('./web-contents-controls');
const { MAIN_WORLD, webFrameMain } = require('./web-frame-main');

/** The part of webContents that talks to the page, and to its frames. */
class WebContentsIpc extends WebContentsControls {
  ipc = new IpcMain();

  /** For this process's own code. */
  frameTree = new FrameTree(this);

  /** For this process's own code, as of addFrames() on. @type {DocumentLines} */
  lines;

  #tokens = [];

  get mainFrame() {
    return this.frameTree.mainFrame;
  }

  send(channel, ...args) {
    viewOf(this); // throws when it is destroyed
    this.mainFrame.send(channel, ...args);
  }

  /** @param {[channel: string, message: any, transfer?: (Electron.MessagePortMain | ArrayBuffer)[]]} message */
  postMessage(...message) {
    viewOf(this); // throws when it is destroyed
    this.mainFrame.postMessage(...message);
  }

  /** @returns {boolean} whether there is such a frame */
  sendToFrame(frameId, channel, ...args) {
    const ids = typeof frameId === 'number' ? [this.getProcessId(), frameId] : frameId;
    if (!Array.isArray(ids) || ids.length !== 2 || !ids.every((id) => typeof id === 'number')) {
      throw new Error('Missing required frame argument (must be number or [processId, frameId])');
    }
    const frame = webFrameMain.fromId(ids[0], ids[1]);
    frame?.send(channel, ...args);
    return frame !== undefined;
  }

  /** Runs @code in the page once it is there; resolves to the value of its last expression. */
  executeJavaScript(code) {
    return this.#execute(MAIN_WORLD, [String(code), '']);
  }

  /** The same in the world of preload scripts (999), or one of the app's own. */
  async executeJavaScriptInIsolatedWorld(worldId, scripts) {
    const [world, texts] = isolatedScripts(worldId, scripts);
    return this.#execute(world, texts);
  }

  async #execute(world, texts) {
    const loaded = this.untilLoaded();
    if (loaded) await loaded;
    if (this.isCrashed()) throw new Error("executeJavaScript: the page's process has gone");
    return this.mainFrame.executeIn(world, texts);
  }

  /** For WebContents: the main frame shows another document. @param {string} url */
  frameCommitted(url) {
    this.lines.leaveAll();
    this.frameTree.committed(url);
  }

  /** For WebContents: the page's process has gone. @param {string} reason */
  framesGone(reason) {
    this.lines.leaveAll();
    this.frameTree.processGone(reason);
  }

  /** For WebContents: its pages tell of their frames under these names. */
  addFrames(preferences) {
    const { nodeToken, webToken, nodeInPage, nodeInSubFrames } = preferences;
    const expects = (isSubframe) =>
      (preferences.preload !== null || nodeInPage) && (!isSubframe || nodeInSubFrames);
    this.lines = new DocumentLines(this, expects);
    this.#tokens = [nodeToken, webToken];
    for (const token of this.#tokens) {
      context.addFrames(token, this.frameTree);
      context.addLines(token, this.lines);
    }
  }

  /** @param {string} reason */
  removeFrames(reason) {
    this.lines.closeAll();
    for (const token of this.#tokens) {
      context.removeFrames(token);
      context.removeLines(token);
    }
    this.frameTree.destroy(reason);
  }
}

module.exports = { WebContentsIpc };
