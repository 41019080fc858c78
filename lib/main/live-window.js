'use strict';

/** The native window and the state of each BrowserWindow, until it is destroyed. */
const windows = new WeakMap();

module.exports = {
  setWindow: (window, parts) => windows.set(window, parts),
  removeWindow: (window) => windows.delete(window),
  hasWindow: (window) => windows.has(window),

  /** @returns {{native: any, state: import('./window-state').WindowState, contents: any}} */
  partsOf(window) {
    const parts = windows.get(window);
    if (!parts) throw new TypeError('Object has been destroyed');
    return parts;
  },
};
