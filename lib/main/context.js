'use strict';

const path = require('node:path');
const native = require('./native');
const paths = require('./paths');

/** Contents by the secret that only their pages' isolated world knows. */
const byToken = new Map();

let isOpen = false;

/** What waits for the context. @type {(() => void)[]} */
const waiting = [];

/** Frames of contents, by the same secret. */
const framesByToken = new Map();

/** Lines of contents' documents, by the same secret. */
const linesByToken = new Map();

/**
 * What a page's process sends: what happens to frames, or an end of a channel or socket that it made;
 * and what the network process says of downloads, with their number for a token.
 */
function received(kind, token, ...rest) {
  if (kind === 'frames') framesByToken.get(token)?.told(...rest);
  else if (kind === 'main-line') lineReceived(token, ...rest);
  else if (kind.startsWith('download')) require('./downloads').told(kind, token, ...rest);
  else socketReceived(kind, token, ...rest);
}

function lineReceived(token, key, frame, isMain) {
  const lines = linesByToken.get(token);
  if (!lines) {
    native.discard(key);
    return;
  }
  try {
    lines.opened(key, frame, isMain);
  } catch (error) {
    process.stderr.write(`weft: warning: a page can't send messages: ${error.message}\n`);
  }
}

function socketReceived(kind, token, descriptor, pid, frame) {
  const target = byToken.get(token);
  if (target) target.received(kind, token, descriptor, pid, frame);
  else native.closeDescriptor(descriptor);
}

/** Opens what all views share. The first window decides where userData is, as in Electron. */
function open(app) {
  if (isOpen) return;
  isOpen = true;
  const data = app.getPath('sessionData');
  const options = {
    extensionDirectory: paths.extensionDirectory,
    dataDirectory: path.join(data, 'WebKit'),
    cacheDirectory: path.join(data, 'Cache'),
    readablePaths: [paths.vfsDirectory, app.getAppPath(), `${app.getAppPath()}.unpacked`],
  };
  native.openContext(options, received);
  for (const callback of waiting.splice(0)) callback();
}

/** Runs @callback when there is a context: now, or right before the first window. */
function whenOpen(callback) {
  if (isOpen) callback();
  else waiting.push(callback);
}

module.exports = {
  open,
  whenOpen,
  addToken: (token, target) => byToken.set(token, target),
  removeToken: (token) => byToken.delete(token),
  addLines: (token, lines) => linesByToken.set(token, lines),
  removeLines: (token) => linesByToken.delete(token),
  addFrames: (token, frames) => framesByToken.set(token, frames),
  removeFrames: (token) => framesByToken.delete(token),
};
