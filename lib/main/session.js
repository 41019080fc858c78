'use strict';

const { EventEmitter } = require('node:events');
const { app } = require('./app');
const downloads = require('./downloads');
const names = require('./electron-names');
const { net } = require('./net');
const { protocol } = require('./protocol');
const { defineMissing, defineMissingProperties, warnOnce } = require('./unsupported');

const DOCS = 'session';

/** For webContents.downloadURL(), too. @param {object | null} contents */
function downloadURL(contents, url, options) {
  if (options?.headers) warnOnce('the option `headers` of downloadURL()', DOCS);
  downloads.start(contents, url);
}

/** Electron's Session. There is one, which all windows share. */
class Session extends EventEmitter {
  downloadURL(url, options) {
    downloadURL(null, url, options);
  }

  setDownloadPath(path) {
    downloads.setFolder(path);
  }

  fetch(input, init) {
    return net.fetch(input, init);
  }

  get protocol() {
    return protocol;
  }

  getUserAgent() {
    return app.userAgentFallback;
  }

  isPersistent() {
    return true;
  }

  getStoragePath() {
    return app.getPath('sessionData');
  }

  get storagePath() {
    return this.getStoragePath();
  }
}

defineMissing(Session.prototype, 'session', names.session, DOCS);
defineMissingProperties(Session.prototype, 'session', names.sessionProperties, DOCS);

const defaultSession = new Session();

/** Electron's `session`. */
const session = {
  get defaultSession() {
    if (!app.isReady()) throw new Error('Session can only be received when app is ready');
    return defaultSession;
  },

  /** @param {string} partition only '' is there: the default session */
  fromPartition(partition) {
    if (typeof partition !== 'string') throw new TypeError('fromPartition: partition must be a string');
    if (partition === '') return this.defaultSession;
    throw new Error(
      `session.fromPartition('${partition}') is not supported yet; see docs/api/${DOCS}.md`,
    );
  },
};

defineMissing(session, 'session', ['fromPath'], DOCS);

module.exports = { defaultSession, downloadURL, Session, session };
