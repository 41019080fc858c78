'use strict';


/*
 * Runs first in the `jsc` shell: gives it what a page has and the shell lacks, as far as
 * lib/common needs it, and a `require` that loads lib/ as the page extension does: each file is the body
 * of a function (exports, require, module, binding).
 *
 * The shell is started in the root of the tree.
 */

globalThis.DOMException = class DOMException extends Error {
  #name;

  constructor(message = '', name = 'Error') {
    super(message);
    this.#name = name;
  }

  get name() {
    return this.#name;
  }

  get code() {
    return this.#name === 'DataCloneError' ? 25 : 0;
  }
};

// As the engine's own would, it works on while tests break every intrinsic around it.
globalThis.TextDecoder = (() => {
  const { Uint16Array, Uint8Array } = globalThis;
  const { fromCharCode } = String;
  const toWellFormed = Function.prototype.call.bind(String.prototype.toWellFormed);
  const lengthOf = Function.prototype.call.bind(
    Reflect.getOwnPropertyDescriptor(Reflect.getPrototypeOf(Uint8Array.prototype), 'length').get);

  function decodeUnits(units) {
    let text = '';
    for (let i = 0; i < lengthOf(units); i++) text += fromCharCode(units[i]);
    return text;
  }

  /** Good enough for tests: anything that is not UTF-8 becomes some number of U+FFFD. */
  function decodeUtf8(bytes) {
    const length = lengthOf(bytes);
    let text = '';
    for (let i = 0; i < length;) {
      const first = bytes[i++];
      let more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
      let point = more < 0 ? 0xfffd : more === 0 ? first : first & 0x3f >> more;
      for (; more > 0; more--) point = i < length && bytes[i] >> 6 === 2 ? point << 6 | bytes[i++] & 0x3f : 0xfffd;
      text += point < 0x10000 ? fromCharCode(point) : fromCharCode((point >> 10) + 0xd7c0, point & 0x3ff | 0xdc00);
    }
    return toWellFormed(text);
  }

  return class TextDecoder {
    #encoding;

    constructor(encoding = 'utf-8') {
      this.#encoding = encoding;
    }

    decode(bytes) {
      if (this.#encoding === 'utf-8') return decodeUtf8(bytes);
      if (this.#encoding === 'windows-1252') return decodeUnits(bytes);
      const units = new Uint16Array(lengthOf(bytes) >> 1);
      for (let i = 0; i < lengthOf(units); i++) units[i] = bytes[i * 2] | bytes[i * 2 + 1] << 8;
      return toWellFormed(decodeUnits(units));
    }
  };
})();

// A name of the shell's, which is missing when there are none.
globalThis.scriptArguments = typeof arguments === 'object' ? Array.from(arguments) : [];

globalThis.requireLib = (() => {
  const modules = new Map();

  function resolve(from, name) {
    const parts = from.split('/').slice(0, -1);
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    return parts.join('/') + (name.endsWith('.js') ? '' : '.js');
  }

  return function load(path) {
    let module = modules.get(path);
    if (module === undefined) {
      modules.set(path, module = { exports: {} });
      const body = new Function('exports', 'require', 'module', 'binding', `${read(path)}\n//# sourceURL=${path}`);
      body(module.exports, (name) => load(resolve(path, name)), module, {});
    }
    return module.exports;
  };
})();
