'use strict';

/**
 * Node's built-in modules as a page gets them: pure ones are code of the page's own realm, so that
 * `class X extends EventEmitter` is just a class; the others are the agent's.
 */

const { completeFrom, systemModule } = require('./system');

/** Each is evaluated when it is first required. */
const PURE = {
  __proto__: null,
  assert: () => require('./modules/assert'),
  'assert/strict': () => require('./modules/assert').strict,
  buffer: () => require('./modules/buffer'),
  console: () => completeFrom({ ...globalThis.console }, 'console', ['Console']),
  events: () => require('./modules/events'),
  module: () => require('./module').Module,
  path: () => require('./modules/path'),
  'path/posix': () => require('./modules/path'),
  process: () => require('./process').getProcess(),
  punycode: () => require('./modules/punycode'),
  querystring: () => require('./modules/querystring'),
  stream: () => require('./modules/stream'),
  'stream/consumers': () => require('./modules/stream-consumers'),
  'stream/promises': () => require('./modules/stream').promises,
  'stream/web': () => require('./modules/stream-web').interfaces,
  string_decoder: () => require('./modules/string-decoder'),
  sys: () => require('./modules/util'),
  timers: () => require('./modules/timers'),
  'timers/promises': () => require('./modules/timers-promises'),
  url: () => require('./modules/url'),
  util: () => require('./modules/util'),
  'util/types': () => require('./modules/util').types,
};

for (const name of ['Duplex', 'PassThrough', 'Readable', 'Transform', 'Writable']) {
  PURE[`_stream_${name.toLowerCase()}`] = () => require('./modules/stream')[name];
}

/** Node 26's, without `node:`. Those that only have that name are in SCHEME_ONLY. */
const NAMES = `
  _stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable
  _http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _tls_common
  _tls_wrap assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram
  diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector
  inspector/promises module net os path path/posix path/win32 perf_hooks process punycode
  querystring readline readline/promises repl stream stream/consumers stream/promises stream/web
  string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi
  worker_threads zlib`
  .trim()
  .split(/\s+/);
const SCHEME_ONLY = ['ffi', 'sea', 'sqlite', 'test', 'test/reporters'];

/** Electron's; it is not among Node's `builtinModules`. */
const ORIGINAL_FS = 'original-fs';

const plain = new Set([...NAMES, ORIGINAL_FS]);
const all = new Set([...NAMES, ...SCHEME_ONLY, ORIGINAL_FS]);

/** @param {string} request as it was given to require() @returns {string | null} without `node:` */
function builtinName(request) {
  if (request.startsWith('node:')) {
    const name = request.slice('node:'.length);
    return all.has(name) ? name : null;
  }
  return plain.has(request) ? request : null;
}

const loaded = new Map();

/** @param {string} name of builtinName() */
function loadBuiltin(name) {
  if (!loaded.has(name)) loaded.set(name, PURE[name] ? PURE[name]() : systemModule(name));
  return loaded.get(name);
}

const builtinModules = [...NAMES, ...SCHEME_ONLY.map((name) => `node:${name}`)];

module.exports = { builtinModules, builtinName, loadBuiltin };
