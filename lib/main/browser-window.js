'use strict';

const { app } = require('./app');
const { BaseWindow } = require('./base-window');
const names = require('./electron-names');
const { emitEvent } = require('./event');
const { partsOf, removeWindow, setWindow } = require('./live-window');
const { viewOf } = require('./live-view');
const native = require('./native');
const registry = require('./registry');
const { defineMissing } = require('./unsupported');
const { makeContents } = require('./window-contents');
const { readOptions } = require('./window-options');
const { WindowState } = require('./window-state');

/** Events of the page that are the window's too. */
const PASSED_ON = [
  'enter-html-full-screen',
  'leave-html-full-screen',
  'responsive',
  'unresponsive',
];

/** Electron's BrowserWindow: a window with one page. */
class BrowserWindow extends BaseWindow {
  #id;
  #contents;
  /** close() has asked the page; its answer closes the window. */
  #isClosing = false;

  constructor(given) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const options = readOptions(given);
    options.title = String(options.title ?? app.getName());
    this.#contents = options.webContents ?? makeContents(options);
    const view = viewOf(this.#contents);
    const state = new WindowState(this, options);
    const window = new native.Window(options, view, (name, ...args) => this.#told(state, name, args));
    setWindow(this, { native: window, state, view });
    this.#id = registry.addWindow(this);
    this.initialize(options);
    this.#listen();
    emitEvent(app, 'web-contents-created', this.#contents);
    emitEvent(app, 'browser-window-created', this);
    this.#place(options);
  }

  get id() {
    return this.#id;
  }

  get webContents() {
    return this.#contents;
  }

  /** Asks the app, then the page; if nobody objects the window goes. */
  close() {
    const { view } = partsOf(this);
    if (this.#isClosing) return;
    if (emitEvent(this, 'close')) {
      app.lifetime.cancelQuit();
      return;
    }
    if (this.isDestroyed()) return;
    this.#isClosing = true;
    // Without a page there is nobody to ask.
    if (this.#contents.isCrashed() || !this.#contents.getURL()) this.#pageClosed();
    else view.tryClose();
  }

  /** Closes it without asking anybody. */
  destroy() {
    if (this.isDestroyed()) return;
    const { native: window } = partsOf(this);
    removeWindow(this);
    registry.removeWindow(this.#id);
    window.destroy();
    emitEvent(this, 'closed');
    this.#contents.destroy();
    app.lifetime.windowClosed();
  }

  loadURL(url, options) {
    return this.#contents.loadURL(url, options);
  }

  loadFile(filePath, options) {
    return this.#contents.loadFile(filePath, options);
  }

  reload() {
    this.#contents.reload();
  }

  capturePage(rect) {
    return this.#contents.capturePage(rect);
  }

  focusOnWebView() {
    this.#contents.focus();
  }

  static getAllWindows() {
    return registry.windows();
  }

  static fromId(id) {
    return registry.window(id);
  }

  static fromWebContents(contents) {
    return registry.windows().find((window) => window.webContents === contents) ?? null;
  }

  static getFocusedWindow() {
    return registry.windows().find((window) => window.isFocused()) ?? null;
  }

  #place({ x, y, center, show, fullscreen }) {
    if (this.isDestroyed()) return;
    if (x !== undefined || y !== undefined) this.setPosition(x ?? 0, y ?? 0);
    else if (center) this.center();
    if (show) this.show();
    if (fullscreen) this.setFullScreen(true);
  }

  #listen() {
    const contents = this.#contents;
    contents.on('page-title-updated', (event, title, explicitSet) => {
      if (!emitEvent(this, 'page-title-updated', title, explicitSet)) this.setTitle(title);
    });
    contents.on('-ready-to-show', () => {
      if (!this.isDestroyed()) emitEvent(this, 'ready-to-show');
    });
    contents.on('-close', () => this.#pageClosed());
    contents.on('will-prevent-unload', (event) => {
      if (event.defaultPrevented) return;
      this.#isClosing = false;
      app.lifetime.cancelQuit();
    });
    for (const name of PASSED_ON) {
      contents.on(name, () => emitEvent(this, name));
    }
  }

  /** The page has agreed to close(), or has closed itself. WebKit may say so before close() has
   * returned; in Electron `closed` always comes later. */
  #pageClosed() {
    if (this.isDestroyed()) return;
    if (this.#isClosing || !emitEvent(this, 'close')) setImmediate(() => this.destroy());
  }

  /** From the native window: src/main/window.h. */
  #told(state, name, args) {
    if (name === 'close-request') this.close();
    else state[name](...args);
  }
}

defineMissing(BrowserWindow.prototype, 'win', names.browserWindow, 'browser-window');
defineMissing(BrowserWindow, 'BrowserWindow', names.browserWindowStatic, 'browser-window');

module.exports = { BrowserWindow };
