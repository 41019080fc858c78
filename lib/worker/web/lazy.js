'use strict';

/**
 * Globals that are loaded when they are first used: most scripts never do, and threads start fast.
 *
 * @param {string} name @param {() => unknown} load
 */
function exposeLazily(name, load) {
  const define = (value) =>
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  Object.defineProperty(globalThis, name, {
    get() {
      const value = load();
      define(value);
      return value;
    },
    set: define,
    enumerable: false,
    configurable: true,
  });
}

module.exports = { exposeLazily };
