'use strict';

const os = require('node:os');
const { fileURLToPath } = require('node:url');
const { fileResponse } = require('./file-response');
const { handlerOf } = require('./scheme-registry');
const { defineMissing } = require('./unsupported');
const names = require('./electron-names');

/** Electron's `net`: what protocol handlers use of it. */
class Net {
  /** As the global fetch(), and with file: addresses and the app's own protocols. */
  async fetch(input, { bypassCustomProtocolHandlers = false, ...init } = {}) {
    const request = new Request(input, init);
    const { protocol } = new URL(request.url);
    if (protocol === 'file:') {
      const response = await fileResponse(fileURLToPath(request.url), request);
      return Object.defineProperty(response, 'url', { value: request.url });
    }
    const handler = bypassCustomProtocolHandlers ? undefined : handlerOf(protocol.slice(0, -1));
    return handler ? handler(request) : fetch(request);
  }

  isOnline() {
    const addresses = Object.values(os.networkInterfaces()).flat();
    return addresses.some((address) => !address.internal);
  }

  get online() {
    return this.isOnline();
  }
}

defineMissing(Net.prototype, 'net', names.net, 'protocol');

module.exports = { net: new Net() };
