'use strict';

/**
 * `window.Worker`: as the HTML standard has it for the page; its script runs in a Node thread of the
 * window's worker host.
 */

const { QuickMessageEvent } = require('../common/message-event');
const { WorkerPort } = require('./worker-port');

const { DOMException, ErrorEvent, Event, EventTarget, URL } = globalThis;
const { isArray } = Array;
const stringify = JSON.stringify;
const dispatch = uncurry(EventTarget.prototype.dispatchEvent);
const listen = uncurry(EventTarget.prototype.addEventListener);
const startsWith = uncurry(String.prototype.startsWith);

const queueTask = setTimeout.bind(window);

/** The port of a worker that never ran. */
const ENDED = { postMessage() {}, terminate() {} };

const WHERE = "Failed to execute 'postMessage' on 'Worker'";
const WHERE_NEW = "Failed to construct 'Worker'";

function uncurry(method) {
  return Function.prototype.call.bind(method);
}

/** @returns {URL} the script's address */
function resolve(given) {
  let url;
  try {
    url = new URL(given, document.baseURI);
  } catch {
    throw new DOMException(`${WHERE_NEW}: '${given}' is not a valid URL.`, 'SyntaxError');
  }
  const sameOrigin =
    url.protocol === 'file:' ? location.protocol === 'file:' : url.origin === location.origin;
  const readable = sameOrigin || (url.protocol === 'blob:' && startsWith(url.pathname, 'file:'));
  if (!readable) {
    throw new DOMException(
      `${WHERE_NEW}: Script at '${url.href}' cannot be accessed from origin '${location.origin}'.`,
      'SecurityError',
    );
  }
  return url;
}

function checkType(type = 'classic') {
  if (type === 'classic' || type === 'module') return type;
  throw new TypeError(
    `${WHERE_NEW}: Failed to read the 'type' property from 'WorkerOptions': ` +
      `The provided value '${type}' is not a valid enum value of type WorkerType.`,
  );
}

class Worker extends EventTarget {
  #port;
  #handlers = { __proto__: null };

  constructor(url, options = {}) {
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE_NEW}: 1 argument required, but only 0 present.`);
    }
    super();
    const { href, protocol } = resolve(`${url}`);
    const inlineScript = protocol === 'blob:' ? binding.readBlob(href) : undefined;
    const settings = {
      url: href,
      documentURL: document.URL,
      name: options?.name === undefined ? '' : `${options.name}`,
      type: checkType(options?.type),
      inlineScript: inlineScript !== undefined,
    };
    if (inlineScript === null) {
      this.#port = ENDED;
      queueTask(() => dispatch(this, new Event('error')));
      return;
    }
    this.#port = new WorkerPort(stringify(settings), this.#events());
    if (inlineScript !== undefined) this.#port.postMessage(inlineScript, undefined, WHERE);
  }

  postMessage(message, transfer = undefined) {
    if (arguments.length === 0) {
      throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
    }
    const list = isArray(transfer) ? transfer : transfer?.transfer;
    this.#port.postMessage(message, list, WHERE);
  }

  terminate() {
    this.#port.terminate();
  }

  /** What the port calls; each call is a task of its own. */
  #events() {
    const worker = this;
    return {
      message(data) {
        dispatch(worker, new QuickMessageEvent('message', data));
      },
      messageError() {
        dispatch(worker, new QuickMessageEvent('messageerror', null));
      },
      /** An uncaught error in the worker, or its end. */
      error({ message, filename, lineno, colno }) {
        const event = new ErrorEvent('error', {
          message,
          filename,
          lineno,
          colno,
          cancelable: true,
        });
        return dispatch(worker, event);
      },
    };
  }

  #handler(type, ...given) {
    if (given.length === 0) return this.#handlers[type] ?? null;
    const isFirst = !(type in this.#handlers);
    this.#handlers[type] = typeof given[0] === 'function' ? given[0] : null;
    if (isFirst) {
      listen(this, type, (event) => {
        if (this.#handlers[type]?.call(this, event) === false) event.preventDefault();
      });
    }
    return undefined;
  }

  get onmessage() {
    return this.#handler('message');
  }
  set onmessage(value) {
    this.#handler('message', value);
  }
  get onmessageerror() {
    return this.#handler('messageerror');
  }
  set onmessageerror(value) {
    this.#handler('messageerror', value);
  }
  get onerror() {
    return this.#handler('error');
  }
  set onerror(value) {
    this.#handler('error', value);
  }
}

exports.install = function install() {
  const enumerable = { enumerable: true };
  for (const name of ['postMessage', 'terminate', 'onmessage', 'onmessageerror', 'onerror']) {
    Object.defineProperty(Worker.prototype, name, enumerable);
  }
  Object.defineProperty(Worker.prototype, Symbol.toStringTag, {
    value: 'Worker',
    configurable: true,
  });
  // WebKit rounds it, so that pages tell less of the machine; these start a worker for each core.
  Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', {
    get: () => binding.processors,
    ...enumerable,
    configurable: true,
  });
  Object.defineProperty(window, 'Worker', { value: Worker, writable: true, configurable: true });
};
