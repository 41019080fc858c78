'use strict';

/** Windows and their contents, by id, in the order of creation. */
const windows = new Map();
const contents = new Map();

let lastWindowId = 0;
let lastContentsId = 0;

module.exports = {
  addWindow(window) {
    windows.set(++lastWindowId, window);
    return lastWindowId;
  },
  addContents(item) {
    contents.set(++lastContentsId, item);
    return lastContentsId;
  },
  removeWindow: (id) => windows.delete(id),
  removeContents: (id) => contents.delete(id),
  window: (id) => windows.get(id) ?? null,
  contents: (id) => contents.get(id),
  windows: () => [...windows.values()],
  allContents: () => [...contents.values()],
};
