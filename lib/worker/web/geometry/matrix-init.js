'use strict';

/**
 * What methods of the geometry interfaces are given: dictionaries, as WebIDL converts them.
 */

/** The two names of each element of a 2D matrix, and its default. */
const ELEMENTS_2D = [
  ['a', 'm11', 1],
  ['b', 'm12', 0],
  ['c', 'm21', 0],
  ['d', 'm22', 1],
  ['e', 'm41', 0],
  ['f', 'm42', 0],
];

/** Where those are among the sixteen, which go column after column. */
const PLACES_2D = [0, 1, 4, 5, 12, 13];

/** The other elements: name, place, default; in the order in which WebIDL reads them. */
const ELEMENTS_3D = [
  ['m13', 2, 0],
  ['m14', 3, 0],
  ['m23', 6, 0],
  ['m24', 7, 0],
  ['m31', 8, 0],
  ['m32', 9, 0],
  ['m33', 10, 1],
  ['m34', 11, 0],
  ['m43', 14, 0],
  ['m44', 15, 1],
];

function toDictionary(value, type) {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new TypeError(`The provided value is not of type '${type}'.`);
  }
  return value;
}

/** @param {object} init DOMPointInit @returns {number[]} x, y, z, w */
function readPoint(init) {
  const { w = 1, x = 0, y = 0, z = 0 } = toDictionary(init, 'DOMPointInit');
  const numbers = [+w, +x, +y, +z]; // in the order of their names
  return [numbers[1], numbers[2], numbers[3], numbers[0]];
}

/** @param {object} init DOMRectInit @returns {number[]} x, y, width, height */
function readRect(init) {
  const { height = 0, width = 0, x = 0, y = 0 } = toDictionary(init, 'DOMRectInit');
  const numbers = [+height, +width, +x, +y];
  return [numbers[2], numbers[3], numbers[1], numbers[0]];
}

const isSame = (a, b) => a === b || (a !== a && b !== b);

/** Both names of an element may be given, if they agree. */
function resolveElement(first, second, [name, longName, fallback]) {
  if (first === undefined) return second ?? fallback;
  if (second === undefined || isSame(first, second)) return first;
  throw new TypeError(`The '${name}' and '${longName}' properties are not equal.`);
}

const toNumber = (value) => (value === undefined ? undefined : +value);

/**
 * @param {object} init DOMMatrixInit
 * @returns {{elements: number[], is2D: boolean}}
 */
function readMatrix(init) {
  const given = toDictionary(init, 'DOMMatrixInit');
  const short = ELEMENTS_2D.map(([name]) => toNumber(given[name]));
  const long = ELEMENTS_2D.map(([, name]) => toNumber(given[name]));
  const { is2D } = given;
  const elements = new Array(16);
  let isFlat = true;
  for (const [name, place, fallback] of ELEMENTS_3D) {
    const value = toNumber(given[name]) ?? fallback;
    if (value !== fallback) isFlat = false;
    elements[place] = value;
  }
  PLACES_2D.forEach((place, i) => {
    elements[place] = resolveElement(short[i], long[i], ELEMENTS_2D[i]);
  });
  if (is2D !== undefined && is2D && !isFlat) {
    throw new TypeError("The 'is2D' property is set to true but the input matrix is a 3d matrix.");
  }
  return { elements, is2D: is2D === undefined ? isFlat : Boolean(is2D) };
}

module.exports = { ELEMENTS_2D, ELEMENTS_3D, PLACES_2D, readMatrix, readPoint, readRect };
