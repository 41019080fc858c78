'use strict';

const assert = require('node:assert/strict');
const { createCanvas, loadImage } = require('@napi-rs/canvas');
const { overlap } = require('../forever');

const SIZE = 64;

function draw(index) {
  const canvas = createCanvas(SIZE, SIZE);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, SIZE, SIZE);
  context.fillStyle = `rgb(${index}, 128, 255)`;
  context.fillRect(8, 8, 16, 16);
  context.beginPath();
  context.arc(48, 48, 8, 0, 2 * Math.PI);
  context.fill();
  return canvas;
}

exports.work = async (index) => {
  const canvas = draw(index);
  const png = await canvas.encode('png');
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual(canvas.toBuffer('image/png'), png);

  const copy = createCanvas(SIZE, SIZE).getContext('2d');
  copy.drawImage(await loadImage(png), 0, 0);
  const pixel = (x, y) => [...copy.getImageData(x, y, 1, 1).data];
  assert.deepEqual(pixel(10, 10), [index, 128, 255, 255]);
  assert.deepEqual(pixel(48, 48), [index, 128, 255, 255]);
  assert.deepEqual(pixel(40, 10), [255, 255, 255, 255]);
};

exports.busy = (index) => overlap(2, () => draw(index).encode('png'));
