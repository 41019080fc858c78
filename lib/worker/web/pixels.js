'use strict';

/**
 * Pictures as plain pixels: straight alpha, four bytes each, row after row.
 *
 * @typedef {object} Pixels
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} data
 */

/** A part of a picture; what is outside of it is transparent. @returns {Pixels} */
function crop({ width, height, data }, [x, y, newWidth, newHeight]) {
  const cut = new Uint8ClampedArray(newWidth * newHeight * 4);
  const left = Math.max(x, 0);
  const right = Math.min(x + newWidth, width);
  if (left < right) {
    for (let row = Math.max(y, 0); row < Math.min(y + newHeight, height); row++) {
      const start = (row * width + left) * 4;
      const line = data.subarray(start, start + (right - left) * 4);
      cut.set(line, ((row - y) * newWidth + left - x) * 4);
    }
  }
  return { width: newWidth, height: newHeight, data: cut };
}

/** Upside down. @param {Pixels} pixels @returns {Pixels} */
function flip({ width, height, data }) {
  const flipped = new Uint8ClampedArray(data.length);
  const stride = width * 4;
  for (let row = 0; row < height; row++) {
    flipped.set(data.subarray(row * stride, (row + 1) * stride), (height - 1 - row) * stride);
  }
  return { width, height, data: flipped };
}

/** What is lost when colours are kept multiplied with alpha, as canvases keep them. @param {Pixels} pixels */
function multiplyAlpha(pixels) {
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 255) continue;
    for (let j = i; j < i + 3; j++) {
      data[j] = alpha === 0 ? 0 : (Math.round((data[j] * alpha) / 255) * 255) / alpha;
    }
  }
  return pixels;
}

/**
 * @param {Pixels} pixels @param {number} width @param {number} height
 * @param {boolean} isSmooth whether the pixels between are mixed
 * @returns {Pixels}
 */
function scale(pixels, width, height, isSmooth) {
  const data = new Uint8ClampedArray(width * height * 4);
  const mix = isSmooth ? mixArea : copyNearest;
  const [ratioX, ratioY] = [pixels.width / width, pixels.height / height];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) mix(pixels, x, y, ratioX, ratioY, data, at);
  }
  return { width, height, data };
}

function copyNearest(pixels, x, y, ratioX, ratioY, data, at) {
  const column = Math.min(Math.floor((x + 0.5) * ratioX), pixels.width - 1);
  const row = Math.min(Math.floor((y + 0.5) * ratioY), pixels.height - 1);
  const from = (row * pixels.width + column) * 4;
  for (let i = 0; i < 4; i++) data[at + i] = pixels.data[from + i];
}

/** The weights of the pixels that one of the new covers (or lies between), along one axis. */
function weigh(at, ratio, size) {
  const span = Math.max(ratio, 1);
  const centre = (at + 0.5) * ratio;
  const first = Math.floor(centre - span / 2);
  const weights = [];
  for (let i = first; i < centre + span / 2; i++) {
    const share = Math.min(i + 1, centre + span / 2) - Math.max(i, centre - span / 2);
    if (share > 0) weights.push([Math.min(Math.max(i, 0), size - 1), share]);
  }
  return weights;
}

/** A mean, weighted by area, and by alpha as far as colours are concerned. */
function mixArea(pixels, x, y, ratioX, ratioY, data, at) {
  const columns = weigh(x, ratioX, pixels.width);
  const sum = [0, 0, 0];
  let opacity = 0;
  let area = 0;
  for (const [row, heightShare] of weigh(y, ratioY, pixels.height)) {
    for (const [column, widthShare] of columns) {
      const from = (row * pixels.width + column) * 4;
      const alpha = pixels.data[from + 3] * heightShare * widthShare;
      for (let i = 0; i < 3; i++) sum[i] += pixels.data[from + i] * alpha;
      opacity += alpha;
      area += heightShare * widthShare;
    }
  }
  for (let i = 0; i < 3; i++) data[at + i] = opacity === 0 ? 0 : sum[i] / opacity;
  data[at + 3] = opacity / area;
}

module.exports = { crop, flip, multiplyAlpha, scale };
