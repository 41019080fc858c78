'use strict';

/**
 * Makes functions of ours read as the engine's own do: `String(Worker)` is "function Worker() {
 * [native code] }", by which libraries tell a browser's function from a replacement.
 *
 * Function.prototype.toString is replaced for that. The other ways (proxies, bound functions, functions
 * of C) either lose the name or `this`, or make each call several times slower.
 */

const { WeakMap } = globalThis;
const uncurry = (method) => Function.prototype.call.bind(method);
const getText = uncurry(WeakMap.prototype.get);
const setText = uncurry(WeakMap.prototype.set);
const replaceName = uncurry(String.prototype.replace);
const original = uncurry(Function.prototype.toString);

/** What the engine's own look like. */
const EXAMPLE = original(EventTarget);

/** @type {WeakMap<Function, string>} */
const texts = new WeakMap();

/** @param {Function} fn */
function showAsNative(fn) {
  setText(texts, fn, replaceName(EXAMPLE, 'EventTarget', fn.name));
}

/** @param {PropertyDescriptor} descriptor of a method or an accessor */
function showDescriptorAsNative({ value, get, set }) {
  for (const fn of [value, get, set]) if (fn) showAsNative(fn);
}

function install() {
  const { toString } = {
    toString() {
      return getText(texts, this) ?? original(this);
    },
  };
  showAsNative(toString);
  Object.defineProperty(Function.prototype, 'toString', {
    value: toString,
    writable: true,
    configurable: true,
  });
}

module.exports = { install, showDescriptorAsNative };
