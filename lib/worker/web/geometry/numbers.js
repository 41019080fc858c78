'use strict';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/**
 * The numbers of an interface that can be written, where those of the read-only one above it cannot.
 * @param {Function} type
 * @param {string[]} names in the order of their indexes
 * @param {(object: object, index: number, value: number) => void} set
 */
function defineNumbers(type, names, set) {
  const readOnly = getPrototypeOf(type.prototype);
  names.forEach((name, index) => {
    const { get } = getOwnPropertyDescriptor(readOnly, name);
    const accessor = {
      set [name](value) {
        set(this, index, value);
      },
    };
    const descriptor = { ...getOwnPropertyDescriptor(accessor, name), get };
    Object.defineProperty(type.prototype, name, descriptor);
  });
}

module.exports = { defineNumbers };
