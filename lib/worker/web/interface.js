'use strict';

/** What the language gives to every class; its prototype may have members of these names. */
const NOT_STATICS = new Set(['length', 'name', 'prototype']);

/**
 * Makes a class look as WebIDL has it: its name is what objects of it say they are, its members can be
 * enumerated.
 * @param {Function} type
 * @param {{[name: string]: number}} [constants] of the class and of its objects
 */
function defineInterface(type, constants = {}) {
  const { prototype } = type;
  for (const target of [type, prototype]) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
      if (name === 'constructor' || (target === type && NOT_STATICS.has(name))) continue;
      Object.defineProperty(target, name, { ...descriptor, enumerable: true });
    }
  }
  for (const [name, value] of Object.entries(constants)) {
    for (const target of [type, prototype]) {
      Object.defineProperty(target, name, { value, enumerable: true });
    }
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: type.name, configurable: true });
}

/** Puts classes on the global object. @param {...Function} types */
function exposeInterfaces(...types) {
  for (const type of types) {
    Object.defineProperty(globalThis, type.name, {
      value: type,
      writable: true,
      configurable: true,
    });
  }
}

module.exports = { defineInterface, exposeInterfaces };
