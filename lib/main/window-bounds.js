'use strict';

const { EventEmitter } = require('node:events');
const { partsOf } = require('./live-window');
const { warnOnce } = require('./unsupported');

/** The part of BrowserWindow that is about its size and its place. */
class WindowBounds extends EventEmitter {
  #minimumSize = [0, 0];
  #isResizable = true;

  /** For the subclass's constructor: what the native window already is. */
  initialize({ minWidth, minHeight, resizable }) {
    this.#minimumSize = [minWidth, minHeight];
    this.#isResizable = resizable;
  }

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
}

module.exports = { WindowBounds };
