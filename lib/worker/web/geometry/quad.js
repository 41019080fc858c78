'use strict';

/** DOMQuad (Geometry Interfaces, 4). */

const { defineInterface } = require('../interface');
const { readPoint, readRect } = require('./matrix-init');
const { DOMPoint } = require('./point');
const { DOMRect } = require('./rect');

class DOMQuad {
  #points;

  constructor(p1 = {}, p2 = {}, p3 = {}, p4 = {}) {
    this.#points = [p1, p2, p3, p4].map((point) => new DOMPoint(...readPoint(point)));
  }

  static fromRect(other = {}) {
    const [x, y, width, height] = readRect(other);
    const [right, bottom] = [x + width, y + height];
    return new DOMQuad({ x, y }, { x: right, y }, { x: right, y: bottom }, { x, y: bottom });
  }

  static fromQuad(other = {}) {
    const { p1, p2, p3, p4 } = other ?? {};
    return new DOMQuad(p1, p2, p3, p4);
  }

  get p1() {
    return this.#points[0];
  }
  get p2() {
    return this.#points[1];
  }
  get p3() {
    return this.#points[2];
  }
  get p4() {
    return this.#points[3];
  }

  getBounds() {
    const xs = this.#points.map(({ x }) => x);
    const ys = this.#points.map(({ y }) => y);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return new DOMRect(left, top, Math.max(...xs) - left, Math.max(...ys) - top);
  }

  toJSON() {
    const [p1, p2, p3, p4] = this.#points;
    return { p1, p2, p3, p4 };
  }
}

defineInterface(DOMQuad);

module.exports = { DOMQuad };
