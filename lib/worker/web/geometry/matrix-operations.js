'use strict';

/**
 * What the methods of matrices do (Geometry Interfaces, 6): each makes a new state from one and the
 * method's arguments. DOMMatrixReadOnly has a method for each that returns a new matrix, DOMMatrix one
 * that changes itself.
 *
 * @typedef {object} MatrixState
 * @property {number[]} elements
 * @property {boolean} is2D whether all that is not of a 2D matrix is still 0 or 1
 */

const math = require('./matrix-math');
const { readMatrix } = require('./matrix-init');

/** @param {MatrixState} a @param {MatrixState} b @returns {MatrixState} */
function product(a, b) {
  const is2D = a.is2D && b.is2D;
  const elements = (is2D ? math.multiply2D : math.multiply)(a.elements, b.elements);
  return { elements, is2D };
}

/** @returns {MatrixState} */
const flat = (elements) => ({ elements, is2D: true });
const deep = (elements) => ({ elements, is2D: false });

function translate(state, x = 0, y = 0, z = 0) {
  const [dx, dy, dz] = [+x, +y, +z];
  return product(state, (dz === 0 ? flat : deep)(math.translation(dx, dy, dz)));
}

function scale(state, x = 1, y = undefined, z = 1, originX = 0, originY = 0, originZ = 0) {
  const sx = +x;
  const sy = y === undefined ? sx : +y;
  const sz = +z;
  const [ox, oy, oz] = [+originX, +originY, +originZ];
  const scaling = (sz === 1 ? flat : deep)(math.scaling(sx, sy, sz));
  const scaled = product(translate(state, ox, oy, oz), scaling);
  return translate(scaled, -ox, -oy, -oz);
}

/** One argument is around z alone. */
function rotate(state, x = 0, y = undefined, z = undefined) {
  const isAroundZ = y === undefined && z === undefined;
  const rx = isAroundZ ? 0 : +x;
  const ry = y === undefined ? 0 : +y;
  const rz = isAroundZ ? +x : z === undefined ? 0 : +z;
  const turned = [
    flat(math.rotation(0, 0, 1, rz)),
    (ry === 0 ? flat : deep)(math.rotation(0, 1, 0, ry)),
    (rx === 0 ? flat : deep)(math.rotation(1, 0, 0, rx)),
  ];
  return turned.reduce(product, state);
}

const OPERATIONS = {
  translate,
  scale,
  rotate,

  scaleNonUniform: (state, x = 1, y = 1) => scale(state, +x, +y),

  scale3d(state, factor = 1, originX = 0, originY = 0, originZ = 0) {
    const s = +factor;
    return scale(state, s, s, s, originX, originY, originZ);
  },

  rotateFromVector(state, x = 0, y = 0) {
    const [dx, dy] = [+x, +y];
    const angle = dx === 0 && dy === 0 ? 0 : (Math.atan2(dy, dx) * 180) / Math.PI;
    return rotate(state, angle);
  },

  rotateAxisAngle(state, x = 0, y = 0, z = 0, angle = 0) {
    const axis = [+x, +y, +z];
    const rotation = math.rotation(...axis, +angle);
    return product(state, (axis[0] === 0 && axis[1] === 0 ? flat : deep)(rotation));
  },

  skewX: (state, angle = 0) => product(state, flat(math.skewing(+angle, 0))),
  skewY: (state, angle = 0) => product(state, flat(math.skewing(0, +angle))),
  flipX: (state) => product(state, flat(math.scaling(-1, 1, 1))),
  flipY: (state) => product(state, flat(math.scaling(1, -1, 1))),
  multiply: (state, other = {}) => product(state, readMatrix(other)),
  preMultiply: (state, other = {}) => product(readMatrix(other), state),

  /** A matrix that has none is no number at all. */
  inverse({ elements, is2D }) {
    const inverted = math.invert(elements);
    return inverted === null ? deep(new Array(16).fill(NaN)) : { elements: inverted, is2D };
  },
};

module.exports = { OPERATIONS };
