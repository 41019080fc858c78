'use strict';

/** DOMPointReadOnly and DOMPoint (Geometry Interfaces, 2). */

const { defineInterface } = require('../interface');
const { readMatrix, readPoint } = require('./matrix-init');
const { transform, transform2D } = require('./matrix-math');
const { defineNumbers } = require('./numbers');

/** Sets one of the four numbers. @type {(point: DOMPoint, index: number, value: number) => void} */
let set;

class DOMPointReadOnly {
  #values;

  static {
    set = (point, index, value) => {
      point.#values[index] = +value;
    };
  }

  constructor(x = 0, y = 0, z = 0, w = 1) {
    this.#values = [+x, +y, +z, +w];
  }

  static fromPoint(other = {}) {
    return new DOMPointReadOnly(...readPoint(other));
  }

  get x() {
    return this.#values[0];
  }
  get y() {
    return this.#values[1];
  }
  get z() {
    return this.#values[2];
  }
  get w() {
    return this.#values[3];
  }

  matrixTransform(matrix = {}) {
    const values = this.#values;
    const { elements, is2D } = readMatrix(matrix);
    const isFlat = is2D && values[2] === 0 && values[3] === 1;
    return new DOMPoint(...(isFlat ? transform2D : transform)(elements, values));
  }

  toJSON() {
    const [x, y, z, w] = this.#values;
    return { x, y, z, w };
  }
}

class DOMPoint extends DOMPointReadOnly {
  constructor(x = 0, y = 0, z = 0, w = 1) {
    super(x, y, z, w);
  }

  static fromPoint(other = {}) {
    return new DOMPoint(...readPoint(other));
  }
}

defineNumbers(DOMPoint, ['x', 'y', 'z', 'w'], set);
defineInterface(DOMPointReadOnly);
defineInterface(DOMPoint);

module.exports = { DOMPoint, DOMPointReadOnly };
