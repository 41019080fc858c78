'use strict';

/* Worker: reads the thumbnails that the page shows just now. */

const { Store } = require('./database');

let store;

self.onmessage = ({ data: { database, pictures } }) => {
  store ??= new Store(database);
  for (const picture of pictures) {
    self.postMessage({ path: picture.path, image: store.read(picture) ?? null });
  }
};
