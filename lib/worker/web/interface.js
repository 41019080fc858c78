'use strict';

/**
 * Makes a class look as WebIDL has it: its name is what objects of it say they are, its members can be
 * enumerated.
 * @param {Function} type
 * @param {{[name: string]: number}} [constants] of the class and of its objects
 */
function defineInterface(type, constants = {}) {
  const { prototype } = type;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue;
    Object.defineProperty(prototype, name, { ...descriptor, enumerable: true });
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
