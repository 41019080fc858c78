'use strict';

/** Tells the other end what properties a module, a function or a prototype has, once. */

const P = require('../structured-clone/primordials');
const { isUsualKey } = require('./functions');
const { intrinsicName } = require('./intrinsics');
const { PROPERTY } = require('./words');

const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, ownKeys } = P;

/** How a property is told, and its value where that goes along. */
function describeProperty(end, key, descriptor) {
  const enumerable = descriptor.enumerable ? PROPERTY.ENUMERABLE : 0;
  if (!hasOwn(descriptor, 'value'))
    return {
      __proto__: null,
      how: PROPERTY.ACCESSOR | enumerable,
      value: undefined,
    };
  const { value } = descriptor;
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && key === 'prototype') end.marks.addPrototype(value);
  if (isObject && key !== 'prototype')
    return {
      __proto__: null,
      how: PROPERTY.REMOTE | enumerable,
      value: undefined,
    };
  return { __proto__: null, how: PROPERTY.VALUE | enumerable, value };
}

/** One object: itself, its prototype, and for each property key, how and value. */
function describeOne(end, object) {
  const isFunction = typeof object === 'function';
  const prototype = getPrototypeOf(object);
  if (prototype !== null && typeof prototype === 'object') end.marks.addPrototype(prototype);
  const level = [object, prototype];
  const add = (value) => P.createDataProperty(level, level.length, value);
  const keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (isFunction && isUsualKey(key) && key !== 'prototype') continue;
    const { how, value } = describeProperty(end, key, getOwnPropertyDescriptor(object, key));
    add(key);
    add(how);
    add(value);
  }
  return level;
}

/**
 * @param {import('./end').End} end
 * @param {object} object
 * @returns {unknown[][]} its description; for a prototype also those above it that are this end's own
 */
function describe(end, object) {
  const levels = [];
  for (let o = object; o !== null; o = getPrototypeOf(o)) {
    const isOwn = intrinsicName(o) === undefined && end.received.idOf(o) === 0;
    if (!isOwn) break;
    P.createDataProperty(levels, levels.length, describeOne(end, o));
    if (!end.marks.isPrototype(object)) break;
  }
  return levels;
}

module.exports = { describe };
