'use strict';

/**
 * `events`: the package of that name, and what Node has had since: errorMonitor, captureRejections,
 * signals, and asynchronous iteration (./events-async.js).
 */

const { loadPackage } = require('../packages');
const { checkFunction, nodeError, outOfRange } = require('../errors');
const { acceptRemote, completeFrom, systemModule } = require('../system');
const { nextTick } = require('../ticks');

const { apply } = Reflect;
const library = loadPackage('events');
const { prototype } = library;
const emitEvent = prototype.emit;

const errorMonitor = Symbol('events.errorMonitor');
const rejection = Symbol.for('nodejs.rejection');
const captures = Symbol('kCapture');

/** What `emit('error')` throws if nobody listens. */
function unhandled(error) {
  if (error instanceof Error) return error;
  const { inspect } = require('./util');
  const message = `Unhandled error. (${typeof error === 'string' ? `'${error}'` : inspect(error)})`;
  const wrapped = nodeError(Error, 'ERR_UNHANDLED_ERROR', message);
  wrapped.context = error;
  return wrapped;
}

function emit(type, ...given) {
  if (type === 'error') {
    if (this._events?.[errorMonitor] !== undefined) apply(emit, this, [errorMonitor, ...given]);
    if (this._events?.error === undefined) throw unhandled(given[0]);
  }
  if (this[captures]) return emitCapturing(this, type, given);
  return apply(emitEvent, this, [type, ...given]);
}

/** Each listener's promise is watched: its rejection is an error of the emitter. */
function emitCapturing(emitter, type, given) {
  const listeners = emitter.rawListeners(type);
  for (const listener of listeners) {
    const result = apply(listener, emitter, given);
    if (typeof result?.then !== 'function') continue;
    result.then(undefined, (error) => nextTick(handleRejection, emitter, error, type, given));
  }
  return listeners.length > 0;
}

function handleRejection(emitter, error, type, given) {
  if (typeof emitter[rejection] === 'function') {
    emitter[rejection](error, type, ...given);
    return;
  }
  const before = emitter[captures];
  try {
    emitter[captures] = false; // an error of the error's listener is nobody's any more
    emitter.emit('error', error);
  } finally {
    emitter[captures] = before;
  }
}

function checking(method) {
  return function (type, listener) {
    checkFunction('listener', listener);
    return apply(method, this, [type, listener]);
  };
}

function setProperty(target, name, value) {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

setProperty(prototype, 'emit', emit);
const methods = 'addListener on prependListener once prependOnceListener removeListener off';
const checked = new Map();
for (const name of methods.split(' ')) {
  const method = prototype[name];
  if (!checked.has(method)) {
    const replaced = checking(method);
    Object.defineProperty(replaced, 'name', { value: method.name || name });
    checked.set(method, replaced);
  }
  setProperty(prototype, name, checked.get(method));
}
setProperty(prototype, 'on', prototype.addListener);
setProperty(prototype, 'off', prototype.removeListener);
setProperty(prototype, 'setMaxListeners', function setMaxListeners(n) {
  if (typeof n !== 'number' || !(n >= 0)) throw outOfRange('setMaxListeners', '>= 0', n);
  this._maxListeners = n;
  return this;
});
setProperty(prototype, 'listenerCount', function listenerCount(type, listener) {
  if (listener === undefined) return this.rawListeners(type).length;
  return this.listeners(type).filter((each) => each === listener).length;
});

/** The package's constructor does not hand its options on. */
function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}
EventEmitter.prototype = prototype;
Object.defineProperty(prototype, 'constructor', {
  value: EventEmitter,
  writable: true,
  configurable: true,
});

EventEmitter.init = function (options) {
  apply(library.init, this, []);
  if (options?.captureRejections ?? EventEmitter.captureRejections) this[captures] = true;
};

Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  get: () => library.defaultMaxListeners,
  set(n) {
    if (typeof n !== 'number' || !(n >= 0)) throw outOfRange('defaultMaxListeners', '>= 0', n);
    library.defaultMaxListeners = n;
  },
  enumerable: true,
});

Object.assign(EventEmitter, {
  ...require('./events-async'),
  EventEmitter,
  captureRejectionSymbol: rejection,
  captureRejections: false,
  errorMonitor,
  usingDomains: false,
  getMaxListeners: (target) => target.getMaxListeners?.() ?? EventEmitter.defaultMaxListeners,
  listenerCount: (emitter, type) => emitter.listenerCount(type),
  setMaxListeners(n = EventEmitter.defaultMaxListeners, ...targets) {
    if (targets.length === 0) EventEmitter.defaultMaxListeners = n;
    for (const target of targets) target.setMaxListeners?.(n);
  },
  getEventListeners: (target, type) => target.listeners?.(type) ?? [],
});
acceptRemote(EventEmitter, () => systemModule('events'));
completeFrom(EventEmitter, 'events', ['EventEmitterAsyncResource']);

module.exports = EventEmitter;
