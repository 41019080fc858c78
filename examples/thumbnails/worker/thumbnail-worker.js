'use strict';

/*
 * Worker: makes one thumbnail after the other and stores it, unless the database has it already.
 */

const { describeError } = require('./describe-error');
const { Store } = require('./database');

/** Sharp on screens of twice the usual density, too. */
const SIDE = 320;
const QUALITY = 80;

let store;
let sharp;

/** Tells the page how the runtime has loaded a package that is not JavaScript; Electron has no word. */
function tellModule(name) {
  const loaded = process.getWeftNativeModules?.() ?? [];
  const { mode, why } = loaded.find(({ package: owner }) => owner?.includes(name)) ?? {};
  self.postMessage({ type: 'module', name, mode, why });
}

/** Where all thumbnails are in the database, nobody waits for sharp to load. */
function loadSharp() {
  sharp = require('sharp');
  // The workers are what runs side by side, and no picture is read twice.
  sharp.concurrency(1);
  sharp.cache(false);
  tellModule('sharp');
}

async function makeThumbnail(file) {
  if (!sharp) loadSharp();
  const picture = sharp(file);
  const { width, height } = (await picture.metadata()).autoOrient;
  const image = await picture
    .autoOrient()
    .resize(SIDE, SIDE, { fit: 'cover', withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .toBuffer();
  return { width, height, image };
}

async function make(picture) {
  try {
    const stored = store.find(picture);
    if (stored) return { type: 'made', isStored: true, ...stored };
    const { width, height, image } = await makeThumbnail(picture.path);
    store.write(picture, { width, height, image });
    return { type: 'made', isStored: false, width, height };
  } catch (error) {
    return { type: 'unreadable', message: describeError(error, picture.path) };
  }
}

function open(database) {
  try {
    store = new Store(database);
    tellModule('better-sqlite3');
  } catch (error) {
    self.postMessage({ type: 'failed', message: `Cannot open ${database}: ${error.message}` });
  }
}

self.onmessage = async ({ data }) => {
  switch (data.type) {
    case 'open':
      open(data.database);
      break;
    case 'make':
      self.postMessage({ path: data.picture.path, ...(await make(data.picture)) });
      break;
    case 'crash':
      // What a broken native module may do at any time.
      process.kill(process.pid, 'SIGSEGV');
      break;
  }
};
