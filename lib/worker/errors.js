'use strict';

/**
 * Uncaught errors and unhandled rejections, as a page's worker has them (HTML, 8.1.4.6): an event in
 * the worker first, then, if nothing handled it, an `error` event at the page or a line on the
 * console. The worker lives on.
 */

const { describeError } = require('./error-report');

class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, { promise, reason, ...init }) {
    super(type, init);
    this.#promise = promise;
    this.#reason = reason;
  }

  get promise() {
    return this.#promise;
  }

  get reason() {
    return this.#reason;
  }
}

/** @param {EventTarget} scope @param {import('./port').Port} port */
function installErrorEvents(port) {
  let reporting = false;

  function reportError(error) {
    const report = describeError(error);
    if (!reporting) {
      reporting = true; // An error in an error handler goes straight to the page.
      try {
        const event = new ErrorEvent('error', { ...report, error, cancelable: true });
        if (!globalThis.dispatchEvent(event)) return;
      } finally {
        reporting = false;
      }
    }
    port.sendError(report);
  }

  process.on('uncaughtException', reportError);

  process.on('unhandledRejection', (reason, promise) => {
    const event = new PromiseRejectionEvent('unhandledrejection', {
      promise,
      reason,
      cancelable: true,
    });
    if (!globalThis.dispatchEvent(event)) return;
    const { message, filename, lineno } = describeError(reason);
    port.sendConsole({
      level: 'error',
      text: message.replace(/^Uncaught/, 'Uncaught (in promise)'),
      source: filename,
      line: lineno,
    });
  });

  process.on('rejectionHandled', (promise) => {
    globalThis.dispatchEvent(
      new PromiseRejectionEvent('rejectionhandled', { promise, reason: undefined }),
    );
  });

  for (const [name, value] of Object.entries({ PromiseRejectionEvent, reportError })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  return reportError;
}

module.exports = { installErrorEvents };
