'use strict';

/**
 * What `new Worker(url, options)` accepts, and what it throws otherwise: the conversions of WebIDL in
 * their order, and Chromium's texts.
 */

const { DOMException, TypeError, URL } = globalThis;
const uncurry = (method) => Function.prototype.call.bind(method);
const startsWith = uncurry(String.prototype.startsWith);
const getter = (prototype, name) =>
  uncurry(Object.getOwnPropertyDescriptor(prototype, name).get);
const hrefOf = getter(URL.prototype, 'href');
const originOf = getter(URL.prototype, 'origin');
const protocolOf = getter(URL.prototype, 'protocol');
const pathOf = getter(URL.prototype, 'pathname');
const baseURI = getter(Node.prototype, 'baseURI');
const { document } = window;
/** The document's own: a later change of `document.domain` does not count. */
const pageOrigin = window.origin;

const WHERE = "Failed to construct 'Worker'";

/** WorkerOptions, in the order in which WebIDL reads them. */
const ENUMS = {
  __proto__: null,
  credentials: { type: 'RequestCredentials', values: { __proto__: null, omit: 1, 'same-origin': 1, include: 1 } },
  type: { type: 'WorkerType', values: { __proto__: null, classic: 1, module: 1 } },
};

function readEnum(options, name, fallback) {
  const given = options[name];
  if (given === undefined) return fallback;
  const value = `${given}`;
  const { type, values } = ENUMS[name];
  if (value in values) return value;
  throw new TypeError(
    `${WHERE}: Failed to read the '${name}' property from 'WorkerOptions': ` +
      `The provided value '${value}' is not a valid enum value of type ${type}.`,
  );
}

/** @returns {{credentials: string, name: string, type: string}} */
function readOptions(given) {
  const isObject = typeof given === 'object' || typeof given === 'function';
  if (given !== undefined && !isObject) {
    throw new TypeError(`${WHERE}: The provided value is not of type 'WorkerOptions'.`);
  }
  const options = given ?? { __proto__: null };
  const credentials = readEnum(options, 'credentials', 'same-origin');
  const name = options.name;
  return {
    __proto__: null,
    credentials,
    name: name === undefined ? '' : `${name}`,
    type: readEnum(options, 'type', 'classic'),
  };
}

/** Whether this page may start a worker there: what it could read, and data: addresses. */
function mayStart(url) {
  const protocol = protocolOf(url);
  if (protocol === 'data:') return true;
  if (pageOrigin === 'file://') {
    return protocol === 'file:' || (protocol === 'blob:' && startsWith(pathOf(url), 'file:'));
  }
  return pageOrigin !== 'null' && originOf(url) === pageOrigin;
}

/** @param {string} text @returns {URL} the script's address */
function resolve(text) {
  let url;
  try {
    url = new URL(text, baseURI(document));
  } catch {
    throw new DOMException(`${WHERE}: '${text}' is not a valid URL.`, 'SyntaxError');
  }
  if (!mayStart(url)) {
    throw new DOMException(
      `${WHERE}: Script at '${hrefOf(url)}' cannot be accessed from origin '${pageOrigin}'.`,
      'SecurityError',
    );
  }
  return url;
}

/**
 * @param {ArrayLike<unknown>} given the constructor's arguments
 * @returns {{href: string, protocol: string, credentials: string, name: string, type: string}}
 */
function readArguments(given) {
  if (given.length === 0) {
    throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
  }
  const text = `${given[0]}`;
  const options = readOptions(given[1]);
  const url = resolve(text);
  return { __proto__: null, href: hrefOf(url), protocol: protocolOf(url), ...options };
}

module.exports = { readArguments };
