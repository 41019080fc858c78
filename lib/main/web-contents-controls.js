'use strict';

const { EventEmitter } = require('node:events');
const { hasView, viewOf } = require('./live-view');
const { NativeImage } = require('./native-image');

/** Chromium's zoom levels are powers of this. */
const ZOOM_STEP = 1.2;

/** Electron's method, and WebKit's editing command. */
const EDITING = {
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  pasteAndMatchStyle: 'PasteAsPlainText',
  delete: 'Delete',
  selectAll: 'SelectAll',
  unselect: 'Unselect',
};

/** The part of webContents that drives what is shown: history, zoom, sound, editing, the
 * inspector, pictures, downloads. */
class WebContentsControls extends EventEmitter {
  isDestroyed() {
    return !hasView(this);
  }

  getType() {
    return 'window';
  }

  getURL() {
    return viewOf(this).getURI() ?? '';
  }

  /** There is one for all. */
  get session() {
    return require('./session').defaultSession;
  }

  downloadURL(url, options) {
    require('./session').downloadURL(this, url, options);
  }

  reload() {
    viewOf(this).reload(false);
  }

  reloadIgnoringCache() {
    viewOf(this).reload(true);
  }

  stop() {
    viewOf(this).stop();
  }

  focus() {
    viewOf(this).focus();
  }

  get navigationHistory() {
    const view = viewOf(this);
    return {
      canGoBack: () => view.canGo(-1),
      canGoForward: () => view.canGo(1),
      canGoToOffset: (offset) => view.canGo(offset),
      goBack: () => void view.go(-1),
      goForward: () => void view.go(1),
      goToOffset: (offset) => void view.go(offset),
    };
  }

  canGoBack() {
    return viewOf(this).canGo(-1);
  }

  canGoForward() {
    return viewOf(this).canGo(1);
  }

  canGoToOffset(offset) {
    return viewOf(this).canGo(offset);
  }

  goBack() {
    viewOf(this).go(-1);
  }

  goForward() {
    viewOf(this).go(1);
  }

  goToOffset(offset) {
    viewOf(this).go(offset);
  }

  getZoomFactor() {
    return viewOf(this).getZoom();
  }

  setZoomFactor(factor) {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0");
    viewOf(this).setZoom(factor);
  }

  getZoomLevel() {
    return Math.log(this.getZoomFactor()) / Math.log(ZOOM_STEP);
  }

  setZoomLevel(level) {
    viewOf(this).setZoom(ZOOM_STEP ** level);
  }

  get zoomFactor() {
    return this.getZoomFactor();
  }

  set zoomFactor(factor) {
    this.setZoomFactor(factor);
  }

  getUserAgent() {
    return viewOf(this).getUserAgent();
  }

  setUserAgent(agent) {
    viewOf(this).setUserAgent(String(agent));
  }

  isAudioMuted() {
    return viewOf(this).getMuted();
  }

  setAudioMuted(muted) {
    viewOf(this).setMuted(Boolean(muted));
  }

  openDevTools({ mode } = {}) {
    viewOf(this).openInspector(mode === 'detach' || mode === 'undocked');
  }

  closeDevTools() {
    viewOf(this).closeInspector();
  }

  isDevToolsOpened() {
    return viewOf(this).isInspectorOpen();
  }

  toggleDevTools() {
    if (this.isDevToolsOpened()) this.closeDevTools();
    else this.openDevTools();
  }

  /**
   * @param {{x: number, y: number, width: number, height: number}} [rect] in CSS pixels
   * @returns {Promise<NativeImage>}
   */
  capturePage(rect) {
    const area = rect ? [rect.x, rect.y, rect.width, rect.height].map(Math.round) : null;
    if (area && !area.every(Number.isFinite)) {
      return Promise.reject(new TypeError('capturePage: rect needs numbers x, y, width, height'));
    }
    const { promise, resolve, reject } = Promise.withResolvers();
    viewOf(this).capture(area, (kind, ...values) => {
      if (kind === 'image') resolve(new NativeImage(...values));
      else reject(new Error(`capturePage: ${values[0]}; the window must have been shown`));
    });
    return promise;
  }
}

for (const [method, command] of Object.entries(EDITING)) {
  Object.defineProperty(WebContentsControls.prototype, method, {
    configurable: true,
    writable: true,
    value() {
      viewOf(this).edit(command);
    },
  });
}

module.exports = { WebContentsControls };
