'use strict';

/** Node's own modules, as the agent has them (./agent.js): it is started when the first is asked for. */

const { defineProperty } = Object;
const { apply } = Reflect;
const { hasInstance } = Symbol;
const isOrdinaryInstance = Function.prototype[hasInstance];

/** @param {string} name of a built-in module, without `node:` */
const systemModule = (name) => require('./agent').getAgent().module(name);

/** What a module of ours lacks and Node's has, taken from there when it is read. */
function completeFrom(target, moduleName, names) {
  const { lazyRest } = require('../../common/lazy');
  return lazyRest(target, names, (name) => systemModule(moduleName)[name]);
}

/** Whether this world has Node: a sandboxed preload script's has not. */
const hasNode = Boolean(options.nodeInPage || options.nodeInPreload);

/** Whether a value is an object or a function of Node's. @param {unknown} value */
const isRemote = (value) => hasNode && require('./agent').isRemote(value);

/**
 * Makes `instanceof` take objects of Node's class, too: a socket is an EventEmitter, whichever
 * EventEmitter is asked.
 *
 * @param {Function} Class of this world @param {() => Function} load gives Node's
 */
function acceptRemote(Class, load) {
  if (!hasNode) return;
  const isInstance = Class[hasInstance] ?? isOrdinaryInstance;
  defineProperty(Class, hasInstance, {
    value(object) {
      if (apply(isInstance, this, [object])) return true;
      return this === Class && isRemote(object) && object instanceof load();
    },
    configurable: true,
  });
}

module.exports = { acceptRemote, completeFrom, isRemote, systemModule };
