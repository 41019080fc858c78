// @ts-check
'use strict';

/*
 * Colourful pictures, each of its own: a sky, a sun and hills, from its number alone.
 */

const fs = require('node:fs/promises');
const path = require('node:path');
const sharp = /** @type {any} */ (require('sharp'));

const FORMATS = ['jpg', 'png', 'webp', 'tiff', 'gif', 'avif', 'svg'];

/** A sequence of numbers from 0 to 1, the same for the same seed. @param {number} seed */
function numbers(seed) {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * @param {() => number} next @param {number} width @param {number} height
 * @param {number} hue @param {number} layer
 */
function hill(next, width, height, hue, layer) {
  const top = height * (0.5 + 0.13 * layer);
  const steps = 6;
  const points = Array.from({ length: steps + 1 }, (_, i) => {
    const y = top + (next() - 0.5) * height * 0.22;
    return `${((i * width) / steps).toFixed(0)} ${y.toFixed(0)}`;
  });
  const path = points.slice(1).reduce((line, point, i) => {
    const [x, y] = points[i].split(' ').map(Number);
    const [endX, endY] = point.split(' ').map(Number);
    const middle = (x + endX) / 2;
    return `${line} C${middle} ${y} ${middle} ${endY} ${endX} ${endY}`;
  }, `M${points[0]}`);
  const colour = `hsl(${(hue + 20 * layer) % 360} ${48 - 6 * layer}% ${52 - 13 * layer}%)`;
  return `<path d="${path} L${width} ${height} L0 ${height} Z" fill="${colour}"/>`;
}

/** A landscape. @param {number} seed @param {number} width @param {number} height */
function landscape(seed, width, height) {
  const next = numbers(seed);
  const hue = Math.round((seed * 47) % 360);
  const sky = `<linearGradient id="sky" x2="0" y2="1">
      <stop stop-color="hsl(${(hue + 200) % 360} 70% ${40 + 30 * next()}%)"/>
      <stop offset="0.7" stop-color="hsl(${(hue + 320) % 360} 85% 78%)"/>
    </linearGradient>`;
  const radius = Math.min(width, height) * (0.06 + 0.09 * next());
  const sun = `<circle cx="${width * (0.2 + 0.6 * next())}" cy="${height * (0.2 + 0.25 * next())}"
      r="${radius}" fill="hsl(${(hue + 40) % 360} 95% 92%)" opacity="0.95"/>`;
  const hills = [0, 1, 2].map((layer) => hill(next, width, height, hue, layer)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>${sky}</defs><rect width="100%" height="100%" fill="url(#sky)"/>${sun}${hills}</svg>`;
}

/**
 * Writes one; the format is the one of its name.
 * @param {string} file @param {number} seed @param {number} [width] @param {number} [height]
 */
async function makePicture(file, seed, width = 640, height = 480) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const svg = landscape(seed, width, height);
  if (file.endsWith('.svg')) await fs.writeFile(file, svg);
  else await sharp(Buffer.from(svg)).toFile(file);
  return file;
}

/** A GIF that moves. @param {string} file */
async function makeAnimation(file) {
  const frames = [1, 2, 3].map((seed) =>
    sharp(Buffer.from(landscape(seed, 120, 90)))
      .png()
      .toBuffer(),
  );
  await sharp(await Promise.all(frames), { join: { animated: true } })
    .gif()
    .toFile(file);
  return file;
}

module.exports = { makePicture, makeAnimation, landscape, FORMATS };
