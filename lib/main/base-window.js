'use strict';

const { EventEmitter } = require('node:events');
const { hasWindow, partsOf } = require('./live-window');
const { warnOnce } = require('./unsupported');
const { cssColor } = require('./window-options');

/** The part of BrowserWindow that is about the window and not its page. */
class BaseWindow extends EventEmitter {
  #title = '';
  #minimumSize = [0, 0];
  #isResizable = true;
  #backgroundColor = '#FFFFFF';

  /** For the subclass's constructor: what the native window already is. */
  initialize({ title, minWidth, minHeight, resizable, backgroundColor }) {
    this.#title = title;
    this.#minimumSize = [minWidth, minHeight];
    this.#isResizable = resizable;
    this.#backgroundColor = backgroundColor;
  }

  isDestroyed() {
    return !hasWindow(this);
  }

  // ---- showing -------------------------------------------------------------------------

  show() {
    if (this.isMinimized()) this.restore();
    partsOf(this).native.show(true);
  }

  showInactive() {
    partsOf(this).native.show(false);
  }

  hide() {
    partsOf(this).native.hide();
  }

  focus() {
    if (this.isVisible()) partsOf(this).native.show(true);
  }

  moveTop() {
    this.focus();
  }

  isVisible() {
    const { state } = partsOf(this);
    return state.isVisible && !state.isMinimized;
  }

  isFocused() {
    return partsOf(this).state.isFocused;
  }

  minimize() {
    partsOf(this).native.setMinimized(true);
  }

  isMinimized() {
    return partsOf(this).state.isMinimized;
  }

  restore() {
    const { native, state } = partsOf(this);
    if (state.isMinimized) native.setMinimized(false);
    else if (state.isMaximized) native.setMaximized(false);
  }

  maximize() {
    const { native, state } = partsOf(this);
    if (!state.isVisible) native.show(true);
    native.setMaximized(true);
  }

  unmaximize() {
    partsOf(this).native.setMaximized(false);
  }

  isMaximized() {
    return partsOf(this).state.isMaximized;
  }

  setFullScreen(flag) {
    partsOf(this).native.setFullScreen(Boolean(flag));
  }

  isFullScreen() {
    return partsOf(this).state.isFullScreen;
  }

  isNormal() {
    return !this.isMinimized() && !this.isMaximized() && !this.isFullScreen();
  }

  // ---- size and place ------------------------------------------------------------------

  getBounds() {
    return { ...partsOf(this).state.bounds };
  }

  /** @param {Partial<{x: number, y: number, width: number, height: number}>} bounds */
  setBounds(bounds) {
    const { native, state } = partsOf(this);
    const wanted = { ...state.bounds };
    for (const key of ['x', 'y', 'width', 'height']) {
      if (bounds[key] === undefined) continue;
      if (!Number.isFinite(bounds[key])) throw new TypeError(`setBounds: ${key} must be a number`);
      wanted[key] = Math.round(bounds[key]);
    }
    const hasSize = bounds.width !== undefined || bounds.height !== undefined;
    const hasPlace = bounds.x !== undefined || bounds.y !== undefined;
    wanted.width = Math.max(wanted.width, this.#minimumSize[0], 1);
    wanted.height = Math.max(wanted.height, this.#minimumSize[1], 1);
    state.request(wanted);
    if (hasSize) native.setSize(wanted.width, wanted.height);
    if (hasPlace && !native.setPosition(wanted.x, wanted.y)) {
      warnOnce('the place of a window, on Wayland,', 'browser-window');
    }
  }

  getNormalBounds() {
    return { ...partsOf(this).state.normalBounds };
  }

  getSize() {
    const { width, height } = this.getBounds();
    return [width, height];
  }

  setSize(width, height) {
    this.setBounds({ width, height });
  }

  getPosition() {
    const { x, y } = this.getBounds();
    return [x, y];
  }

  setPosition(x, y) {
    this.setBounds({ x, y });
  }

  center() {
    const [left, top, across, down] = partsOf(this).native.getMonitor();
    const { width, height } = this.getBounds();
    this.setBounds({ x: left + (across - width) / 2, y: top + (down - height) / 2 });
  }

  // A window's frame is the window manager's: both sizes are the content's.

  getContentBounds() {
    return this.getBounds();
  }

  setContentBounds(bounds) {
    this.setBounds(bounds);
  }

  getContentSize() {
    return this.getSize();
  }

  setContentSize(width, height) {
    this.setSize(width, height);
  }

  getMinimumSize() {
    return [...this.#minimumSize];
  }

  setMinimumSize(width, height) {
    partsOf(this).native.setMinimumSize(width, height);
    this.#minimumSize = [width, height];
  }

  isResizable() {
    return this.#isResizable;
  }

  setResizable(resizable) {
    partsOf(this).native.setResizable(Boolean(resizable));
    this.#isResizable = Boolean(resizable);
  }

  get resizable() {
    return this.isResizable();
  }

  set resizable(resizable) {
    this.setResizable(resizable);
  }

  // ---- looks ---------------------------------------------------------------------------

  getTitle() {
    partsOf(this);
    return this.#title;
  }

  setTitle(title) {
    partsOf(this).native.setTitle(String(title));
    this.#title = String(title);
  }

  get title() {
    return this.getTitle();
  }

  set title(title) {
    this.setTitle(title);
  }

  getBackgroundColor() {
    return this.#backgroundColor;
  }

  setBackgroundColor(color) {
    partsOf(this).view.setBackgroundColor(cssColor(color));
    this.#backgroundColor = String(color);
  }

  // ---- the menu bar, which windows do not have -------------------------------------------

  removeMenu() {
    partsOf(this);
  }

  setMenu(menu) {
    if (menu !== null) throw new Error('win.setMenu() is not supported yet; see docs/api/browser-window.md');
  }

  isMenuBarVisible() {
    return false;
  }

  setMenuBarVisibility(visible) {
    if (visible) warnOnce('win.setMenuBarVisibility(true)', 'browser-window');
  }
}

module.exports = { BaseWindow };
