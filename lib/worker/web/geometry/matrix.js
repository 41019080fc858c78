'use strict';

/**
 * DOMMatrixReadOnly and DOMMatrix (Geometry Interfaces, 6), as workers have them: what reads or
 * writes CSS (a string as the constructor's argument, toString, setMatrixValue) is for windows only.
 */

const { defineInterface } = require('../interface');
const { ELEMENTS_2D, ELEMENTS_3D, PLACES_2D, readMatrix, readPoint } = require('./matrix-init');
const { IDENTITY, identity, transform, transform2D } = require('./matrix-math');
const { OPERATIONS } = require('./matrix-operations');
const { DOMPoint } = require('./point');

/** @typedef {import('./matrix-operations').MatrixState} MatrixState */

/** @type {(matrix: DOMMatrixReadOnly) => MatrixState} */
let stateOf;
/** @type {(matrix: DOMMatrixReadOnly, state: MatrixState) => void} */
let setState;

/** @param {ArrayLike<number>} numbers @returns {MatrixState} */
function stateFrom(numbers) {
  if (numbers.length === 16) return { elements: Array.from(numbers), is2D: false };
  if (numbers.length !== 6) {
    throw new TypeError('The sequence must contain 6 elements for a 2D matrix or 16 elements for a 3D matrix.');
  }
  const elements = identity();
  PLACES_2D.forEach((place, i) => {
    elements[place] = numbers[i];
  });
  return { elements, is2D: true };
}

/** @param {unknown} init what a constructor is given @returns {MatrixState} */
function readInit(init) {
  if (init === undefined) return { elements: identity(), is2D: true };
  if (typeof init !== 'object' || init === null || typeof init[Symbol.iterator] !== 'function') {
    throw new TypeError('DOMMatrix can\'t be constructed with strings on workers.');
  }
  return stateFrom(Array.from(init, (value) => +value));
}

function fromArray(Class, array, View) {
  if (!(array instanceof View)) throw new TypeError(`parameter 1 is not of type '${View.name}'.`);
  return make(Class, stateFrom(array));
}

function make(Class, state) {
  const matrix = new Class();
  setState(matrix, state);
  return matrix;
}

class DOMMatrixReadOnly {
  #state;

  static {
    stateOf = (matrix) => matrix.#state;
    setState = (matrix, state) => {
      matrix.#state = state;
    };
  }

  constructor(init = undefined) {
    this.#state = readInit(init);
  }

  static fromMatrix(other = {}) {
    return make(DOMMatrixReadOnly, readMatrix(other));
  }
  static fromFloat32Array(array32) {
    return fromArray(DOMMatrixReadOnly, array32, Float32Array);
  }
  static fromFloat64Array(array64) {
    return fromArray(DOMMatrixReadOnly, array64, Float64Array);
  }

  get is2D() {
    return this.#state.is2D;
  }
  get isIdentity() {
    return this.#state.elements.every((value, i) => value === IDENTITY[i]);
  }

  transformPoint(point = {}) {
    const { elements, is2D } = this.#state;
    const values = readPoint(point);
    const isFlat = is2D && values[2] === 0 && values[3] === 1;
    return new DOMPoint(...(isFlat ? transform2D : transform)(elements, values));
  }

  toFloat32Array() {
    return new Float32Array(this.#state.elements);
  }
  toFloat64Array() {
    return new Float64Array(this.#state.elements);
  }

  toJSON() {
    const { elements, is2D } = this.#state;
    const json = Object.fromEntries(ELEMENTS_2D.map(([name], i) => [name, elements[PLACES_2D[i]]]));
    elements.forEach((value, i) => {
      json[`m${(i >> 2) + 1}${(i & 3) + 1}`] = value;
    });
    return { ...json, is2D, isIdentity: this.isIdentity };
  }
}

class DOMMatrix extends DOMMatrixReadOnly {
  static fromMatrix(other = {}) {
    return make(DOMMatrix, readMatrix(other));
  }
  static fromFloat32Array(array32) {
    return fromArray(DOMMatrix, array32, Float32Array);
  }
  static fromFloat64Array(array64) {
    return fromArray(DOMMatrix, array64, Float64Array);
  }
}

/** @param {string} name @param {number} place @param {number | null} flat the value that a 2D matrix has there */
function defineElement(name, place, flat) {
  const { get } = Object.getOwnPropertyDescriptor(
    {
      get [name]() {
        return stateOf(this).elements[place];
      },
    },
    name,
  );
  const { set } = Object.getOwnPropertyDescriptor(
    {
      set [name](value) {
        const state = stateOf(this);
        state.elements[place] = +value;
        if (flat !== null && state.elements[place] !== flat) state.is2D = false;
      },
    },
    name,
  );
  Object.defineProperty(DOMMatrixReadOnly.prototype, name, { get, configurable: true });
  Object.defineProperty(DOMMatrix.prototype, name, { get, set, configurable: true });
}

function defineMethod({ prototype }, name, method) {
  Object.defineProperty(prototype, name, {
    value: { [name](...given) { return method(this, given); } }[name],
    writable: true,
    configurable: true,
  });
}

ELEMENTS_2D.forEach(([short, long], i) => {
  for (const name of [short, long]) defineElement(name, PLACES_2D[i], null);
});
for (const [name, place, flat] of ELEMENTS_3D) defineElement(name, place, flat);
for (const [name, operation] of Object.entries(OPERATIONS)) {
  const changed = (matrix, given) => operation(stateOf(matrix), ...given);
  if (name !== 'preMultiply') defineMethod(DOMMatrixReadOnly, name, (matrix, given) => make(DOMMatrix, changed(matrix, given)));
  if (['scaleNonUniform', 'flipX', 'flipY'].includes(name)) continue;
  defineMethod(DOMMatrix, name === 'inverse' ? 'invertSelf' : `${name}Self`, (matrix, given) => {
    setState(matrix, changed(matrix, given));
    return matrix;
  });
}
defineInterface(DOMMatrixReadOnly);
defineInterface(DOMMatrix);

module.exports = { DOMMatrix, DOMMatrixReadOnly };
