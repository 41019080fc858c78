'use strict';

const { emitEvent } = require('./event');

/** What is known about a window, kept up to date from what the native window tells. */
class WindowState {
  #window;

  isVisible = false;
  isFocused = false;
  isMinimized = false;
  isMaximized = false;
  isFullScreen = false;
  /** @type {{x: number, y: number, width: number, height: number}} */
  bounds;
  /** The bounds outside of maximised and full screen. */
  normalBounds;
  /** What the window itself has said: a change of that is an event, a wish of the app's is none. */
  #told;

  /** @param {import('node:events').EventEmitter} window gets the events */
  constructor(window, { x = 0, y = 0, width, height }) {
    this.#window = window;
    this.bounds = { x, y, width, height };
    this.normalBounds = this.bounds;
    this.#told = { x, y, width, height };
  }

  /** While it is minimised, a window is mapped and unmapped for that reason alone. */
  visible(isVisible) {
    if (this.isMinimized || isVisible === this.isVisible) return;
    this.isVisible = isVisible;
    emitEvent(this.#window, isVisible ? 'show' : 'hide');
  }

  active(isFocused) {
    if (isFocused === this.isFocused) return;
    this.isFocused = isFocused;
    emitEvent(this.#window, isFocused ? 'focus' : 'blur');
    const { app } = require('./app');
    emitEvent(app, isFocused ? 'browser-window-focus' : 'browser-window-blur', this.#window);
  }

  state(minimized, maximized, fullScreen) {
    const before = [this.isMinimized, this.isMaximized, this.isFullScreen];
    [this.isMinimized, this.isMaximized, this.isFullScreen] = [minimized, maximized, fullScreen];
    this.#changed(before[0], minimized, 'minimize', 'restore');
    this.#changed(before[1], maximized, 'maximize', 'unmaximize');
    this.#changed(before[2], fullScreen, 'enter-full-screen', 'leave-full-screen');
  }

  size(width, height) {
    this.#place({ ...this.bounds, width, height });
    if (width === this.#told.width && height === this.#told.height) return;
    Object.assign(this.#told, { width, height });
    emitEvent(this.#window, 'resize');
    emitEvent(this.#window, 'resized');
  }

  position(x, y) {
    this.#place({ ...this.bounds, x, y });
    if (x === this.#told.x && y === this.#told.y) return;
    Object.assign(this.#told, { x, y });
    emitEvent(this.#window, 'move');
    emitEvent(this.#window, 'moved');
  }

  /** The app wants it there: so it says until the window says otherwise. */
  request(bounds) {
    this.#place({ ...this.bounds, ...bounds });
  }

  #place(bounds) {
    this.bounds = bounds;
    if (!this.isMaximized && !this.isFullScreen) this.normalBounds = bounds;
  }

  #changed(before, after, on, off) {
    if (before !== after) emitEvent(this.#window, after ? on : off);
  }
}

module.exports = { WindowState };
