'use strict';

const { codec } = require('./codec');
const { dispatchInvoke, dispatchPosted, dispatchSend } = require('./ipc-dispatch');
const { ipcMain } = require('./ipc-main');
const native = require('./native');
const { LINK_CHANNEL } = require('../common/ipc-frame');

/** The main frame's document, which is the only one that may send. */
function sourceOf(contents) {
  return {
    contents,
    place: contents.frameTree.placeOf(contents.mainFrame.routingId),
    targets: [contents.mainFrame.ipc, contents.ipc, ipcMain],
    send: (channel, args) => contents.send(channel, ...args),
  };
}

/** @returns {any[] | null} the arguments, or null when the bytes are not ours */
function readArguments(bytes) {
  try {
    const args = codec.deserialize(bytes);
    return Array.isArray(args) ? args : null;
  } catch {
    return null;
  }
}

function received(contents, channel, bytes) {
  if (channel === LINK_CHANNEL) {
    require('./ipc-link').linkOf(contents).receive(bytes);
    return;
  }
  const args = readArguments(bytes);
  if (args) dispatchSend(sourceOf(contents), channel, args);
}

function posted(contents, value, ports) {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return;
  dispatchPosted(sourceOf(contents), value[0], value[1], ports);
}

function invoked(contents, channel, bytes, message) {
  const args = readArguments(bytes);
  const reply = (ok, value) => native.reply(message, ok, codec.serialize(value));
  if (args) dispatchInvoke(sourceOf(contents), channel, args, reply);
}

module.exports = { received, posted, invoked };
