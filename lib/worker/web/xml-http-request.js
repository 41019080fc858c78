'use strict';

/** XMLHttpRequest of a worker (xhr.spec.whatwg.org): what script sees; the rest is in xhr-state.js. */

const { defineEventHandlers } = require('../event-handlers');
const { addHeader, allHeaders, checkMethod, getHeader } = require('./xhr-headers');
const { defineInterface } = require('./interface');
const { STATES, XHRState } = require('./xhr-state');
const { ours, XMLHttpRequestEventTarget, XMLHttpRequestUpload } = require('./xhr-event-target');

const RESPONSE_TYPES = ['', 'arraybuffer', 'blob', 'json', 'text']; // 'document' is for pages only

function invalidState(what, why) {
  return new DOMException(`Failed to ${what} on 'XMLHttpRequest': ${why}`, 'InvalidStateError');
}

function resolve(url, username, password) {
  if (!URL.canParse(url, globalThis.location.href)) {
    const text = "Failed to execute 'open' on 'XMLHttpRequest': Invalid URL";
    throw new DOMException(text, 'SyntaxError');
  }
  const resolved = new URL(url, globalThis.location.href);
  if (username !== undefined && username !== null) resolved.username = username;
  if (password !== undefined && password !== null) resolved.password = password;
  return resolved.href;
}

class XMLHttpRequest extends XMLHttpRequestEventTarget {
  #upload = new XMLHttpRequestUpload(ours);
  #inner = new XHRState(this, this.#upload);
  #mimeType = null;
  #responseType = '';
  #withCredentials = false;

  constructor() {
    super(ours);
  }

  get readyState() {
    return this.#inner.state;
  }

  get upload() {
    return this.#upload;
  }

  get status() {
    return this.#inner.head.status;
  }

  get statusText() {
    return this.#inner.head.statusText;
  }

  get responseURL() {
    return this.#inner.head.url.split('#', 1)[0];
  }

  get responseType() {
    return this.#responseType;
  }

  set responseType(value) {
    if (this.#inner.state >= STATES.LOADING) {
      const why = "The response type cannot be set if the object's state is LOADING or DONE.";
      throw invalidState("set the 'responseType' property", why);
    }
    if (RESPONSE_TYPES.includes(`${value}`)) this.#responseType = `${value}`;
  }

  get responseText() {
    if (this.#responseType === '' || this.#responseType === 'text') return this.#text();
    const why = `The value is only accessible if the object's 'responseType' is '' or 'text' (was '${this.#responseType}').`;
    throw invalidState("read the 'responseText' property", why);
  }

  get response() {
    if (this.#responseType === '' || this.#responseType === 'text') return this.#text();
    const { state, failure, body } = this.#inner;
    if (state !== STATES.DONE || failure) return null;
    return body.object(this.#responseType, this.#finalType());
  }

  get timeout() {
    return this.#inner.timeout;
  }

  set timeout(value) {
    this.#inner.setTimeout(Number(value) >>> 0);
  }

  get withCredentials() {
    return this.#withCredentials;
  }

  set withCredentials(value) {
    this.#withCredentials = Boolean(value);
  }

  open(method, url, isAsync = true, username = undefined, password = undefined) {
    const checked = checkMethod(`${method}`);
    const href = resolve(`${url}`, username, password);
    this.#inner.open({ method: checked, url: href, headers: [] }, Boolean(isAsync));
  }

  setRequestHeader(name, value) {
    this.#mustBeOpened('setRequestHeader');
    addHeader(this.#inner.request.headers, `${name}`, `${value}`);
  }

  overrideMimeType(type) {
    if (this.#inner.state >= STATES.LOADING) {
      const why = 'MimeType cannot be overridden when the state is LOADING or DONE.';
      throw invalidState("execute 'overrideMimeType'", why);
    }
    this.#mimeType = `${type}`;
  }

  getResponseHeader(name) {
    return getHeader(this.#inner.head.headers, `${name}`);
  }

  getAllResponseHeaders() {
    return allHeaders(this.#inner.head.headers);
  }

  send(body = null) {
    this.#mustBeOpened('send');
    const { method } = this.#inner.request;
    this.#inner.send(method === 'GET' || method === 'HEAD' ? null : body);
  }

  abort() {
    this.#inner.abort();
  }

  #mustBeOpened(method) {
    if (this.#inner.state === STATES.OPENED && !this.#inner.isSending) return;
    throw invalidState(`execute '${method}'`, "The object's state must be OPENED.");
  }

  #finalType() {
    return this.#mimeType ?? this.getResponseHeader('content-type') ?? 'text/xml';
  }

  #text() {
    const { state, failure, body } = this.#inner;
    return state < STATES.LOADING || failure ? '' : body.text(this.#finalType());
  }
}

defineEventHandlers(XMLHttpRequest.prototype, ['readystatechange']);
defineInterface(XMLHttpRequest, STATES);

module.exports = { XMLHttpRequest };
