'use strict';

/**
 * What fetch() and XMLHttpRequest say of files as Chromium does: `200 OK`, and a type. WebKit has those
 * from HTTP alone, so that `response.ok` is false, and no WebAssembly is compiled out of a response.
 */

const P = require('../common/structured-clone/primordials');
const { mimeTypeOf } = require('../common/mime-types');
const { replaceCall } = require('./wrapped');

const { Blob, Headers, Promise, Response, URL, WebAssembly, XMLHttpRequest } = globalThis;
const { defineProperty, getOwnPropertyDescriptor } = Reflect;

const then = P.uncurryThis(Promise.prototype.then);
const isFileURL = (url) => P.stringSlice(url, 0, 5) === 'file:';
const typeOfURL = (url) => mimeTypeOf(new URL(url).pathname);

/** @param {(self: object, native: unknown, given: unknown[]) => unknown} change its result */
function replace(holder, name, change) {
  const descriptor = getOwnPropertyDescriptor(holder, name);
  const key = descriptor.get ? 'get' : 'value';
  const call = (target, self, given) => change(self, P.apply(target, self, given), given);
  const replaced = replaceCall(descriptor[key], call);
  defineProperty(holder, name, { __proto__: null, ...descriptor, [key]: replaced });
}

function replaceOfResponse() {
  const { prototype } = Response;
  const kindOf = P.uncurryGetter(prototype, 'type');
  const urlOf = P.uncurryGetter(prototype, 'url');
  const readBytes = P.uncurryThis(prototype.arrayBuffer);
  const cut = P.uncurryThis(Blob.prototype.slice);
  const allHeaders = P.newSafeWeakMap();

  const isFile = (self) => kindOf(self) === 'basic' && isFileURL(urlOf(self));
  const typeOf = (self) => (isFile(self) ? typeOfURL(urlOf(self)) : '');
  const makeHeaders = (self) => {
    const type = typeOf(self);
    const headers = new Headers(type ? { __proto__: null, 'content-type': type } : undefined);
    allHeaders.set(self, headers);
    return headers;
  };

  replace(prototype, 'status', (self, native) => (isFile(self) ? 200 : native));
  replace(prototype, 'statusText', (self, native) => (isFile(self) ? 'OK' : native));
  replace(prototype, 'ok', (self, native) => native || isFile(self));
  replace(prototype, 'headers', (self, native) =>
    isFile(self) ? (allHeaders.get(self) ?? makeHeaders(self)) : native,
  );
  replace(prototype, 'blob', (self, native) =>
    then(native, (blob) => (isFile(self) ? cut(blob, 0, blob.size, typeOf(self)) : blob)),
  );

  const compileFile = (name, whole) => {
    const streaming = WebAssembly[name];
    WebAssembly[name] = replaceCall(streaming, (target, self, [source, ...more]) => {
      const asked = new Promise((resolve) => resolve(source));
      return then(asked, (response) =>
        response instanceof Response && typeOf(response) === 'application/wasm'
          ? then(readBytes(response), (bytes) => P.apply(whole, WebAssembly, [bytes, ...more]))
          : P.apply(target, self, [response, ...more]),
      );
    });
  };
  compileFile('compileStreaming', WebAssembly.compile);
  compileFile('instantiateStreaming', WebAssembly.instantiate);
}

function replaceOfRequest() {
  const { prototype } = XMLHttpRequest;
  const urlOf = P.uncurryGetter(prototype, 'responseURL');
  /** WebKit keeps the address of what has been aborted. */
  const aborted = P.newSafeWeakMap();
  const isFile = (self) => !aborted.get(self) && isFileURL(urlOf(self));
  const typeOf = (self) => (isFile(self) ? typeOfURL(urlOf(self)) : '');

  const markBefore = (name, isAborted) => {
    prototype[name] = replaceCall(prototype[name], (target, self, given) => {
      aborted.set(self, isAborted);
      return P.apply(target, self, given);
    });
  };

  markBefore('abort', true);
  markBefore('open', false);
  replace(prototype, 'status', (self, native) => (isFile(self) ? 200 : native));
  replace(prototype, 'statusText', (self, native) => (isFile(self) ? 'OK' : native));
  replace(prototype, 'getResponseHeader', (self, native, [name]) =>
    /^content-type$/i.test(name) ? native || typeOf(self) || null : native,
  );
  replace(prototype, 'getAllResponseHeaders', (self, native) => {
    const type = typeOf(self);
    return type ? `content-type: ${type}\r\n` : native;
  });
}

/** In pages of files, which alone can read any. */
exports.install = function install() {
  if (window.origin !== 'file://') return;
  replaceOfResponse();
  replaceOfRequest();
};
