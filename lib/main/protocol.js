'use strict';

const { app } = require('./app');
const { legacyHandler, WAYS } = require('./protocol-legacy');
const {
  checkScheme,
  handlerOf,
  removeHandler,
  setHandler,
  setPrivileges,
} = require('./scheme-registry');
const { defineMissing, warnOnce } = require('./unsupported');
const names = require('./electron-names');

/** What WebKit has no switch for. The rest is always so. */
const UNSUPPORTED = ['allowExtensions', 'allowServiceWorkers', 'bypassCSP'];

/** Schemes of the older methods: they and handle() are told apart. */
const registered = new Set();

/** Electron's `protocol`. */
class Protocol {
  registerSchemesAsPrivileged(customSchemes) {
    if (app.isReady()) {
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    }
    if (!Array.isArray(customSchemes)) {
      throw new TypeError('protocol.registerSchemesAsPrivileged: customSchemes must be an array');
    }
    for (const { scheme, privileges = {} } of customSchemes) {
      checkScheme(scheme, 'registerSchemesAsPrivileged');
      for (const name of UNSUPPORTED) {
        if (privileges[name]) warnOnce(`the privilege ${name} of protocol`, 'protocol');
      }
      const { secure = false, corsEnabled = false } = privileges;
      setPrivileges(scheme, { secure: Boolean(secure), corsEnabled: Boolean(corsEnabled) });
    }
  }

  handle(scheme, handler) {
    checkScheme(scheme, 'handle');
    if (typeof handler !== 'function') {
      throw new TypeError('protocol.handle: handler must be a function');
    }
    if (!setHandler(scheme, handler)) throw new Error(`Failed to register protocol: ${scheme}`);
  }

  unhandle(scheme) {
    if (registered.has(scheme) || !removeHandler(scheme)) {
      throw new Error(`Failed to unhandle protocol: ${scheme}`);
    }
  }

  isProtocolHandled(scheme) {
    return (
      handlerOf(scheme) !== undefined ||
      ['file', 'http', 'https', 'about', 'data', 'blob'].includes(scheme)
    );
  }

  unregisterProtocol(scheme) {
    return registered.delete(scheme) && removeHandler(scheme);
  }

  isProtocolRegistered(scheme) {
    return registered.has(scheme);
  }

  isProtocolIntercepted() {
    return false;
  }
}

for (const way of Object.keys(WAYS)) {
  const name = `register${way}Protocol`;
  const value = {
    [name](scheme, handler) {
      checkScheme(scheme, name);
      if (typeof handler !== 'function') {
        throw new TypeError(`protocol.${name}: handler must be a function`);
      }
      if (!setHandler(scheme, legacyHandler(way, handler))) return false;
      registered.add(scheme);
      return true;
    },
  }[name];
  Object.defineProperty(Protocol.prototype, name, { value, writable: true, configurable: true });
}

defineMissing(Protocol.prototype, 'protocol', names.protocol, 'protocol');

module.exports = { protocol: new Protocol() };
