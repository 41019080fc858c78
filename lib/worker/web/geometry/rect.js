'use strict';

/** DOMRectReadOnly and DOMRect (Geometry Interfaces, 3). */

const { defineInterface } = require('../interface');
const { readRect } = require('./matrix-init');

/** @type {(rect: DOMRect, index: number, value: number) => void} */
let set;

class DOMRectReadOnly {
  #values;

  static {
    set = (rect, index, value) => {
      rect.#values[index] = +value;
    };
  }

  constructor(x = 0, y = 0, width = 0, height = 0) {
    this.#values = [+x, +y, +width, +height];
  }

  static fromRect(other = {}) {
    return new DOMRectReadOnly(...readRect(other));
  }

  get x() {
    return this.#values[0];
  }
  get y() {
    return this.#values[1];
  }
  get width() {
    return this.#values[2];
  }
  get height() {
    return this.#values[3];
  }

  get top() {
    const [, y, , height] = this.#values;
    return Math.min(y, y + height);
  }
  get right() {
    const [x, , width] = this.#values;
    return Math.max(x, x + width);
  }
  get bottom() {
    const [, y, , height] = this.#values;
    return Math.max(y, y + height);
  }
  get left() {
    const [x, , width] = this.#values;
    return Math.min(x, x + width);
  }

  toJSON() {
    const [x, y, width, height] = this.#values;
    const sides = {
      top: Math.min(y, y + height),
      right: Math.max(x, x + width),
      bottom: Math.max(y, y + height),
      left: Math.min(x, x + width),
    };
    return { x, y, width, height, ...sides };
  }
}

class DOMRect extends DOMRectReadOnly {
  constructor(x = 0, y = 0, width = 0, height = 0) {
    super(x, y, width, height);
  }

  static fromRect(other = {}) {
    return new DOMRect(...readRect(other));
  }

  get x() {
    return super.x;
  }
  set x(value) {
    set(this, 0, value);
  }
  get y() {
    return super.y;
  }
  set y(value) {
    set(this, 1, value);
  }
  get width() {
    return super.width;
  }
  set width(value) {
    set(this, 2, value);
  }
  get height() {
    return super.height;
  }
  set height(value) {
    set(this, 3, value);
  }
}

defineInterface(DOMRectReadOnly);
defineInterface(DOMRect);

module.exports = { DOMRect, DOMRectReadOnly };
