'use strict';

/** What `new Worker(url, options)` accepts in a page (lib/common/worker-arguments.js). */

const { readWorkerArguments } = require('../common/worker-arguments');

const uncurry = (method) => Function.prototype.call.bind(method);
const startsWith = uncurry(String.prototype.startsWith);
const getter = (prototype, name) =>
  uncurry(Object.getOwnPropertyDescriptor(prototype, name).get);
const originOf = getter(URL.prototype, 'origin');
const protocolOf = getter(URL.prototype, 'protocol');
const pathOf = getter(URL.prototype, 'pathname');
const baseURI = getter(Node.prototype, 'baseURI');
const { document } = window;
/** The document's own: a later change of `document.domain` does not count. */
const pageOrigin = window.origin;

/** Whether this page may start a worker there: what it could read, and data: addresses. */
function mayStart(url) {
  const protocol = protocolOf(url);
  if (protocol === 'data:') return true;
  if (pageOrigin === 'file://') {
    return protocol === 'file:' || (protocol === 'blob:' && startsWith(pathOf(url), 'file:'));
  }
  return pageOrigin !== 'null' && originOf(url) === pageOrigin;
}

const maker = { baseURL: () => baseURI(document), origin: () => pageOrigin, mayStart };

/** @param {ArrayLike<unknown>} given the constructor's arguments */
exports.readArguments = (given) => readWorkerArguments(given, maker);
