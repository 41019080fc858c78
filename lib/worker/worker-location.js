'use strict';

const FIELDS = ['href', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

/** The origin of an address, as pages with file access have it: `file://`, not `null`. */
function originOf(url) {
  const { origin, protocol, pathname } = new URL(url);
  if (protocol === 'file:') return 'file://';
  return protocol === 'blob:' && pathname.startsWith('file:') ? 'file://' : origin;
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
    Object.defineProperty(this.prototype, 'origin', { enumerable });
  }
}

module.exports = { WorkerLocation, originOf };
