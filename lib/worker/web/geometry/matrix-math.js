'use strict';

/**
 * Matrices as arrays of sixteen numbers, column after column (m11, m12, m13, m14, m21...): element
 * [column * 4 + row]. Points are columns, so `multiply(a, b)` does b first.
 */

const IDENTITY = Object.freeze([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

const identity = () => [...IDENTITY];

const toRadians = (degrees) => (degrees * Math.PI) / 180;

function multiply(a, b) {
  const product = new Array(16);
  for (let column = 0; column < 16; column += 4) {
    for (let row = 0; row < 4; row++) {
      product[column + row] =
        a[row] * b[column] +
        a[4 + row] * b[column + 1] +
        a[8 + row] * b[column + 2] +
        a[12 + row] * b[column + 3];
    }
  }
  return product;
}

/** Without the elements that are 0 and 1: infinite ones would make them NaN. */
function multiply2D(a, b) {
  const product = identity();
  for (const column of [0, 4]) {
    product[column] = a[0] * b[column] + a[4] * b[column + 1];
    product[column + 1] = a[1] * b[column] + a[5] * b[column + 1];
  }
  product[12] = a[0] * b[12] + a[4] * b[13] + a[12];
  product[13] = a[1] * b[12] + a[5] * b[13] + a[13];
  return product;
}

function translation(x, y, z) {
  const matrix = identity();
  [matrix[12], matrix[13], matrix[14]] = [x, y, z];
  return matrix;
}

function scaling(x, y, z) {
  const matrix = identity();
  [matrix[0], matrix[5], matrix[10]] = [x, y, z];
  return matrix;
}

/** Around an axis of any length but 0; the angle in degrees. */
function rotation(x, y, z, degrees) {
  const length = Math.hypot(x, y, z);
  if (length === 0) return identity();
  const [ux, uy, uz] = [x / length, y / length, z / length];
  const half = toRadians(degrees) / 2;
  const sc = Math.sin(half) * Math.cos(half);
  const sq = Math.sin(half) ** 2;
  return [
    1 - 2 * (uy * uy + uz * uz) * sq,
    2 * (ux * uy * sq + uz * sc),
    2 * (ux * uz * sq - uy * sc),
    0,
    2 * (ux * uy * sq - uz * sc),
    1 - 2 * (ux * ux + uz * uz) * sq,
    2 * (uy * uz * sq + ux * sc),
    0,
    2 * (ux * uz * sq + uy * sc),
    2 * (uy * uz * sq - ux * sc),
    1 - 2 * (ux * ux + uy * uy) * sq,
    0,
    0,
    0,
    0,
    1,
  ];
}

function skewing(xDegrees, yDegrees) {
  const matrix = identity();
  matrix[4] = Math.tan(toRadians(xDegrees));
  matrix[1] = Math.tan(toRadians(yDegrees));
  return matrix;
}

/** The minors of two rows, from which both the determinant and the inverse are made. */
function minors(m, first) {
  const [a, b, c, d] = m.slice(first, first + 4);
  const [e, f, g, h] = m.slice(first + 4, first + 8);
  return [a * f - b * e, a * g - c * e, a * h - d * e, b * g - c * f, b * h - d * f, c * h - d * g];
}

/** @returns {number[] | null} null when there is none */
function invert(m) {
  const [s0, s1, s2, s3, s4, s5] = minors(m, 0);
  const [c0, c1, c2, c3, c4, c5] = minors(m, 8);
  const determinant = s0 * c5 - s1 * c4 + s2 * c3 + s3 * c2 - s4 * c1 + s5 * c0;
  if (determinant === 0 || !Number.isFinite(determinant)) return null;
  return [
    m[5] * c5 - m[6] * c4 + m[7] * c3,
    -m[1] * c5 + m[2] * c4 - m[3] * c3,
    m[13] * s5 - m[14] * s4 + m[15] * s3,
    -m[9] * s5 + m[10] * s4 - m[11] * s3,
    -m[4] * c5 + m[6] * c2 - m[7] * c1,
    m[0] * c5 - m[2] * c2 + m[3] * c1,
    -m[12] * s5 + m[14] * s2 - m[15] * s1,
    m[8] * s5 - m[10] * s2 + m[11] * s1,
    m[4] * c4 - m[5] * c2 + m[7] * c0,
    -m[0] * c4 + m[1] * c2 - m[3] * c0,
    m[12] * s4 - m[13] * s2 + m[15] * s0,
    -m[8] * s4 + m[9] * s2 - m[11] * s0,
    -m[4] * c3 + m[5] * c1 - m[6] * c0,
    m[0] * c3 - m[1] * c1 + m[2] * c0,
    -m[12] * s3 + m[13] * s1 - m[14] * s0,
    m[8] * s3 - m[9] * s1 + m[10] * s0,
  ].map((cofactor) => cofactor / determinant + 0); // no -0
}

/** @param {number[]} m @param {number[]} point x, y, z, w */
function transform(m, [x, y, z, w]) {
  return [0, 1, 2, 3].map((row) => m[row] * x + m[4 + row] * y + m[8 + row] * z + m[12 + row] * w);
}

/** As transform(), where the rest of the matrix is known to be 0 and 1. */
function transform2D(m, [x, y, z, w]) {
  return [m[0] * x + m[4] * y + m[12] * w, m[1] * x + m[5] * y + m[13] * w, z, w];
}

module.exports = {
  IDENTITY,
  identity,
  invert,
  multiply,
  multiply2D,
  rotation,
  scaling,
  skewing,
  transform,
  transform2D,
  translation,
};
