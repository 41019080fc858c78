'use strict';

/**
 * `self`: Node's global object with the surface of a dedicated worker on it (HTML, 10.2.1).
 *
 * Node has no DedicatedWorkerGlobalScope, so the classes are made here, and the global object gets
 * them as its prototypes and the state of an EventTarget as its own.
 */

const { defineEventHandler } = require('./event-handlers');
const { QuickMessageEvent } = require('../common/message-event');
const { toTransferList } = require('../common/transfer-list');
const { importScripts } = require('./script');
const { installWebInterfaces } = require('./web/install');
const { WorkerNavigator } = require('./web/navigator');
const { WorkerLocation, originOf } = require('./worker-location');

const navigator = new WorkerNavigator();

const dispatchTo = (type) => globalThis.dispatchEvent(new Event(type));

const WHERE = "Failed to execute 'postMessage' on 'DedicatedWorkerGlobalScope'";

class WorkerGlobalScope extends EventTarget {
  constructor() {
    throw new TypeError('Illegal constructor');
  }
}
class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}

function defineGlobal(name, descriptor) {
  Object.defineProperty(globalThis, name, { enumerable: true, configurable: true, ...descriptor });
}

function defineClass(type) {
  Object.defineProperty(type.prototype, Symbol.toStringTag, {
    value: type.name,
    configurable: true,
  });
  defineGlobal(type.name, { value: type, writable: true, enumerable: false });
}

/**
 * Makes the global object an EventTarget whose methods also work when called without `self.`.
 * @param {() => void} onListening called when the script listens for messages
 */
function makeEventTarget(onListening) {
  const state = new EventTarget();
  for (const key of Reflect.ownKeys(state)) {
    Object.defineProperty(globalThis, key, Object.getOwnPropertyDescriptor(state, key));
  }
  Object.setPrototypeOf(globalThis, DedicatedWorkerGlobalScope.prototype);
  delete globalThis[Symbol.toStringTag]; // Node's own says 'global'
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    const method = EventTarget.prototype[name];
    const isAdding = name === 'addEventListener';
    const bound = {
      [name](...values) {
        if (isAdding && values[0] === 'message') onListening();
        return method.apply(globalThis, values);
      },
    }[name];
    defineGlobal(name, { value: bound, writable: true, enumerable: false });
  }
}

/** What a script may ask of itself, and what the port needs of it. */
class Scope {
  #port = null;
  #closing = false;
  #location = null;
  #type = 'classic';

  /** Called when the script listens for messages, which resolves `listening`. */
  onListening;
  /** @type {Promise<void>} */
  listening = new Promise((resolve) => {
    this.onListening = resolve;
  });

  /** @param {import('./worker-options').WorkerOptions} options */
  begin(options, port) {
    this.#port = port;
    this.#type = options.type;
    this.moveTo(options.url);
    defineGlobal('location', { get: () => this.#location });
    defineGlobal('name', { value: options.name, writable: true });
    const isOpaque = options.url.startsWith('data:');
    const origin = isOpaque ? 'null' : originOf(options.documentURL);
    defineGlobal('origin', { value: origin, writable: true });
    const { isSecureContext, crossOriginIsolated } = options.environment;
    defineGlobal('isSecureContext', { get: () => isSecureContext });
    defineGlobal('crossOriginIsolated', { get: () => crossOriginIsolated });
    WorkerNavigator.update(navigator, options.environment);
  }

  /** The page's navigator says something else. @param {import('./environment').Environment} environment */
  environmentChanged(environment) {
    const { languages, onLine } = navigator;
    WorkerNavigator.update(navigator, environment);
    if (onLine !== navigator.onLine) dispatchTo(navigator.onLine ? 'online' : 'offline');
    if (`${languages}` !== `${navigator.languages}`) dispatchTo('languagechange');
  }

  /** The script's address, after redirects. @param {string} url */
  moveTo(url) {
    if (url !== this.#location?.href) this.#location = new WorkerLocation(url);
  }

  importScripts(given) {
    importScripts(this.#type, given);
  }

  postMessage(given, message, options) {
    if (given === 0) throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    const transfer = options === undefined ? undefined : toTransferList(options, WHERE);
    this.#port.postMessage(message, transfer, WHERE);
  }

  /** The current task runs to its end, and what it posts is sent; then the thread ends. */
  close() {
    if (this.#closing) return;
    this.#closing = true;
    this.#port.stop();
    setImmediate(() => this.#port.link.whenSent().then(() => process.exit(0)));
  }

  onMessage(data, ports) {
    globalThis.dispatchEvent(new QuickMessageEvent('message', data, ports));
  }

  onMessageError() {
    globalThis.dispatchEvent(new QuickMessageEvent('messageerror', null));
  }
}

/** What a worker does not have in browsers, and what libraries tell a page by. */
const NOT_IN_WORKERS = ['localStorage', 'sessionStorage', 'Storage', 'Navigator'];

const EVENTS = [
  ...['message', 'messageerror', 'error', 'unhandledrejection', 'rejectionhandled'],
  ...['languagechange', 'online', 'offline'],
];

function installGlobalScope() {
  const scope = new Scope();
  for (const name of NOT_IN_WORKERS) delete globalThis[name];
  defineClass(WorkerGlobalScope);
  defineClass(DedicatedWorkerGlobalScope);
  defineClass(WorkerLocation);
  makeEventTarget(scope.onListening);
  defineGlobal('self', { get: () => globalThis });
  defineGlobal('navigator', { get: () => navigator });
  installWebInterfaces();
  for (const type of EVENTS) defineEventHandler(globalThis, type);
  const functions = {
    postMessage(message, options = undefined) {
      scope.postMessage(arguments.length, message, options);
    },
    close() {
      scope.close();
    },
    importScripts(...urls) {
      scope.importScripts(urls);
    },
  };
  for (const [name, value] of Object.entries(functions)) {
    defineGlobal(name, { value, writable: true });
  }
  return scope;
}

module.exports = { installGlobalScope };
