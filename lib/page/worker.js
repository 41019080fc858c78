'use strict';

/**
 * `window.Worker`: as the HTML standard has it for the page (lib/common/worker-object.js); its script
 * runs in a Node thread of the window's worker host.
 */

const { makeWorkerClass } = require('../common/worker-object');
const { readEnvironment } = require('./environment');
const nativeText = require('./native-text');
const { readArguments } = require('./worker-arguments');
const { isRefused } = require('./worker-policy');
const { WorkerPort, OWN_HOST, SHARED_HOST } = require('./worker-port');

const { defineProperty, getOwnPropertyDescriptor } = Object;
const stringify = JSON.stringify;
const cut = Function.prototype.call.bind(String.prototype.slice);
const queueTask = setTimeout.bind(window);

/** The worker host is told no longer addresses; what they hold is sent as a message. */
const DATA_URL_MAX = 16 * 1024;

/** The port of a worker that never ran. */
const ENDED = { postMessage() {}, terminate() {} };

/**
 * Starts a worker.
 * @param {ReturnType<typeof readArguments>} given
 * @param {import('../common/worker-object').WorkerEvents} events
 */
function connect({ href, protocol, credentials, name, type, ownProcess }, events) {
  const isLong = protocol === 'data:' && href.length > DATA_URL_MAX;
  const script = protocol === 'blob:' || isLong ? binding.readBlob(href) : undefined;
  if (script === null || isRefused(href, protocol)) {
    queueTask(() => events.error({ isLoadError: true }));
    return ENDED;
  }
  const settings = {
    url: isLong ? cut(href, 0, DATA_URL_MAX) : href,
    documentURL: document.URL,
    credentials,
    name,
    type,
    inlineScript: script !== undefined,
    environment: readEnvironment(),
  };
  const port = start(stringify(settings), events, ownProcess);
  if (script !== undefined) port.postMessage(script, undefined, 'weft');
  return port;
}

/** One process more may be too many, which shows when the worker is started, as a script that is missing. */
function start(json, events, ownProcess) {
  if (!ownProcess) return new WorkerPort(json, events, SHARED_HOST);
  try {
    return new WorkerPort(json, events, OWN_HOST);
  } catch ({ message }) {
    queueTask(() => events.error({ message, filename: '', lineno: 0, colno: 0 }));
    return ENDED;
  }
}

exports.install = function install() {
  nativeText.install();
  const showAsNative = nativeText.showDescriptorAsNative;
  const Worker = makeWorkerClass({ readArguments, connect, showAsNative });
  const hardwareConcurrency = {
    get hardwareConcurrency() {
      return binding.processors;
    },
  };
  const descriptor = getOwnPropertyDescriptor(hardwareConcurrency, 'hardwareConcurrency');
  showAsNative(descriptor);
  // WebKit rounds it, so that pages tell less of the machine; these start a worker for each core.
  defineProperty(Navigator.prototype, 'hardwareConcurrency', descriptor);
  defineProperty(window, 'Worker', { value: Worker, writable: true, configurable: true });
};
