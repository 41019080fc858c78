// @ts-check
'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const sharp = /** @type {any} */ (require('sharp'));
const { packArchive } = require('../support/asar');
const { startLab } = require('../support/lab');

/** @param {string} kind @returns {Promise<Buffer>} a red picture of 19 by 7 */
const picture = (kind) =>
  sharp({ create: { width: 19, height: 7, channels: 3, background: 'red' } })
    .toFormat(kind)
    .toBuffer();

/** What the main process says of a picture. */
function describe(
  /** @type {any} */ { require },
  /** @type {string} */ method,
  /** @type {any} */ given,
) {
  const { nativeImage } = /** @type {any} */ (require('electron'));
  const image = nativeImage[method](given instanceof Uint8Array ? Buffer.from(given) : given);
  const again = nativeImage.createFromDataURL(image.toDataURL());
  return [image.isEmpty(), image.getSize(), image.toPNG().length > 0, again.getSize()];
}

const RED = [false, { width: 19, height: 7 }, true, { width: 19, height: 7 }];
const EMPTY = [true, { width: 0, height: 0 }, false, { width: 0, height: 0 }];

test('nativeImage', async (t) => {
  const lab = await startLab(t, {
    'red.png': await picture('png'),
    'red.jpg': await picture('jpeg'),
    'text.png': 'no picture',
  });
  const archive = path.join(lab.app.home, 'images.asar');
  packArchive(archive, {
    'red.png': await picture('png'),
    'unpacked.png': { bytes: await picture('png'), unpacked: true },
  });
  const file = async (/** @type {string} */ name) =>
    path.join(await lab.main((/** @type {any} */ { app }) => app.getAppPath()), name);

  await t.test('reads PNG and JPEG files', async () => {
    assert.deepEqual(await lab.main(describe, 'createFromPath', await file('red.png')), RED);
    assert.deepEqual(await lab.main(describe, 'createFromPath', await file('red.jpg')), RED);
  });

  await t.test('reads buffers', async () => {
    assert.deepEqual(await lab.main(describe, 'createFromBuffer', await picture('png')), RED);
  });

  await t.test('is empty where there is no picture', async () => {
    assert.deepEqual(await lab.main(describe, 'createFromPath', await file('gone.png')), EMPTY);
    assert.deepEqual(await lab.main(describe, 'createFromPath', await file('text.png')), EMPTY);
    assert.deepEqual(await lab.main(describe, 'createFromDataURL', 'data:text/plain,x'), EMPTY);
  });

  await t.test('reads image from asar archive', async () => {
    assert.deepEqual(await lab.main(describe, 'createFromPath', `${archive}/red.png`), RED);
  });

  await t.test('reads image from asar archive with unpacked files', async () => {
    assert.deepEqual(await lab.main(describe, 'createFromPath', `${archive}/unpacked.png`), RED);
  });
  await lab.close();
});
