'use strict';

/** Web interfaces that Node does not have, on the global object. */

const animationFrame = require('./animation-frame');
const { installFetch } = require('./fetch');
const { MessageChannel, MessagePort } = require('../message-port');
const { defineInterface, exposeInterfaces } = require('./interface');
const { lazy } = require('../../common/lazy');
const { LockManager, WorkerNavigator } = require('./navigator');
const { ProgressEvent } = require('./progress-event');

/** Read when a script first uses them. */
const LAZY = {
  FileReader: () => require('./file-reader').FileReader,
  FileReaderSync: () => require('./file-reader').FileReaderSync,
  XMLHttpRequest: () => require('./xml-http-request').XMLHttpRequest,
  XMLHttpRequestEventTarget: () => require('./xhr-event-target').XMLHttpRequestEventTarget,
  XMLHttpRequestUpload: () => require('./xhr-event-target').XMLHttpRequestUpload,
};

function installWebInterfaces() {
  defineInterface(ProgressEvent);
  exposeInterfaces(LockManager, MessageChannel, MessagePort, ProgressEvent, WorkerNavigator);
  for (const [name, load] of Object.entries(LAZY)) lazy(globalThis, name, load, false);
  for (const [name, value] of Object.entries(animationFrame.functions)) {
    Object.defineProperty(globalThis, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  installFetch();
}

module.exports = { installWebInterfaces };
