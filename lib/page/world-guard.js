'use strict';

/**
 * WebKit keeps the objects of the isolated world from the page, with these exceptions; here they are
 * closed, in the isolated world and before any page script.
 *
 * - An `unhandledrejection` event has the rejected promise itself, and so the world that it was made in:
 *   those of this world are told here, and to nobody else. As in Chromium, a promise or reason of
 *   the page's is not seen here.
 * - Custom elements are one registry for all worlds, which gives out the classes: as in Chromium, there is
 *   none here.
 */

const P = require('../common/structured-clone/primordials');

const { EventTarget, Promise, PromiseRejectionEvent } = globalThis;
const addListener = P.uncurryThis(EventTarget.prototype.addEventListener);
const removeListener = P.uncurryThis(EventTarget.prototype.removeEventListener);
const dispatch = P.uncurryThis(EventTarget.prototype.dispatchEvent);
const stop = P.uncurryThis(Event.prototype.stopImmediatePropagation);
const preventDefault = P.uncurryThis(Event.prototype.preventDefault);
const promiseOf = P.uncurryGetter(PromiseRejectionEvent.prototype, 'promise');
const reasonOf = P.uncurryGetter(PromiseRejectionEvent.prototype, 'reason');

const TYPES = ['unhandledrejection', 'rejectionhandled'];

/** Page script cannot have a prototype of this world's, so nothing of the page's can inherit from it. */
function isOwn(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return true;
  for (let object = value; object !== null; object = P.getPrototypeOf(object)) {
    if (object === P.ObjectPrototype) return true;
  }
  return false;
}

/** Listeners of this world, at a target that the page has not. */
const ownTarget = new EventTarget();

function tellOwn(type, event) {
  const init = {
    __proto__: null,
    promise: promiseOf(event),
    reason: reasonOf(event),
    cancelable: true,
  };
  if (!dispatch(ownTarget, new PromiseRejectionEvent(type, init))) preventDefault(event);
}

function guardRejections() {
  for (const type of TYPES) {
    addListener(
      window,
      type,
      (event) => {
        if (!isOwn(promiseOf(event))) return;
        stop(event);
        tellOwn(type, event);
      },
      true,
    );
  }
  const isOfRejections = (target, type) =>
    (target ?? window) === window && TYPES.includes(`${type}`);
  const redirect = (native) =>
    function (type, listener, how) {
      native(isOfRejections(this, type) ? ownTarget : (this ?? window), type, listener, how);
    };
  window.addEventListener = redirect(addListener);
  window.removeEventListener = redirect(removeListener);
}

/** What other worlds made is nobody's business here. */
function guardGetter(prototype, name, read) {
  const get = function () {
    const value = read(this);
    return isOwn(value) ? value : undefined;
  };
  P.defineProperty(prototype, name, {
    __proto__: null,
    get,
    enumerable: true,
    configurable: true,
  });
}

exports.install = function install() {
  guardRejections();
  guardGetter(PromiseRejectionEvent.prototype, 'promise', promiseOf);
  guardGetter(PromiseRejectionEvent.prototype, 'reason', reasonOf);
  P.defineProperty(window, 'customElements', {
    __proto__: null,
    value: null,
    configurable: true,
  });
};
