'use strict';

/**
 * structured-clone/platform-geometry - points, rectangles, quads and matrices, as a row of doubles each
 *
 * @typedef {object} GeometryClasses those of the scope, all with the members that the standard gives them
 */

const P = require('./primordials');
const { accepts } = require('./classify');
const { TYPE, registerPlatformType } = require('./platform');

const POINT = ['x', 'y', 'z', 'w'];
const RECT = ['x', 'y', 'width', 'height'];
const MATRIX_2D = ['m11', 'm12', 'm21', 'm22', 'm41', 'm42'];
const MATRIX = [
  'm11', 'm12', 'm13', 'm14', 'm21', 'm22', 'm23', 'm24', 'm31', 'm32', 'm33', 'm34', 'm41', 'm42', 'm43', 'm44',
];

function gettersOf(prototype, names) {
  const getters = P.safeArray();
  for (let i = 0; i < names.length; i++) getters[i] = P.uncurryGetter(prototype, names[i]);
  return getters;
}

function writeDoubles(encoder, object, getters) {
  encoder.reserve(getters.length * 8);
  for (let i = 0; i < getters.length; i++) encoder.writeDouble(getters[i](object));
}

/** @param {GeometryClasses} classes */
function registerGeometryTypes(classes) {
  registerFour(TYPE.DOM_POINT_READ_ONLY, 'DOMPointReadOnly', classes.DOMPointReadOnly, classes.DOMPointReadOnly, POINT);
  registerFour(TYPE.DOM_POINT, 'DOMPoint', classes.DOMPoint, classes.DOMPointReadOnly, POINT);
  registerFour(TYPE.DOM_RECT_READ_ONLY, 'DOMRectReadOnly', classes.DOMRectReadOnly, classes.DOMRectReadOnly, RECT);
  registerFour(TYPE.DOM_RECT, 'DOMRect', classes.DOMRect, classes.DOMRectReadOnly, RECT);
  registerQuad(classes);
  registerMatrix(TYPE.DOM_MATRIX_READ_ONLY, 'DOMMatrixReadOnly', classes.DOMMatrixReadOnly, classes.DOMMatrixReadOnly);
  registerMatrix(TYPE.DOM_MATRIX, 'DOMMatrix', classes.DOMMatrix, classes.DOMMatrixReadOnly);
}

/** Points and rectangles: made of four numbers. The getters of the read-only class are good for both. */
function registerFour(id, name, Class, ReadOnly, members) {
  const getters = gettersOf(ReadOnly.prototype, members);
  registerPlatformType({
    __proto__: null,
    id,
    name,
    prototypes: [Class.prototype],
    accepts: accepts(getters[0]),
    write: (encoder, object) => writeDoubles(encoder, object, getters),
    read: (decoder) =>
      new Class(decoder.readDouble(), decoder.readDouble(), decoder.readDouble(), decoder.readDouble()),
  });
}

function registerQuad({ DOMQuad, DOMPointReadOnly }) {
  const corners = gettersOf(DOMQuad.prototype, ['p1', 'p2', 'p3', 'p4']);
  const getters = gettersOf(DOMPointReadOnly.prototype, POINT);
  const readPoint = (decoder) => ({
    __proto__: null, x: decoder.readDouble(), y: decoder.readDouble(), z: decoder.readDouble(), w: decoder.readDouble(),
  });
  registerPlatformType({
    __proto__: null,
    id: TYPE.DOM_QUAD,
    name: 'DOMQuad',
    prototypes: [DOMQuad.prototype],
    accepts: accepts(corners[0]),
    write(encoder, quad) {
      for (let i = 0; i < corners.length; i++) writeDoubles(encoder, corners[i](quad), getters);
    },
    read: (decoder) => new DOMQuad(readPoint(decoder), readPoint(decoder), readPoint(decoder), readPoint(decoder)),
  });
}

/** One byte says whether it is a 2D one, which has six numbers. */
function registerMatrix(id, name, Class, ReadOnly) {
  const is2D = P.uncurryGetter(ReadOnly.prototype, 'is2D');
  const six = gettersOf(ReadOnly.prototype, MATRIX_2D);
  const sixteen = gettersOf(ReadOnly.prototype, MATRIX);
  const { fromFloat64Array } = Class;
  registerPlatformType({
    __proto__: null,
    id,
    name,
    prototypes: [Class.prototype],
    accepts: accepts(is2D),
    write(encoder, matrix) {
      const flat = is2D(matrix);
      encoder.writeByte(flat ? 1 : 0);
      writeDoubles(encoder, matrix, flat ? six : sixteen);
    },
    read(decoder) {
      const numbers = new P.Float64Array(decoder.readByte() === 1 ? 6 : 16);
      for (let i = 0; i < P.typedArrayLength(numbers) / 8; i++) numbers[i] = decoder.readDouble();
      return P.apply(fromFloat64Array, Class, [numbers]);
    },
  });
}

module.exports = { registerGeometryTypes };
