'use strict';

const assert = require('node:assert/strict');
const sharp = require('sharp');
const { overlap } = require('../forever');

const SIZE = 64;

exports.work = async (index) => {
  const color = { r: 10 * index, g: 100, b: 200 };
  const plain = sharp({ create: { width: SIZE, height: SIZE, channels: 3, background: color } });
  const png = await plain.png().toBuffer();
  assert.deepEqual(png.subarray(1, 4).toString(), 'PNG');

  const small = sharp(png).resize(SIZE / 2, SIZE / 4);
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [SIZE / 2, SIZE / 4, 3]);
  for (let i = 0; i < data.length; i += 3) {
    assert.deepEqual([...data.subarray(i, i + 3)], [color.r, color.g, color.b]);
  }
  const { format, width } = await sharp(await sharp(png).jpeg().toBuffer()).metadata();
  assert.deepEqual({ format, width }, { format: 'jpeg', width: SIZE });
  await assert.rejects(sharp(Buffer.from('no picture')).toBuffer(), /unsupported image format/);
};

exports.busy = () =>
  overlap(2, () =>
    sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } })
      .resize(200)
      .png()
      .toBuffer(),
  );
