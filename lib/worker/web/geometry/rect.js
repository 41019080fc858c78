'use strict';

/** DOMRectReadOnly and DOMRect (Geometry Interfaces, 3). */

const { defineInterface } = require('../interface');
const { readRect } = require('./matrix-init');
const { defineNumbers } = require('./numbers');

/** @type {(rect: DOMRect, index: number, value: number) => void} */
let set;

/** Width and height may be negative. */
function sidesOf([x, y, width, height]) {
  return {
    top: Math.min(y, y + height),
    right: Math.max(x, x + width),
    bottom: Math.max(y, y + height),
    left: Math.min(x, x + width),
  };
}

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
    return sidesOf(this.#values).top;
  }
  get right() {
    return sidesOf(this.#values).right;
  }
  get bottom() {
    return sidesOf(this.#values).bottom;
  }
  get left() {
    return sidesOf(this.#values).left;
  }

  toJSON() {
    const [x, y, width, height] = this.#values;
    return { x, y, width, height, ...sidesOf(this.#values) };
  }
}

class DOMRect extends DOMRectReadOnly {
  constructor(x = 0, y = 0, width = 0, height = 0) {
    super(x, y, width, height);
  }

  static fromRect(other = {}) {
    return new DOMRect(...readRect(other));
  }
}

defineNumbers(DOMRect, ['x', 'y', 'width', 'height'], set);
defineInterface(DOMRectReadOnly);
defineInterface(DOMRect);

module.exports = { DOMRect, DOMRectReadOnly };
