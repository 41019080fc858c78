'use strict';

/**
 * `window.Worker`: as the HTML standard has it for the page; its script runs in a Node thread of the
 * window's worker host.
 */

const { QuickMessageEvent } = require('../common/message-event');
const { toTransferList } = require('../common/transfer-list');
const { readEnvironment } = require('./environment');
const { EventHandler } = require('./event-handler');
const nativeText = require('./native-text');
const { readArguments } = require('./worker-arguments');
const { isRefused } = require('./worker-policy');
const { WorkerPort } = require('./worker-port');

const { ErrorEvent, Event, EventTarget, TypeError } = globalThis;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { construct } = Reflect;
const stringify = JSON.stringify;
const dispatch = Function.prototype.call.bind(EventTarget.prototype.dispatchEvent);
const cut = Function.prototype.call.bind(String.prototype.slice);
const queueTask = setTimeout.bind(window);

/** The worker host is told no longer addresses; what they hold is sent as a message. */
const DATA_URL_MAX = 16 * 1024;

/** The port of a worker that never ran. */
const ENDED = { postMessage() {}, terminate() {} };

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
  #port;
  #isTerminated = false;
  #handlers = {
    __proto__: null,
    message: new EventHandler(this, 'message'),
    messageerror: new EventHandler(this, 'messageerror'),
    error: new EventHandler(this, 'error'),
  };

  static isOne = (object) => typeof object === 'object' && object !== null && #port in object;
  static handlersOf = (worker) => worker.#handlers;

  /** @param {ReturnType<typeof readArguments>} given */
  constructor({ href, protocol, credentials, name, type }) {
    super();
    const isLong = protocol === 'data:' && href.length > DATA_URL_MAX;
    const script = protocol === 'blob:' || isLong ? binding.readBlob(href) : undefined;
    if (script === null || isRefused(href, protocol)) {
      this.#port = ENDED;
      queueTask(() => this.#failed());
      return;
    }
    const settings = {
      url: isLong ? cut(href, 0, DATA_URL_MAX) : href,
      documentURL: document.URL,
      credentials,
      name,
      type,
      inlineScript: script !== undefined,
      environment: readEnvironment(),
    };
    this.#port = new WorkerPort(stringify(settings), this.#events());
    if (script !== undefined) this.#port.postMessage(script, undefined, WHERE);
  }

  postMessage(message, options = undefined) {
    check(this);
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    const transfer = options === undefined ? undefined : toTransferList(options, WHERE);
    this.#port.postMessage(message, transfer, WHERE);
  }

  terminate() {
    check(this);
    this.#isTerminated = true;
    this.#port.terminate();
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

  /** What the port calls; each call is a task of its own. */
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

  /** An uncaught error in the worker, or its end. @returns {boolean} whether nobody handled it */
  #erred({ message, filename, lineno, colno, isLoadError }) {
    if (isLoadError) return this.#failed();
    const init = { message, filename, lineno, colno, error: null, cancelable: true };
    if (!dispatch(this, new ErrorEvent('error', init))) return false;
    return dispatch(window, new ErrorEvent('error', init));
  }

  /** Its script could not be loaded. */
  #failed() {
    return dispatch(this, new Event('error', { cancelable: true }));
  }
}

function Worker(scriptURL) {
  if (new.target === undefined) {
    throw new TypeError(
      "Failed to construct 'Worker': Please use the 'new' operator, " +
        'this DOM object constructor cannot be called as a function.',
    );
  }
  return construct(WorkerObject, [readArguments(arguments)], new.target);
}

/** In the order in which Chromium has them. */
const MEMBERS = ['onmessage', 'postMessage', 'terminate', 'constructor', 'onerror', 'onmessageerror'];

/** Gives `Worker` its prototype, with the attributes that WebIDL gives to members. */
function makeInterface() {
  const prototype = Object.create(EventTarget.prototype);
  for (const name of MEMBERS) {
    const isConstructor = name === 'constructor';
    const descriptor = isConstructor
      ? { value: Worker, writable: true, configurable: true }
      : { ...getOwnPropertyDescriptor(WorkerObject.prototype, name), enumerable: true };
    nativeText.showDescriptorAsNative(descriptor);
    defineProperty(prototype, name, descriptor);
  }
  defineProperty(prototype, Symbol.toStringTag, { value: 'Worker', configurable: true });
  defineProperty(Worker, 'prototype', { value: prototype, writable: false });
  Object.setPrototypeOf(Worker, EventTarget);
}

exports.install = function install() {
  nativeText.install();
  makeInterface();
  const hardwareConcurrency = {
    get hardwareConcurrency() {
      return binding.processors;
    },
  };
  const descriptor = getOwnPropertyDescriptor(hardwareConcurrency, 'hardwareConcurrency');
  nativeText.showDescriptorAsNative(descriptor);
  // WebKit rounds it, so that pages tell less of the machine; these start a worker for each core.
  defineProperty(Navigator.prototype, 'hardwareConcurrency', descriptor);
  defineProperty(window, 'Worker', { value: Worker, writable: true, configurable: true });
};
