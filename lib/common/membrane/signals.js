'use strict';

/** AbortSignals, which both ends have: an aborted one here aborts the one that stands for it there. */

const P = require('../structured-clone/primordials');

const { AbortController, AbortSignal, EventTarget } = globalThis;
const hasSignals = typeof AbortSignal === 'function';
const addListener = hasSignals && P.uncurryThis(EventTarget.prototype.addEventListener);
const abortController = hasSignals && P.uncurryThis(AbortController.prototype.abort);
const signalOf = hasSignals && P.uncurryGetter(AbortController.prototype, 'signal');
const isAborted = hasSignals && P.uncurryGetter(AbortSignal.prototype, 'aborted');
const reasonOf = hasSignals && P.uncurryGetter(AbortSignal.prototype, 'reason');
const controllers = P.newSafeWeakMap();

module.exports = {
  isAborted,
  reasonOf,

  isSignal(object) {
    return hasSignals && P.getPrototypeOf(object) === AbortSignal.prototype;
  },

  onAbort(signal, listener) {
    addListener(signal, 'abort', listener, { __proto__: null, once: true });
  },

  /** A signal that abort() aborts. */
  makeSignal() {
    const controller = new AbortController();
    const signal = signalOf(controller);
    controllers.set(signal, controller);
    return signal;
  },

  abort(signal, reason) {
    const controller = controllers.get(signal);
    if (controller !== undefined) abortController(controller, reason);
  },
};
