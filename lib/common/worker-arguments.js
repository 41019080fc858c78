'use strict';

/**
 * What `new Worker(url, options)` accepts, and what it throws otherwise: the conversions of WebIDL in
 * their order, and Chromium's texts.
 */

const { DOMException, TypeError, URL } = globalThis;
const uncurry = (method) => Function.prototype.call.bind(method);
const getter = (name) => uncurry(Object.getOwnPropertyDescriptor(URL.prototype, name).get);
const hrefOf = getter('href');
const protocolOf = getter('protocol');

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

/** The member `weft`, a dictionary too. @returns {boolean} whether it asks for a process of its own */
function readProcess(options) {
  const given = options.weft;
  if (given === undefined || given === null) return false;
  if (typeof given !== 'object' && typeof given !== 'function') {
    throw new TypeError(
      `${WHERE}: Failed to read the 'weft' property from 'WorkerOptions': ` +
        "The provided value is not of type 'WeftWorkerOptions'.",
    );
  }
  return !!given.process;
}

/** @returns {{credentials: string, name: string, type: string, ownProcess: boolean}} */
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
    ownProcess: readProcess(options),
  };
}

/**
 * @typedef {object} WorkerMaker the scope that makes a worker
 * @property {() => string} baseURL
 * @property {() => string} origin for the message of an error
 * @property {(url: URL) => boolean} mayStart whether it may start a worker there
 */

/** @param {string} text @param {WorkerMaker} maker @returns {URL} the script's address */
function resolve(text, maker) {
  let url;
  try {
    url = new URL(text, maker.baseURL());
  } catch {
    throw new DOMException(`${WHERE}: '${text}' is not a valid URL.`, 'SyntaxError');
  }
  if (!maker.mayStart(url)) {
    throw new DOMException(
      `${WHERE}: Script at '${hrefOf(url)}' cannot be accessed from origin '${maker.origin()}'.`,
      'SecurityError',
    );
  }
  return url;
}

/**
 * @param {ArrayLike<unknown>} given the constructor's arguments
 * @param {WorkerMaker} maker
 * @returns {{href: string, protocol: string, credentials: string, name: string, type: string, ownProcess: boolean}}
 */
function readWorkerArguments(given, maker) {
  if (given.length === 0) {
    throw new TypeError(`${WHERE}: 1 argument required, but only 0 present.`);
  }
  const text = `${given[0]}`;
  const options = readOptions(given[1]);
  const url = resolve(text, maker);
  return { __proto__: null, href: hrefOf(url), protocol: protocolOf(url), ...options };
}

module.exports = { readWorkerArguments };
