'use strict';

const { hasWindow, partsOf } = require('./live-window');
const { warnOnce } = require('./unsupported');
const { WindowBounds } = require('./window-bounds');
const { cssColor } = require('./window-options');

/** The part of BrowserWindow that is about the window and not its page. */
class BaseWindow extends WindowBounds {
  #title = '';
  #backgroundColor = '#FFFFFF';

  /** For the subclass's constructor: what the native window already is. */
  initialize(options) {
    super.initialize(options);
    this.#title = options.title;
    this.#backgroundColor = options.backgroundColor;
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
