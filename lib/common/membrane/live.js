'use strict';

/**
 * The handler of what stands for an object of the other end that may change: each read and write of its own
 * properties goes there. Methods of its class do not: those of a prototype are fetched once.
 *
 * What is put on it here and is unknown there stays here, so that an app can keep things of its own on a
 * socket, say.
 */

const P = require('../structured-clone/primordials');
const { equals, isPlain, snapshot } = require('./plain');
const { OP, SET } = require('./words');

const { ObjectPrototype, createDataProperty, getOwnPropertyDescriptor, hasOwn } = P;
const { apply, defineProperty: tryDefine, get: getOf, getPrototypeOf, ownKeys } = Reflect;

/** Of Object's methods, those that an object seldom has of its own. */
const COMMON = P.newSafeMap();
for (const key of [
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  '__proto__',
  'toLocaleString',
])
  COMMON.set(key, true);

/** Functions that Node looks for on its objects, and calls if they are there: `_flush`, `onread`... */
function isHook(key, value) {
  if (typeof value !== 'function' || typeof key !== 'string') return false;
  return key[0] === '_' || (key[0] === 'o' && key[1] === 'n');
}

class LiveHandler {
  /** Set when there is a proxy. */
  standIn = null;
  #end;
  #filler;
  /** Data that was read, and how it was: the same object again while it is the same there. */
  #seen = null;
  /** Methods that the object has of its own, in place of its class's. */
  #replaced = null;

  constructor(end, filler, ownMethods) {
    this.#end = end;
    this.#filler = filler;
    for (let i = 0; ownMethods !== undefined && i < ownMethods.length; i++) this.#replace(ownMethods[i]);
  }

  #replace(key) {
    this.#replaced ??= P.newSafeMap();
    this.#replaced.set(key, true);
  }

  // --- reading

  get(target, key, receiver) {
    if (hasOwn(target, key)) return getOf(target, key, receiver);
    for (let p = getPrototypeOf(target); p !== null; p = getPrototypeOf(p)) {
      if (p === ObjectPrototype) {
        if (COMMON.get(key) === true) return getOf(p, key, receiver);
        break;
      }
      this.#filler.fill(p);
      const descriptor = getOwnPropertyDescriptor(p, key);
      if (descriptor === undefined) continue;
      if (!this.#isAskedFor(p, key, descriptor)) return getOf(p, key, receiver);
      break;
    }
    return this.#remember(key, this.#end.ask(OP.GET, this.standIn, key));
  }

  /** Whether the other end must say what this property of a prototype is for this object. */
  #isAskedFor(prototype, key, descriptor) {
    // Of the language's own only errors' have data, `name` and `message`, which errors have of their own.
    if (!this.#filler.isPrototype(prototype)) return typeof descriptor.value === 'string';
    return typeof descriptor.value !== 'function' || this.#replaced?.get(key) === true;
  }

  #remember(key, value) {
    const isData = (one) => !this.#end.isStandIn(one) && isPlain(one);
    if (!isData(value)) return value;
    const before = this.#seen?.get(key);
    if (before !== undefined && equals(value, before.print, isData)) return before.value;
    this.#seen ??= P.newSafeMap();
    this.#seen.set(key, {
      __proto__: null,
      value,
      print: snapshot(value, isData),
    });
    return value;
  }

  has(target, key) {
    return hasOwn(target, key) || this.#end.ask(OP.HAS, this.standIn, key);
  }

  ownKeys(target) {
    const keys = this.#end.ask(OP.KEYS, this.standIn);
    const known = P.newSafeMap();
    for (let i = 0; i < keys.length; i++) known.set(keys[i], true);
    const own = ownKeys(target);
    for (let i = 0; i < own.length; i++)
      if (known.get(own[i]) === undefined) createDataProperty(keys, keys.length, own[i]);
    return keys;
  }

  getOwnPropertyDescriptor(target, key) {
    const own = getOwnPropertyDescriptor(target, key);
    if (own !== undefined) return own;
    const told = this.#end.ask(OP.DESCRIPTOR, this.standIn, key);
    if (told === undefined) return undefined;
    const enumerable = told[0];
    const value = told[1];
    return P.dataDescriptor(this.#remember(key, value), enumerable);
  }

  // --- writing

  set(target, key, value, receiver) {
    if (receiver !== this.standIn) return tryDefine(receiver, key, P.dataDescriptor(value, true));
    if (!hasOwn(target, key)) {
      const setter = this.#ownSetter(target, key);
      if (setter !== undefined) {
        apply(setter, receiver, [value]);
        return true;
      }
      const result = this.#setThere(key, value);
      if (result !== SET.UNKNOWN) return result === SET.DONE;
    }
    return tryDefine(target, key, P.dataDescriptor(value, true));
  }

  /** Of a class of this end that extends one of the other's. */
  #ownSetter(target, key) {
    for (let p = getPrototypeOf(target); p !== null; p = getPrototypeOf(p)) {
      this.#filler.fill(p);
      const descriptor = getOwnPropertyDescriptor(p, key);
      if (descriptor !== undefined) return this.#filler.isPrototype(p) ? undefined : descriptor.set;
    }
    return undefined;
  }

  #setThere(key, value) {
    const isObject = typeof value === 'object' && value !== null && !P.isView(value);
    if (isObject && !this.#end.isStandIn(value) && !this.#end.ask(OP.HAS, this.standIn, key))
      return SET.UNKNOWN;
    const result = this.#end.ask(
      OP.SET,
      this.standIn,
      key,
      value,
      this.standIn,
      isHook(key, value),
    );
    if (typeof value === 'function' && result === SET.DONE) this.#replace(key);
    return result;
  }

  defineProperty(target, key, descriptor) {
    const isSimple = hasOwn(descriptor, 'value') && descriptor.configurable !== false;
    if (isSimple && !hasOwn(target, key)) {
      const result = this.#setThere(key, descriptor.value);
      if (result !== SET.UNKNOWN) return result === SET.DONE;
    }
    return tryDefine(target, key, descriptor);
  }

  deleteProperty(target, key) {
    if (hasOwn(target, key)) return delete target[key];
    return this.#end.ask(OP.DELETE, this.standIn, key);
  }

  getPrototypeOf(target) {
    const prototype = getPrototypeOf(target);
    if (prototype !== null) this.#filler.fill(prototype);
    return prototype;
  }

  preventExtensions() {
    return false;
  }
}
P.setPrototypeOf(LiveHandler.prototype, null);

module.exports = { LiveHandler };
