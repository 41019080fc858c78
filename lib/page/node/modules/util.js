'use strict';

/**
 * `util`: inspect and format are Node's own text, as the package node-inspect-extracted has it; what
 * makes or judges values of this world is here; what only computes is asked of Node.
 */

const { loadPackage } = require('../packages');
const { checkFunction, invalidArgType, nodeError } = require('../errors');
const { lazy } = require('../../../common/lazy');
const { completeFrom, isRemote, systemModule } = require('../system');
const { nextTick } = require('../ticks');

const { apply } = Reflect;
const { formatWithOptions, format, inspect, stripVTControlCharacters } =
  loadPackage('node-inspect-extracted');

const custom = Symbol.for('nodejs.util.promisify.custom');

/** Functions of Node's that give more than one value: the names that they get in the promise's. */
const RESULTS = [
  ['fs', 'read', 'bytesRead buffer'],
  ['fs', 'readv', 'bytesRead buffers'],
  ['fs', 'write', 'bytesWritten buffer'],
  ['fs', 'writev', 'bytesWritten buffers'],
  ['dns', 'lookup', 'address family'],
  ['dns', 'lookupService', 'hostname service'],
];

function namesOfResults(fn) {
  const known = RESULTS.find(
    ([module, name]) => name === fn.name && isRemote(fn) && systemModule(module)[name] === fn,
  );
  return known?.[2].split(' ') ?? null;
}

/** @param {string[] | null} names @param {unknown[]} values */
function joined(names, values) {
  if (names === null) return values[0];
  return Object.fromEntries(names.map((name, place) => [name, values[place]]));
}

function promisify(original) {
  checkFunction('original', original);
  const own = original[custom];
  if (own !== undefined) {
    if (typeof own !== 'function') {
      throw invalidArgType('util.promisify.custom', 'function', own);
    }
    return Object.defineProperty(own, custom, { value: own, configurable: true });
  }
  const names = namesOfResults(original);
  function promised(...given) {
    return new Promise((resolve, reject) => {
      const done = (error, ...values) => (error ? reject(error) : resolve(joined(names, values)));
      apply(original, this, [...given, done]);
    });
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
  Object.defineProperty(promised, custom, { value: promised, configurable: true });
  return Object.defineProperties(promised, ownDescriptors(original));
}
promisify.custom = custom;

function ownDescriptors(fn) {
  const descriptors = Object.getOwnPropertyDescriptors(fn);
  delete descriptors.prototype;
  for (const name of ['arguments', 'caller']) delete descriptors[name];
  return descriptors;
}

function callbackify(original) {
  checkFunction('original', original);
  return function (...given) {
    const callback = given.pop();
    checkFunction('last argument', callback);
    apply(original, this, given).then(
      (value) => nextTick(callback, null, value),
      (reason) => nextTick(callback, reason || falsyRejection(reason)),
    );
  };
}

function falsyRejection(reason) {
  const error = nodeError(
    Error,
    'ERR_FALSY_VALUE_REJECTION',
    'Promise was rejected with falsy value',
  );
  error.reason = reason;
  return error;
}

function inherits(constructor, superConstructor) {
  checkFunction('ctor', constructor);
  checkFunction('superCtor', superConstructor);
  Object.defineProperty(constructor, 'super_', {
    value: superConstructor,
    writable: true,
    configurable: true,
  });
  Object.setPrototypeOf(constructor.prototype, superConstructor.prototype);
}

/** @type {Set<string>} codes that have been warned of */
const warned = new Set();

function deprecate(fn, message, code) {
  let hasWarned = false;
  function deprecated(...given) {
    if (!hasWarned && !warned.has(code)) {
      hasWarned = true;
      if (code !== undefined) warned.add(code);
      console.warn(`${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
    }
    return new.target ? Reflect.construct(fn, given, new.target) : apply(fn, this, given);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

/** Prints for the sections that the environment variable NODE_DEBUG names. */
function debuglog(section) {
  const names = (options.process?.env?.NODE_DEBUG ?? '').toUpperCase().split(',');
  const enabled = names.includes(section.toUpperCase());
  const log = (...given) => {
    if (enabled) console.error(`${section.toUpperCase()}: ${format(...given)}`);
  };
  return Object.defineProperty(log, 'enabled', { value: enabled });
}

function aborted(signal) {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const util = {
  _extend: (target, source) => Object.assign(target, source),
  TextDecoder,
  TextEncoder,
  aborted,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  formatWithOptions,
  inherits,
  inspect,
  isArray: Array.isArray,
  promisify,
  stripVTControlCharacters,
  toUSVString: (text) => `${text}`.toWellFormed(),
};
lazy(util, 'types', () => require('./util-types'));
lazy(util, 'isDeepStrictEqual', () => require('./assert').isDeepStrictEqual);
completeFrom(
  util,
  'util',
  `_errnoException _exceptionWithHostPort convertProcessSignalToExitCode styleText getCallSites
  getSystemErrorMap getSystemErrorName getSystemErrorMessage markPromiseAsHandled
  transferableAbortSignal transferableAbortController parseEnv parseArgs MIMEType MIMEParams diff
  debounce throttle setTraceSigInt`.split(/\s+/),
);

module.exports = util;
