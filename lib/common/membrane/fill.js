'use strict';

/**
 * Objects of the other end whose properties hardly change: modules, functions and prototypes. What stands for
 * one has them as properties of its own, from when somebody first looks.
 *
 * @typedef {object} Shape of such a stand-in
 * @property {object} target that has the properties
 * @property {boolean} isFilled
 * @property {boolean} isPrototype
 */

const P = require('../structured-clone/primordials');
const { OP, PROPERTY } = require('./words');

const { defineProperty, setPrototypeOf } = P;

class Filler {
  #end;
  /** By stand-in. */
  #shapes = P.newSafeWeakMap();

  /** @param {import('./end').End} end */
  constructor(end) {
    this.#end = end;
  }

  /** @param {object} standIn @param {object} target @param {boolean} isPrototype */
  add(standIn, target, isPrototype) {
    this.#shapes.set(standIn, {
      __proto__: null,
      target,
      isFilled: false,
      isPrototype,
    });
    return standIn;
  }

  /** Whether this is the prototype of objects of the other end. */
  isPrototype(object) {
    return this.#shapes.get(object)?.isPrototype === true;
  }

  /** Before somebody looks at it; does nothing for other objects. */
  fill(standIn) {
    const shape = this.#shapes.get(standIn);
    if (shape === undefined || shape.isFilled) return;
    const levels = this.#end.ask(OP.DESCRIBE, standIn);
    for (let i = 0; i < levels.length; i++) this.#fillOne(levels[i]);
    shape.isFilled = true;
  }

  #fillOne(level) {
    const standIn = level[0];
    const prototype = level[1];
    const shape = this.#shapes.get(standIn);
    if (shape === undefined || shape.isFilled) return;
    shape.isFilled = true;
    setPrototypeOf(shape.target, prototype);
    for (let i = 2; i < level.length; i += 3)
      this.#define(shape, standIn, level[i], level[i + 1], level[i + 2]);
  }

  #define(shape, owner, key, how, value) {
    const enumerable = (how & PROPERTY.ENUMERABLE) !== 0;
    const kind = how & ~PROPERTY.ENUMERABLE;
    if (key === 'prototype' && typeof owner === 'function')
      defineProperty(shape.target, key, { __proto__: null, value });
    else if (kind === PROPERTY.VALUE)
      defineProperty(shape.target, key, P.dataDescriptor(value, enumerable));
    else if (kind === PROPERTY.REMOTE && !shape.isPrototype)
      this.#defineLate(shape.target, owner, key, enumerable);
    else this.#defineAccessor(shape.target, owner, key, enumerable);
  }

  /** Asked for when it is first read. */
  #defineLate(target, owner, key, enumerable) {
    const end = this.#end;
    const settle = (value) => defineProperty(target, key, P.dataDescriptor(value, enumerable));
    const descriptor = {
      __proto__: null,
      get() {
        const value = end.ask(OP.GET, owner, key, owner);
        settle(value);
        return value;
      },
      set: settle,
      enumerable,
      configurable: true,
    };
    defineProperty(target, key, descriptor);
  }

  #defineAccessor(target, owner, key, enumerable) {
    const end = this.#end;
    const descriptor = {
      __proto__: null,
      get() {
        return end.ask(OP.GET, owner, key, this);
      },
      set(value) {
        end.ask(OP.SET, owner, key, value, this, true);
      },
      enumerable,
      configurable: true,
    };
    defineProperty(target, key, descriptor);
  }
}

module.exports = { Filler };
