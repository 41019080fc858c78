'use strict';

/**
 * Packages of npm that are built into the page extension (src/page/page.gresource.xml): Node's modules
 * as code of this world. Each is compiled when it is first required. What they need from each other
 * comes from our own modules, which complete them; of the packages for old engines, the engine's own
 * functions stand in.
 */

require('./dispose');
const { nextTick } = require('./ticks');

const ENTRIES = {
  __proto__: null,
  assert: 'assert/build/assert',
  'base64-js': 'base64-js/index',
  buffer: 'buffer/index',
  events: 'events/events',
  ieee754: 'ieee754/index',
  'node-inspect-extracted': 'node-inspect-extracted/dist/inspect',
  'path-browserify': 'path-browserify/index',
  punycode: 'punycode/punycode',
  'readable-stream': 'readable-stream/lib/stream',
  string_decoder: 'string_decoder/lib/string_decoder',
  url: 'url/url',
};

/** What a package gets for a name that it requires. */
const FOR_PACKAGES = {
  __proto__: null,
  'abort-controller': () => globalThis,
  buffer: () => require('./modules/buffer'),
  'call-bind/callBound': () => (path) => {
    const method = path.split('.').reduce((object, name) => object[name], globalThis);
    return Function.prototype.call.bind(method);
  },
  events: () => require('./modules/events'),
  'is-nan': () => Number.isNaN,
  'object-is': () => Object.is,
  'object-is/polyfill': () => () => Object.is,
  'object.assign/polyfill': () => () => Object.assign,
  'process/': () => ({ nextTick, env: {} }),
  'punycode/': () => require('./modules/punycode'),
  qs: () => {
    const { parse, stringify } = require('./modules/querystring');
    return { parse: (text) => parse(text), stringify: (object) => stringify(object) };
  },
  'safe-buffer': () => require('./modules/buffer'),
  'string_decoder/': () => require('./modules/string-decoder'),
  'util/': () => require('./modules/util'),
};

/** @type {Record<string, {exports: unknown}>} by path */
const cache = { __proto__: null };

/** `a/b/c.js` and `../d` -> `a/d.js` */
function resolve(path, request) {
  const parts = path.split('/').slice(0, -1);
  for (const part of request.replace(/\.js$/, '').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function load(path) {
  if (cache[path]) return cache[path].exports;
  const module = (cache[path] = { exports: {} });
  const requireInPackage = (request) => {
    if (request[0] === '.') return load(resolve(path, request));
    return FOR_PACKAGES[request]?.() ?? loadPackage(request);
  };
  binding.compile(`node_modules/${path}.js`)(module.exports, requireInPackage, module);
  return module.exports;
}

/** @param {string} name of the package */
function loadPackage(name) {
  if (!ENTRIES[name]) throw new Error(`weft: there is no built-in package '${name}'`);
  return load(ENTRIES[name]);
}

module.exports = { loadInternal: load, loadPackage };
