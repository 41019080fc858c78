'use strict';

/** Web interfaces that Node does not have, on the global object. */

const animationFrame = require('./animation-frame');
const { installFetch } = require('./fetch');
const { FileReader, FileReaderSync } = require('./file-reader');
const { MessageChannel, MessagePort } = require('../message-port');
const { defineInterface, exposeInterfaces } = require('./interface');
const { WorkerNavigator } = require('./navigator');
const { ProgressEvent } = require('./progress-event');
const { XMLHttpRequestEventTarget, XMLHttpRequestUpload } = require('./xhr-event-target');
const { XMLHttpRequest } = require('./xml-http-request');

function installWebInterfaces() {
  defineInterface(ProgressEvent);
  exposeInterfaces(
    FileReader,
    FileReaderSync,
    MessageChannel,
    MessagePort,
    ProgressEvent,
    WorkerNavigator,
    XMLHttpRequest,
    XMLHttpRequestEventTarget,
    XMLHttpRequestUpload,
  );
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
