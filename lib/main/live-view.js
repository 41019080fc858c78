'use strict';

/** The native view of each webContents, until it is destroyed. */
const views = new WeakMap();

module.exports = {
  setView: (contents, view) => views.set(contents, view),
  removeView: (contents) => views.delete(contents),
  hasView: (contents) => views.has(contents),

  /** @returns the view; throws Electron's error for contents that are destroyed */
  viewOf(contents) {
    const view = views.get(contents);
    if (!view) throw new TypeError('Object has been destroyed');
    return view;
  },
};
