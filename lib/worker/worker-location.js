'use strict';

const FIELDS = ['href', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

/**
 * The origin of an address, as pages have it: `file://` with file access, `app://host` of the app's own
 * protocols. Node's URL says 'null' for both.
 */
function originOf(address) {
  const { host, origin, pathname, protocol } = new URL(address);
  if (protocol === 'file:') return 'file://';
  if (protocol === 'blob:') return URL.canParse(pathname) ? originOf(pathname) : 'null';
  return origin === 'null' && host !== '' ? `${protocol}//${host}` : origin;
}

/** The read-only address of a worker's script. */
class WorkerLocation {
  #url;

  constructor(url) {
    this.#url = new URL(url);
  }

  get origin() {
    return originOf(this.#url.href);
  }

  toString() {
    return this.#url.href;
  }

  static {
    const enumerable = true;
    for (const field of FIELDS) {
      const get = function () {
        return this.#url[field];
      };
      Object.defineProperty(this.prototype, field, { get, enumerable, configurable: true });
    }
    for (const name of ['origin', 'toString']) {
      Object.defineProperty(this.prototype, name, { enumerable });
    }
  }
}

module.exports = { WorkerLocation, originOf };
