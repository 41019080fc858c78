'use strict';

/** The preferences of each webContents. @type {WeakMap<object, import('./preferences').Preferences>} */
const preferences = new WeakMap();

module.exports = {
  setPreferences: (contents, value) => preferences.set(contents, value),
  /** @returns {import('./preferences').Preferences} */
  preferencesOf: (contents) => preferences.get(contents),
};
