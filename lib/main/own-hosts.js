'use strict';

const { WorkerHost } = require('./worker-host');

/**
 * Most processes for single workers that one window may have, those that are just ending included. Its
 * page allows itself fewer (src/page/host.h) and says so; this is for a page that does as it likes.
 */
const OWN_HOSTS_MAX = 64;

/** The hosts of a window's workers that were made with `weft: { process: true }`. */
class OwnHosts {
  #settings;
  #onGone;
  /** @type {Set<WorkerHost>} */
  #hosts = new Set();

  /**
   * @param {import('./worker-host').HostSettings} settings
   * @param {(end: import('./worker-host').HostEnd) => void} onGone
   */
  constructor(settings, onGone) {
    this.#settings = { ...settings, warm: ['worker'], isOwn: true };
    this.#onGone = onGone;
  }

  /** Starts one and gives it a page's socket. It ends when the page closes that. @param {number} page */
  attach(descriptor, page) {
    if (this.#hosts.size >= OWN_HOSTS_MAX) {
      throw new Error(`its window has ${OWN_HOSTS_MAX} processes for single workers already`);
    }
    const host = new WorkerHost(this.#settings, (end) => {
      this.#hosts.delete(host);
      if (end.code !== 0 || end.signal !== 0) this.#onGone(end);
    });
    this.#hosts.add(host);
    host.attach(descriptor, page);
  }

  close() {
    for (const host of this.#hosts) host.close();
    this.#hosts.clear();
  }
}

module.exports = { OwnHosts };
