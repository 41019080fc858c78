'use strict';

/**
 * What stands here for objects of the other end: functions and modules as proxies that fetch their
 * properties once, prototypes as plain objects with forwarding methods, all others as proxies that ask each
 * time (live.js).
 */

const P = require('../structured-clone/primordials');
const { Filler } = require('./fill');
const { LiveHandler } = require('./live');
const { FUNCTION_FLAG, OP } = require('./words');

const { Proxy } = globalThis;
const { defineProperty, setPrototypeOf } = P;
const { deleteProperty, get, getOwnPropertyDescriptor, getPrototypeOf, has, ownKeys, set } =
  Reflect;

/** The handler of a function's or module's proxy. */
class LazyHandler {
  /** Set when there is a proxy. */
  standIn = null;
  #end;
  #filler;
  #flags;

  constructor(end, filler, flags) {
    this.#end = end;
    this.#filler = filler;
    this.#flags = flags;
  }

  /** @param {string | symbol} [key] that somebody looks for; all of them without */
  #fill(key) {
    const isPlain = (this.#flags & FUNCTION_FLAG.PLAIN) !== 0;
    const isConstructor = (this.#flags & FUNCTION_FLAG.CONSTRUCTOR) !== 0;
    if (
      isPlain
        ? isConstructor && key === 'prototype'
        : key !== 'call' && key !== 'apply' && key !== 'bind'
    )
      this.#filler.fill(this.standIn);
  }

  apply(target, self, given) {
    return this.#end.apply(this.standIn, self, given, (this.#flags & FUNCTION_FLAG.LENDS) !== 0);
  }

  construct(target, given, newTarget) {
    return this.#end.ask(
      OP.CONSTRUCT,
      this.standIn,
      given,
      newTarget === this.standIn ? undefined : newTarget,
    );
  }

  get(target, key, receiver) {
    this.#fill(key);
    const value = get(target, key, receiver);
    if (key === 'prototype') this.#filler.fill(value);
    return value;
  }

  set(target, key, value, receiver) {
    this.#fill(key);
    return set(target, key, value, receiver);
  }

  has(target, key) {
    this.#fill(key);
    return has(target, key);
  }

  deleteProperty(target, key) {
    this.#fill(key);
    return deleteProperty(target, key);
  }

  ownKeys(target) {
    this.#fill();
    return ownKeys(target);
  }

  getOwnPropertyDescriptor(target, key) {
    this.#fill(key);
    return getOwnPropertyDescriptor(target, key);
  }

  getPrototypeOf(target) {
    this.#fill();
    return getPrototypeOf(target);
  }
}
setPrototypeOf(LazyHandler.prototype, null);

class StandIns {
  #end;
  #filler;
  /** Those of live.js. */
  #live = P.newSafeWeakMap();

  /** @param {import('./end').End} end */
  constructor(end) {
    this.#end = end;
    this.#filler = new Filler(end);
  }

  isPrototype(object) {
    return this.#filler.isPrototype(object);
  }

  fill(object) {
    this.#filler.fill(object);
  }

  prototype() {
    const mirror = {};
    return this.#filler.add(mirror, mirror, true);
  }

  static() {
    return this.#lazy({}, 0);
  }

  function(flags, name, length) {
    // A proxy can be called with `new` if its target can.
    const target = (flags & FUNCTION_FLAG.CONSTRUCTOR) !== 0 ? function () {} : () => {};
    define(target, 'name', name);
    define(target, 'length', length);
    return {
      __proto__: null,
      standIn: this.#lazy(target, flags),
      isPinned: (flags & FUNCTION_FLAG.PINNED) !== 0,
    };
  }

  /** @param {object | null} prototype @param {(string | symbol)[]} [ownMethods] that it has in place of its class's */
  object(prototype, ownMethods) {
    const handler = new LiveHandler(this.#end, this.#filler, ownMethods);
    const target = { __proto__: null };
    setPrototypeOf(target, prototype);
    handler.standIn = new Proxy(target, handler);
    this.#live.set(handler.standIn, true);
    return handler.standIn;
  }

  isLive(value) {
    return typeof value === 'object' && value !== null && this.#live.get(value) === true;
  }

  #lazy(target, flags) {
    const handler = new LazyHandler(this.#end, this.#filler, flags);
    handler.standIn = new Proxy(target, handler);
    return this.#filler.add(handler.standIn, target, false);
  }
}

function define(fn, key, value) {
  defineProperty(fn, key, { __proto__: null, value, configurable: true });
}

module.exports = { StandIns };
