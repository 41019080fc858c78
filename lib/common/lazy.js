'use strict';

/** Properties that are made when they are first read: what a script does not use costs it nothing. */

const { defineProperty, hasOwn } = Object;

/** @param {object} target @param {string} name @param {() => unknown} make @param {boolean} [enumerable] */
function lazy(target, name, make, enumerable = true) {
  const settle = (value) =>
    defineProperty(target, name, { value, writable: true, enumerable, configurable: true });
  defineProperty(target, name, {
    get() {
      const value = make();
      settle(value);
      return value;
    },
    set: settle,
    enumerable,
    configurable: true,
  });
}

/** Of @names, those that @target lacks. @param {(name: string) => unknown} make */
function lazyRest(target, names, make) {
  for (const name of names) if (!hasOwn(target, name)) lazy(target, name, () => make(name));
  return target;
}

module.exports = { lazy, lazyRest };
