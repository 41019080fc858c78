'use strict';

const names = require('./electron-names');
const { sourcesFor } = require('./document-sources');
const { emitEvent } = require('./event');
const { removeView, setView, viewOf } = require('./live-view');
const { LoadState } = require('./load-state');
const native = require('./native');
const { NodeAccess } = require('./node-access');
const registry = require('./registry');
const { defineMissing } = require('./unsupported');
const { WebContentsIpc } = require('./web-contents-ipc');
const { loadFile, checkLoadOptions } = require('./load-file');
const { HANDLERS } = require('./view-events');
const { openerOf, setWindowOpenHandler } = require('./window-open');

/** Electron's webContents. Apps get them from windows; they cannot make any. */
class WebContents extends WebContentsIpc {
  #id;
  #load;
  #node;
  #isCrashed = false;
  #hasPainted = false;
  #title = '';
  #preferences;
  #sources;

  /**
   * @param {import('./preferences').Preferences} preferences
   * @param {object} viewOptions for the native view
   */
  constructor(preferences, viewOptions) {
    super();
    this.#preferences = preferences;
    this.#id = registry.addContents(this);
    this.#load = new LoadState(this, (url) => viewOf(this).load(url), {
      hasScript: preferences.get('javascript'),
    });
    this.#node = new NodeAccess(this, preferences);
    this.addFrames(preferences);
    const parts = {
      contents: this,
      load: this.#load,
      committed: (url) => this.#committed(url),
      committedURL: () => this.#node.committedURL,
      painted: () => this.#painted(),
      gone: (reason) => this.#gone(reason),
      sources: () => this.#sources,
      refreshScripts: () => this.#sources.set(viewOf(this), preferences.script()),
      titled: (title) => this.#titled(title),
    };
    const options = { ...viewOptions, scripts: [] };
    const told = (name, ...args) => HANDLERS[name](parts, ...args);
    setView(this, new native.View(options, told));
    this.#sources = sourcesFor(viewOf(this), viewOptions.opener);
  }

  get id() {
    return this.#id;
  }

  getTitle() {
    viewOf(this);
    return this.#title;
  }

  loadURL(url, options) {
    if (typeof url !== 'string') throw new TypeError('Must pass url as a string');
    checkLoadOptions(options);
    viewOf(this);
    return this.#load.loadURL(url);
  }

  loadFile(filePath, options) {
    return loadFile(this, filePath, options);
  }

  reload() {
    this.#load.expectReload();
    super.reload();
  }

  reloadIgnoringCache() {
    this.#load.expectReload();
    super.reloadIgnoringCache();
  }

  isLoading() {
    return this.#load.isLoading;
  }

  isLoadingMainFrame() {
    return this.#load.isLoading;
  }

  isCrashed() {
    return this.#isCrashed;
  }

  /** The page's process, once the page has said which; 0 before. */
  getOSProcessId() {
    return this.#node.pagePid;
  }

  getProcessId() {
    return this.#node.pagePid;
  }

  forcefullyCrashRenderer() {
    viewOf(this).terminate();
  }

  /** For WebContentsIpc: null when the page is there. @returns {Promise<void> | null} */
  untilLoaded() {
    return this.#load.untilThere(this.getURL());
  }

  setWindowOpenHandler(handler) {
    viewOf(this);
    setWindowOpenHandler(this, handler);
  }

  get opener() {
    return openerOf(this);
  }

  /** Closes the page, and its window with it. */
  close({ waitForBeforeUnload = false } = {}) {
    if (waitForBeforeUnload) viewOf(this).tryClose();
    else this.emit('-close', true);
  }

  /** For its window. */
  get hasPainted() {
    return this.#hasPainted;
  }

  /** For its window, which has gone: closes the page, its process and its worker host. */
  destroy() {
    const view = viewOf(this);
    removeView(this);
    registry.removeContents(this.#id);
    this.#load.abandon();
    this.removeFrames('the window was closed');
    this.#node.close();
    this.#sources.delete(view);
    view.close();
    emitEvent(this, 'destroyed');
  }

  #committed(url) {
    this.#isCrashed = false;
    this.#hasPainted = false;
    this.#title = '';
    this.frameCommitted(url);
    this.#node.committed(url);
    this.#preferences.committed();
  }

  /** The page says so with dom-ready, and WebKit a little later. */
  #titled(title) {
    if (!title || title === this.#title) return;
    this.#title = title;
    emitEvent(this, 'page-title-updated', title, true);
  }

  #painted() {
    if (this.#hasPainted) return;
    this.#hasPainted = true;
    setImmediate(() => this.emit('-ready-to-show'));
  }

  #gone(reason) {
    this.#isCrashed = true;
    this.#node.pageGone();
    this.framesGone("the page's process has gone");
    const details = { reason, exitCode: 0 };
    emitEvent(this, 'render-process-gone', details);
    emitEvent(require('./app').app, 'render-process-gone', this, details);
    this.#load.abandon();
  }
}

defineMissing(WebContents.prototype, 'webContents', names.webContents, 'web-contents');

module.exports = { WebContents };
