'use strict';

const { defineEventHandlers } = require('../event-handlers');
const { defineInterface } = require('./interface');

const EVENTS = ['loadstart', 'progress', 'abort', 'error', 'load', 'timeout', 'loadend'];

/** Only this folder may make objects of these classes. */
const ours = Symbol('ours');

class XMLHttpRequestEventTarget extends EventTarget {
  constructor(key) {
    if (key !== ours) throw new TypeError('Illegal constructor');
    super();
  }
}

class XMLHttpRequestUpload extends XMLHttpRequestEventTarget {}

defineEventHandlers(XMLHttpRequestEventTarget.prototype, EVENTS);
defineInterface(XMLHttpRequestEventTarget);
defineInterface(XMLHttpRequestUpload);

module.exports = { ours, XMLHttpRequestEventTarget, XMLHttpRequestUpload };
