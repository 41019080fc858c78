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

globalThis.TextDecoder = class TextDecoder {
  #encoding;

  constructor(encoding = 'utf-8') {
    this.#encoding = encoding;
  }

  decode(bytes) {
    if (this.#encoding === 'utf-8') return this.#utf8(bytes);
    const units = this.#encoding === 'utf-16le' ? new Uint16Array(new Uint8Array(bytes).buffer) : bytes;
    let text = '';
    for (const unit of units) text += String.fromCharCode(unit);
    return this.#encoding === 'utf-16le' ? text.toWellFormed() : text;
  }

  #utf8(bytes) {
    let escaped = '';
    for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
    try {
      return decodeURIComponent(escaped);
    } catch {
      return String.fromCharCode(...bytes.slice(0, 1000)).replace(/[\x80-\xff]/g, '\ufffd');
    }
  }
};

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
