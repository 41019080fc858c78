'use strict';

/**
 * The class `Worker`, as WebIDL and Chromium have it: of a page, and of a worker for its nested ones. How
 * a worker is started and reached is the scope's affair.
 *
 * @typedef {object} Connection to a worker
 * @property {(value: unknown, transfer: unknown[] | undefined, where: string) => void} postMessage
 * @property {() => void} terminate
 *
 * @typedef {object} WorkerEvents what the connection calls; each call is a task of its own
 * @property {(data: unknown, ports: object[] | undefined) => void} message
 * @property {() => void} messageError
 * @property {(report: object) => boolean} error an uncaught error, or the end of the worker;
 *   returns whether nobody handled it
 */

const { EventHandler } = require('./event-handler');
const { QuickMessageEvent } = require('./message-event');
const { toTransferList } = require('./transfer-list');

const { ErrorEvent, Event, EventTarget, TypeError } = globalThis;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { construct } = Reflect;
const dispatch = Function.prototype.call.bind(EventTarget.prototype.dispatchEvent);

const WHERE = "Failed to execute 'postMessage' on 'Worker'";

/** Script may call methods on anything. */
function check(object) {
  if (!WorkerObject.isOne(object)) throw new TypeError('Illegal invocation');
}

/** @returns {EventHandler} */
function handlerOf(object, type) {
  check(object);
  return WorkerObject.handlersOf(object)[type];
}

/** The class behind `Worker`, which is a function because of what it says when it is called. */
class WorkerObject extends EventTarget {
  #connection;
  #isTerminated = false;
  #handlers = {
    __proto__: null,
    message: new EventHandler(this, 'message'),
    messageerror: new EventHandler(this, 'messageerror'),
    error: new EventHandler(this, 'error'),
  };

  static isOne = (object) => typeof object === 'object' && object !== null && #handlers in object;
  static handlersOf = (worker) => worker.#handlers;

  /** @param {(events: WorkerEvents) => Connection} connect */
  constructor(connect) {
    super();
    this.#connection = connect(this.#events());
  }

  postMessage(message, options = undefined) {
    check(this);
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    const transfer = options === undefined ? undefined : toTransferList(options, WHERE);
    this.#connection.postMessage(message, transfer, WHERE);
  }

  terminate() {
    check(this);
    this.#isTerminated = true;
    this.#connection.terminate();
  }

  get onmessage() {
    return handlerOf(this, 'message').value;
  }
  set onmessage(value) {
    handlerOf(this, 'message').value = value;
  }
  get onmessageerror() {
    return handlerOf(this, 'messageerror').value;
  }
  set onmessageerror(value) {
    handlerOf(this, 'messageerror').value = value;
  }
  get onerror() {
    return handlerOf(this, 'error').value;
  }
  set onerror(value) {
    handlerOf(this, 'error').value = value;
  }

  /** @returns {WorkerEvents} */
  #events() {
    return {
      message: (data, ports) => {
        if (!this.#isTerminated) dispatch(this, new QuickMessageEvent('message', data, ports));
      },
      messageError: () => {
        if (!this.#isTerminated) dispatch(this, new QuickMessageEvent('messageerror', null));
      },
      error: (report) => !this.#isTerminated && this.#erred(report),
    };
  }

  #erred({ message, filename, lineno, colno, isLoadError }) {
    if (isLoadError) return dispatch(this, new Event('error', { cancelable: true }));
    const init = { message, filename, lineno, colno, error: null, cancelable: true };
    if (!dispatch(this, new ErrorEvent('error', init))) return false;
    return dispatch(globalThis, new ErrorEvent('error', init));
  }
}

/** In the order in which Chromium has them. */
const MEMBERS = ['onmessage', 'postMessage', 'terminate', 'constructor', 'onerror', 'onmessageerror'];

/** Gives `Worker` its prototype, with the attributes that WebIDL gives to members. */
function makeInterface(Worker, showAsNative) {
  const prototype = Object.create(EventTarget.prototype);
  for (const name of MEMBERS) {
    const isConstructor = name === 'constructor';
    const descriptor = isConstructor
      ? { value: Worker, writable: true, configurable: true }
      : { ...getOwnPropertyDescriptor(WorkerObject.prototype, name), enumerable: true };
    showAsNative(descriptor);
    defineProperty(prototype, name, descriptor);
  }
  defineProperty(prototype, Symbol.toStringTag, { value: 'Worker', configurable: true });
  defineProperty(Worker, 'prototype', { value: prototype, writable: false });
  Object.setPrototypeOf(Worker, EventTarget);
}

/**
 * @param {object} scope
 * @param {(given: ArrayLike<unknown>) => object} scope.readArguments of the constructor
 * @param {(given: object, events: WorkerEvents) => Connection} scope.connect starts a worker
 * @param {(descriptor: PropertyDescriptor) => void} [scope.showAsNative]
 */
function makeWorkerClass({ readArguments, connect, showAsNative = () => {} }) {
  function Worker(scriptURL) {
    if (new.target === undefined) {
      throw new TypeError(
        "Failed to construct 'Worker': Please use the 'new' operator, " +
          'this DOM object constructor cannot be called as a function.',
      );
    }
    const given = readArguments(arguments);
    return construct(WorkerObject, [(events) => connect(given, events)], new.target);
  }
  makeInterface(Worker, showAsNative);
  return Worker;
}

module.exports = { makeWorkerClass };
